// A database `eu/b` beside one called `eu`, watched in a real terminal and stopped: what is written down of it is found by its name.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { startPgdeck } from '../cli/process.ts'
import { openPty } from '../fakes/pty.ts'
import { withCluster } from '../real/embedded.ts'
import { build } from './demo-screen.ts'

before(build)

test('a stopped database whose name holds a "/" is in the audit trail under its whole name', (context) =>
  withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
    const [standby] = standbys
    assert.ok(standby)
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-slash-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const database = (name: string, node: typeof primary) => ({ name, dsn: `${node.dsn('pgdeck')}?sslmode=disable` })
    const databases = [database('eu', primary), database('eu/b', standby)]
    const config = { clusters: [{ name: 'vault', interval: '500ms', timeout: '15s', databases }] }
    writeFileSync(join(folder, 'pgdeck.json'), JSON.stringify(config), { mode: 0o600 })
    const env = { PGDECK_STATE_DIR: join(folder, 'state'), LC_ALL: 'C.UTF-8' }
    const pty = openPty({
      command: process.execPath,
      args: [join(process.cwd(), 'bin/pgdeck.js'), 'watch', '-c', 'pgdeck.json'],
      cols: 160,
      rows: 40,
      cwd: folder,
      env,
    })
    context.after(() => pty.close())
    await pty.until((screen) => /eu\/b .*streaming/.test(screen), 'both databases')
    await standby.stop('immediate')
    await pty.until((screen) => /DATABASES.*1 of 2 up[\s\S]*eu\/b +inactive/.test(screen), 'the database down')
    pty.press('q')
    assert.equal((await pty.ended).code, 0)
    const audit = async (server: string) => {
      const { code, out, err } = await startPgdeck(context, ['audit', '--json', '--server', server], {
        cwd: folder,
        env,
      }).ended
      assert.equal(code, 0, err)
      return JSON.parse(out).entries.map((entry: { server: string; what: string }) => [
        entry.server,
        entry.what.replace(/:.*/, ''),
      ])
    }
    assert.deepEqual(await audit('eu/b'), [['eu/b', 'inactive']])
    assert.deepEqual(await audit('eu'), [], 'nothing happened to the other one')
  }))
