// Passwords that were typed where they don't belong: no message repeats them, whichever command they were given to.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { withoutPasswords } from '../../../src/cli/invocation/redact-arguments.ts'
import { scratch } from '../../config/scratch.ts'
import { runLines } from '../command-lines.ts'
import { startPgdeck } from '../process.ts'

const SECRET = 'Tell-n0body'

/** Strings of other libraries and of hasty fingers, each with a password. */
const STRINGS: readonly string[] = [
  `jdbc:postgresql://h:5432/db?user=u&password=${SECRET}`,
  `postgresql+psycopg2://u:${SECRET}@h/db`,
  `postgresql+asyncpg://u:${SECRET}@h/db`,
  `postgresql:/u:${SECRET}@h/db`,
  `//u:${SECRET}@h/db`,
  `u:${SECRET}@h:5432/db`,
  `u:${SECRET}/x@h/db`,
  `mysql://u:${SECRET}@h/db`,
  `Host=h;Username=u;Password=${SECRET}`,
  `Server=h;Pwd=${SECRET};Database=d`,
  `host=h user=u password=${SECRET} nonsense`,
  `host=h password='${SECRET}`,
  `host=h sslmode=require,password=${SECRET}`,
  `host=h passwort=${SECRET} password=${SECRET}`,
  `"postgresql://u:${SECRET}@h/db"`,
  `postgresql://u:${SECRET}@h:port/db`,
  `postgresql://h/db?password=${SECRET}&x`,
]

async function told(context: TestContext, lines: readonly (readonly string[])[]) {
  const env = { PGDECK_STATE_DIR: `${scratch(context).folder}/state` }
  const printed = await runLines(context, lines, { cwd: scratch(context).folder, env })
  return printed.map(({ code, out, err }, index) => ({
    code,
    text: out + err,
    line: lines[index]?.join(' ').replaceAll(SECRET, '…'),
  }))
}

describe('a message about an argument does not repeat a password in it', () => {
  const COMMANDS: readonly ((text: string) => readonly string[])[] = [
    (text) => [text],
    (text) => ['status', 'host=h', text],
    (text) => ['-c', text, 'status'],
    (text) => ['diagnose', text],
    (text) => ['version', text],
  ]
  test('which is no connection string', async (context) => {
    // Each string with the two commands that it is given to most, and with one of the others.
    const others = COMMANDS.slice(2)
    const lines = STRINGS.flatMap((text, index) =>
      [...COMMANDS.slice(0, 2), others[index % others.length]].flatMap((command) => (command ? [command(text)] : [])),
    )
    assert.equal(lines.length, 3 * STRINGS.length)
    for (const { code, text, line } of await told(context, lines)) {
      assert.notEqual(code, 0, line)
      assert.notEqual(text, '', line)
      assert.doesNotMatch(text, new RegExp(SECRET), line)
    }
  })

  const OPTIONS: readonly (readonly string[])[] = [
    ['status', `--password=${SECRET}`],
    ['status', `--passwrd=${SECRET}`, 'host=h'],
    ['status', `-p${SECRET}`, 'host=h'],
    ['status', '-W', SECRET, 'host=h'],
    ['status', 'host=h', 'password=my', SECRET],
    ['status', '--interval', `password=${SECRET}`],
    ['check', 'alerts', `--password=${SECRET}`],
    ['check', 'alerts', '--dsn', `postgresql+x://u:${SECRET}@h/d`],
    ['check', `postgresql://u:${SECRET}@h/d`],
    ['do', 'promote', `postgresql://u:${SECRET}@h/d`],
    ['do', `postgresql://u:${SECRET}@h/d`],
    ['do', '--resume', `postgresql://u:${SECRET}@h/d`],
    ['do', 'rename', 'x', '--set', `conninfo=host=h password=${SECRET}`],
    ['logs', `postgresql://u:${SECRET}@h/d`, '--out', 'x.tar.gz'],
    ['report', '--since', `password=${SECRET}`, '--out', 'x.md'],
    ['runs', `postgresql://u:${SECRET}@h/d`],
    ['config', 'validate', `postgresql://u:${SECRET}@h/d`],
    ['hba', 'audit', `postgresql://u:${SECRET}@h/d`],
    ['hba', 'test', '--node', `postgresql://u:${SECRET}@h/d`, '--type', 'host', '--user', 'u'],
    ['--cluster', `postgresql://u:${SECRET}@h/d`, 'status', 'host=127.0.0.1 port=1'],
    ['--log-file', `postgresql://u:${SECRET}@h/d`, 'version'],
  ]
  test('of an option or of another command', async (context) => {
    for (const { text, line } of await told(context, OPTIONS)) assert.doesNotMatch(text, new RegExp(SECRET), line)
  })

  test('of a whole process', async (context) => {
    const args = ['status', `--passwrd=${SECRET}`, `postgresql://u:${SECRET}@h:port/db`]
    const { code, out, err } = await startPgdeck(context, args, { cwd: scratch(context).folder }).ended
    assert.notEqual(code, 0)
    assert.doesNotMatch(out + err, new RegExp(SECRET))
  })
})

describe('a message', () => {
  const argv = (...args: readonly string[]) => ['node', 'pgdeck', ...args]

  test('keeps what only looks like a password', () => {
    const said = 'connection strings look like postgresql://user@host:5432/database'
    assert.equal(withoutPasswords(said, argv('postgresql://postgres:postgres@h:x/')), said)
    assert.equal(
      withoutPasswords('no server "app-a"; there are app-b', argv('logs', 'app-a')),
      'no server "app-a"; there are app-b',
    )
  })

  test('loses a password also where it was decoded or escaped', () => {
    const args = argv('status', 'postgresql://u:p%40ss%22word@h/x')
    assert.equal(withoutPasswords('it was p@ss"word, "p@ss\\"word"', args), 'it was [redacted], "[redacted]"')
  })
})
