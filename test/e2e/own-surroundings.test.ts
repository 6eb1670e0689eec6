// What pgdeck finds around itself: a home that it may not read, a working directory that was removed. psql connects there.

import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import { withCluster } from '../real/embedded.ts'
import { patiently } from '../wait.ts'
import { build } from './demo-screen.ts'

const PROGRAM = join(process.cwd(), 'bin/pgdeck.js')
const NOBODY = 65_534
const OTHER_USER = { uid: NOBODY, gid: NOBODY } as const

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-around-'))
  chmodSync(folder, 0o755)
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const LIMITS = { encoding: 'utf8', timeout: patiently(60_000) } as const

/** Why nobody else can run the program here; false: it can. The checkout, or Node, may be in a folder of root alone. */
function withoutOtherUser(): string | false {
  if (process.getuid?.() !== 0) return 'only root may become another user'
  const tried = spawnSync(process.execPath, [PROGRAM, 'version'], { ...LIMITS, ...OTHER_USER, env: {}, cwd: '/' })
  return tried.status === 0 ? false : `user ${NOBODY} may not run ${process.execPath} ${PROGRAM}`
}

describe('own surroundings', () => {
  before(build)

  test('a home that this user may not read has no files for it', (context) => {
    const lacks = withoutOtherUser()
    if (lacks !== false) return context.skip(lacks)
    return withCluster({}, async ({ primary }) => {
      const folder = scratch(context)
      const home = join(folder, 'home')
      const state = join(folder, 'state')
      for (const each of [home, state]) mkdirSync(each, { mode: 0o700 })
      chownSync(state, NOBODY, NOBODY)
      const env = { PATH: process.env.PATH ?? '', HOME: home, PGDECK_STATE_DIR: state }
      const args = [PROGRAM, 'status', '--json', primary.dsn('pgdeck')]
      const ended = spawnSync(process.execPath, args, { ...LIMITS, ...OTHER_USER, env, cwd: '/' })
      const [cluster] = JSON.parse(ended.stdout).clusters
      assert.equal(cluster.databases[0].status, 'active', ended.stdout)
    })
  })

  test('in a directory that was removed it connects; a relative path is refused in words', (context) =>
    withCluster({}, async ({ primary }) => {
      const folder = scratch(context)
      const inGone = (...args: string[]): SpawnSyncReturns<string> => {
        const script = 'mkdir -p "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"'
        const words = ['-c', script, 'sh', join(folder, 'gone'), process.execPath, PROGRAM, ...args]
        const env = { PATH: process.env.PATH ?? '', HOME: folder, PGDECK_STATE_DIR: join(folder, 'state') }
        return spawnSync('/bin/sh', words, { ...LIMITS, env })
      }
      const status = inGone('status', primary.dsn('pgdeck'))
      assert.equal(status.status, 0, status.stderr)
      const relative = inGone('status', '--config', 'here.json')
      assert.equal(relative.status, 78, relative.stderr)
      assert.match(relative.stderr, /working folder was removed/)
    }))
})
