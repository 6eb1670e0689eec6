// A trace of the monitor in a real terminal: replayed, it shows what the terminal showed.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { replayed } from '../../scripts/trace.ts'
import { openPty } from '../fakes/pty.ts'
import { build } from './demo-screen.ts'

before(build)

test('each screen that was seen is among those of the replay, at its size', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-trace-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const args = [
    'watch',
    '--interval',
    '500ms',
    '--trace',
    'trace.jsonl',
    'postgresql://app:hunter2secret@127.0.0.1:1/none',
  ]
  const pty = openPty({
    command: process.execPath,
    args: [join(process.cwd(), 'bin/pgdeck.js'), ...args],
    cols: 120,
    rows: 40,
    cwd: folder,
    env: { PGDECK_STATE_DIR: join(folder, 'state'), LC_ALL: 'C.UTF-8' },
  })
  context.after(() => pty.close())
  // What is drawn from top to bottom is whole with its last row.
  const whole = (screen: string, last: RegExp) =>
    / \d\d:\d\d:\d\d$/m.test(screen.split('\n')[0] ?? '') && last.test(screen)
  const seen = [
    await pty.until((screen) => whole(screen, /inactive[\s\S]*\n .*enter details .* quit$/), 'the database down'),
  ]
  pty.press('3')
  seen.push(await pty.until((screen) => whole(screen, /ACTIVITY[\s\S]*\n tab next pane .* quit$/), 'the activity'))
  pty.resize(90, 26)
  // The emulator cuts what is there: the clock is in the first row again once that is drawn anew.
  seen.push(await pty.until((screen) => whole(screen, /ACTIVITY[\s\S]*\n tab next pane .* quit$/), 'its new size'))
  pty.press('q')
  assert.equal((await pty.ended).code, 0)
  const text = readFileSync(join(folder, 'trace.jsonl'), 'utf8')
  assert.doesNotMatch(text, /hunter2secret/)
  const screens = replayed(text, { at: undefined, size: null, list: false })
  for (const screen of seen)
    assert.ok(screens.includes(screen.replace(/ +$/gm, '')), `not in the replay:\n${screen}\n\n${screens}`)
})
