// A person's habits in the real program: looking back, psql on the selected database, the last place at the next start.

import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import { openPty, type Pty } from '../fakes/pty.ts'
import { allUp, build, openDemo } from './demo-screen.ts'

const PROGRAM = join(process.cwd(), 'bin/pgdeck.js')
const hasPsql = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'psql')))

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-habits-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The monitor over a port where nothing listens: enough for everything that needs no server. */
function openWatch(t: TestContext, folder: string, ...args: string[]): Pty {
  const pty = openPty({
    command: process.execPath,
    args: [PROGRAM, 'watch', ...args, 'postgresql://nobody@127.0.0.1:1/none'],
    cols: 120,
    rows: 40,
    cwd: folder,
    env: { PGDECK_STATE_DIR: join(folder, 'state'), LC_ALL: 'C.UTF-8' },
  })
  t.after(async () => {
    pty.close()
    await pty.ended
  })
  return pty
}

describe('habits', () => {
  before(build)

  test('[ shows what was, esc what is; the title follows; e leaves a file', async (t) => {
    const folder = scratch(t)
    const pty = openWatch(t, folder)
    await pty.until((screen) => /inactive/.test(screen), 'the database down')
    await pty.until(() => /\x1b\]2;✖ CRITICAL [^\x07]*pgdeck\x07/.test(pty.raw()), 'the worst in the title')
    assert.match(pty.raw(), /\x1b\[22;0t\x1b\]2;[^\x07]*\x07/)
    const clock = (screen: string) => / (\d\d:\d\d:\d\d) *$/.exec(screen.split('\n')[0] ?? '')?.[1]
    const first = clock(pty.screen())
    await pty.until((screen) => clock(screen) !== first, 'a later moment')
    // On a busy machine the first later moment may not be kept yet: the key then says so and is pressed again.
    const again = setInterval(() => pty.press('['), 500)
    pty.press('[')
    await pty
      .until((screen) => /AS OF \d\d:\d\d:\d\d .*ago/.test(screen), 'an earlier moment')
      .finally(() => clearInterval(again))
    pty.press('\x1b')
    await pty.until((screen) => /live/.test(screen) && !/AS OF/.test(screen), 'now')
    pty.press('e\r')
    await pty.until((screen) => /exported: /.test(screen), 'the file told')
    const [file = ''] = readdirSync(folder).filter((name) => /^pgdeck-\d{8}-\d{6}\.txt$/.test(name))
    assert.match(readFileSync(join(folder, file), 'utf8'), /^ pgdeck /)
    pty.press('q')
    assert.deepEqual(await pty.ended, { code: 0 })
    assert.match(pty.raw(), /\x1b\[23;0t/)
    assert.equal(
      pty.raw().split('\x1b[22;0t').length,
      pty.raw().split('\x1b[23;0t').length,
      'given back as often as taken',
    )
  })

  test('the last view and filter are there at the next start, but not for keys that play', async (t) => {
    const folder = scratch(t)
    const one = openWatch(t, folder)
    await one.until((screen) => /inactive/.test(screen), 'the topology')
    one.press('3')
    await one.until((screen) => /ACTIVITY/.test(screen), 'the activity')
    one.press('/vacuum\r')
    await one.until((screen) => /filter "vacuum"/.test(screen), 'the filter')
    one.press('q')
    await one.ended
    const two = openWatch(t, folder)
    await two.until((screen) => /ACTIVITY/.test(screen) && /filter "vacuum"/.test(screen), 'the same place')
    two.press('q')
    await two.ended
    const three = openWatch(t, folder, '--press', 'j')
    await three.until((screen) => /DATABASES/.test(screen), 'the topology for a runbook')
    three.press('q')
    await three.ended
  })

  test(':edit opens the configuration in the editor, comes back, and says whether it is good', async (t) => {
    const folder = scratch(t)
    const config = join(folder, 'pgdeck.json')
    const clusters = [{ name: 'v', databases: [{ name: 'db', dsn: 'host=127.0.0.1 port=1 user=x' }] }]
    writeFileSync(config, JSON.stringify({ clusters, ui: { keys: { quit: 'Q' } } }))
    const editor = join(folder, 'editor')
    writeFileSync(editor, '#!/bin/sh\necho "editing $1"; read line; echo "$line" >> "$1"\n')
    chmodSync(editor, 0o755)
    const pty = openPty({
      command: process.execPath,
      args: [PROGRAM, 'watch', '--config', config],
      cols: 120,
      rows: 40,
      cwd: folder,
      env: { PGDECK_STATE_DIR: join(folder, 'state'), LC_ALL: 'C.UTF-8', EDITOR: editor, VISUAL: undefined },
    })
    t.after(async () => {
      pty.close()
      await pty.ended
    })
    await pty.until((screen) => /inactive/.test(screen) && / Q quit/.test(screen), 'the monitor with its own key')
    for (const [typed, told] of [
      ['// a remark', /pgdeck\.json is valid; pgdeck uses it after the next start/],
      ['}', /pgdeck\.json:\d+:\d+: is not JSON/],
    ] as const) {
      pty.press(':edit')
      await pty.until((screen) => /▸ edit the configuration/.test(screen), 'the entry')
      pty.press('\r')
      await pty.until((screen) => /editing .*pgdeck\.json/.test(screen), 'the editor')
      pty.press(`${typed}\n`)
      await pty.until((screen) => told.test(screen) && / Q quit/.test(screen), 'what is told of it')
    }
    pty.press('Q')
    assert.deepEqual(await pty.ended, { code: 0 })
  })

  test(':psql connects by itself and comes back', { skip: !hasPsql && 'psql is not installed' }, async (t) => {
    const pty = openDemo(t)
    await pty.until(allUp, 'the whole demo')
    pty.press('\t')
    await pty.until((screen) => /▸ db-1/.test(screen), 'the primary selected')
    pty.press(':psql\r')
    await pty.until((screen) => /psql on db-1[\s\S]*=[#>] *$/.test(screen.trimEnd()), 'its prompt')
    pty.press('select 40 + 2 as x;\n')
    await pty.until((screen) => /^ +42$/m.test(screen), 'an answer')
    pty.press('\\q\n')
    await pty.until(allUp, 'the monitor again')
    pty.press('q')
    assert.deepEqual(await pty.ended, { code: 0 })
  })
})
