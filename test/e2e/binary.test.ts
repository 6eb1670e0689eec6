// The single executable on a machine without the repository and without Node: what it prints, and the demo in a terminal.

import assert from 'node:assert/strict'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { buildBinary } from '../../scripts/build-binary.ts'
import { start } from '../cli/process.ts'
import { openPty, type Pty } from '../fakes/pty.ts'
import { type Away, openAway } from './away.ts'
import { allUp, gone, processesOf } from './demo-screen.ts'
import { assertStatusInBudget } from './three-databases.ts'

const skip = process.env.PGDECK_TEST_BINARY
  ? process.platform !== 'linux' && 'only built for Linux'
  : 'takes a while: run it by  npm run test:binary'

describe('the single executable', { skip }, () => {
  let away: Away
  let binary: string

  before(async () => {
    const built = await buildBinary()
    away = openAway()
    binary = join(away.folder, '..', 'pgdeck')
    copyFileSync(built, binary)
  })
  after(() => away?.close())

  function run(context: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const started = start(context, away.command([binary, ...args]), {
      cwd: away.folder,
      env: { ...away.env, ...env },
    })
    return started.ended
  }

  function show(context: TestContext, args: readonly string[], more: Shown = {}): Pty {
    const [command, ...rest] = away.command([binary, ...args], more.without)
    const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]))
    const env = { ...nothing, ...away.env, ...more.env }
    const pty = openPty({ command, args: rest, cols: 120, rows: 40, cwd: away.folder, env })
    context.after(async () => {
      pty.close()
      await pty.ended
    })
    return pty
  }

  test('tells what it is, and leaves nothing behind', async (context) => {
    if (!away.isCovered) context.diagnostic('the repository could not be covered: it was there')
    const said = await run(context, ['version'])
    assert.deepEqual([said.code, said.err], [0, ''])
    assert.match(said.out, /^pgdeck \d+\.\d+\.\d+, Node \d+\.\d+\.\d+, linux-/)
    assert.deepEqual(readdirSync(away.folder), [])
    assert.deepEqual(readdirSync(away.env.HOME ?? ''), [])
  })

  test('helps, completes and explains wrong usage', async (context) => {
    assert.match((await run(context, ['--help'])).out, /Usage: pgdeck/)
    assert.match((await run(context, ['completion', 'bash'])).out, /complete .*pgdeck/)
    assert.match((await run(context, ['keys'])).out, /quit/)
    const { out } = await run(context, ['version', '--licenses'])
    for (const library of ['react ', 'pg ', 'Node.js']) assert.ok(out.includes(library), library)
    const wrong = await run(context, ['statsu'])
    assert.equal(wrong.code, 64)
    assert.match(wrong.err, /statsu/)
  })

  test('what the machine sets for its own Node is not for it', async (context) => {
    const { code, err } = await run(context, ['version'], { NODE_OPTIONS: '--require=/nowhere/at-all.js' })
    assert.deepEqual([code, err], [0, ''])
  })

  test('reads three databases within its budget, with the password from where libpq has it', async (context) => {
    await assertStatusInBudget(context, away, [binary])
  })

  test('the demo without PostgreSQL says what to install', async (context) => {
    const pty = show(context, ['demo'], {
      without: readdirSync('/usr/lib').includes('postgresql') ? ['/usr/lib/postgresql'] : [],
    })
    const { code } = await pty.ended
    assert.notEqual(code, 0)
    assert.match(
      pty.raw().replace(/\s+/g, ' '),
      /No PostgreSQL server programs found. Install PostgreSQL, or set PGDECK_PG_BIN/,
    )
  })

  test('the demo runs with the programs it is told of, follows keys and ends with the terminal as it was', async (context) => {
    const postgres = away.postgres()
    if (postgres === null) return context.skip('no PostgreSQL server programs to copy')
    const pty = show(context, ['demo'], { env: { PGDECK_PG_BIN: postgres } })
    await pty.until(allUp, 'the whole demo')
    const processes = processesOf(pty)
    for (const [key, what] of [
      ['2', /db-1 → db-ro/],
      ['6', /this host.* \d+(\.\d+)? [GM]B/],
      ['?', /KEYS OF THIS VIEW/],
    ] as const) {
      pty.press(key)
      await pty.until((screen) => what.test(screen), `${key}: ${what}`)
    }
    // Together they would be another key.
    pty.press('\x1b')
    await pty.until((screen) => !/KEYS OF THIS VIEW/.test(screen), 'the view again')
    pty.press('q')
    assert.equal((await pty.ended).code, 0)
    const { alternateScreen, cursorHidden, mouse, bracketedPaste } = pty.modes()
    assert.deepEqual([alternateScreen, cursorHidden, mouse, bracketedPaste], [false, false, false, false])
    await gone(processes)
  })
})

interface Shown {
  readonly env?: Readonly<Record<string, string>>
  /** Further folders that are to be empty. */
  readonly without?: readonly string[]
}
