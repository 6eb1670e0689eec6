// What a diagnosis makes of a full disk and of clocks that are apart: a real server on a small file system, a shifted clock.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { until } from '../wait.ts'
import { assertCause, diagnose, findingOf, inside, seen } from './diagnosing.ts'
import { withCluster } from './embedded.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const HOUR_AHEAD = `const Real = Date, ahead = 3_600_000
globalThis.Date = class extends Real {
  constructor(...given) { given.length > 0 ? super(...given) : super(Real.now() + ahead) }
  static now() { return Real.now() + ahead }
}`

/** A file system of a few megabytes at the folder; false where it may not be mounted. */
function mounted(folder: string, megabytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder]).status === 0
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-mount-'))
  const did = mounted(folder, 1)
  if (did) spawnSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true, force: true })
  return did
}

describe('the host of a database', () => {
  test(
    'its disk is full: the server died of it',
    { skip: mayMount() ? false : 'no file system may be mounted here' },
    () =>
      withCluster({}, async ({ primary }) => {
        await primary.stop()
        const wal = join(primary.dataDirectory, 'pg_wal')
        const small = join(primary.scratch.path, 'small')
        const shell = (script: string) => {
          const ran = spawnSync('sh', ['-ec', script, 'sh', wal, small], { encoding: 'utf8' })
          assert.equal(ran.status, 0, ran.stderr)
        }
        shell('mkdir "$2"')
        assert.ok(mounted(small, 64))
        try {
          shell('cp -a "$1" "$2"/wal && rm -r "$1" && ln -s "$2"/wal "$1" && chown -h --reference="$2"/wal "$1"')
          await primary.start()
          shell('dd if=/dev/zero of="$2"/filler bs=1M 2>/dev/null || true')
          await until('it dies', 20_000, async () => {
            await primary.query("select pg_logical_emit_message(false, 'fill', repeat('x', 1000000))").catch(() => {})
            await primary.query('select pg_switch_wal()').catch(() => {})
            return (
              !primary.isRunning() ||
              /No space left/.test(spawnSync('tail', ['-n', '30', primary.logFile], { encoding: 'utf8' }).stdout)
            )
          })
          const found = await diagnose(inside(seen('db', primary)), 'db')
          assertCause(found, 'disk-full', /0 B free|free \(0\.0 %\)/)
          assert.match(found.verdict.next ?? '', /free space/)
          assert.equal(findingOf(found, 'disk').result, 'fail')
        } finally {
          await primary.kill()
          spawnSync('umount', ['-l', small])
        }
      }),
  )

  test('its clock and ours are apart', () =>
    withCluster({}, async ({ primary }) => {
      const folder = mkdtempSync(join(tmpdir(), 'pgdeck-clock-'))
      try {
        const config = join(folder, 'pgdeck.json')
        const databases = [{ name: 'db', dsn: primary.dsn('pgdeck') }]
        writeFileSync(config, JSON.stringify({ clusters: [{ name: 'test', databases }] }), { mode: 0o600 })
        writeFileSync(join(folder, 'ahead.mjs'), HOUR_AHEAD)
        const run = (...args: readonly string[]) => {
          const env = { PATH: process.env.PATH ?? '', HOME: folder, PGDECK_STATE_DIR: join(folder, 'state') }
          const sources = ['--import', TYPESCRIPT]
          return spawnSync(process.execPath, [...sources, ...args, MAIN, 'diagnose', 'db', '-c', config], {
            env,
            encoding: 'utf8',
          })
        }
        const apart = run('--import', join(folder, 'ahead.mjs'))
        assert.equal(apart.status, 1, apart.stderr)
        assert.match(apart.stdout, /WARN +clock +it is 3\d{3} s|60 min|1 h/)
        assert.match(apart.stdout, /db and this host have clocks that differ/)
        const together = run()
        assert.equal(together.status, 0, together.stdout)
        assert.match(together.stdout, /no problem was found with db/)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }))
})
