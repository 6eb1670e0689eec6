// Passwords that were typed where they don't belong: no message repeats them, whichever command they were given to.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { withoutPasswords } from '../../../src/cli/invocation/redact-arguments.ts'
import { scratch } from '../../config/scratch.ts'
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

async function told(context: TestContext, args: readonly string[]) {
  const env = { PGDECK_STATE_DIR: `${scratch(context).folder}/state` }
  const { code, out, err } = await startPgdeck(context, args, { cwd: scratch(context).folder, env }).ended
  return { code, text: out + err }
}

describe('a message about an argument does not repeat a password in it', () => {
  const COMMANDS: readonly ((text: string) => readonly string[])[] = [
    (text) => [text],
    (text) => ['status', 'host=h', text],
    (text) => ['-c', text, 'status'],
    (text) => ['diagnose', text],
    (text) => ['version', text],
  ]
  for (const [index, text] of STRINGS.entries()) {
    test(text.replaceAll(SECRET, '…'), async (context) => {
      // Each string with the two commands that it is given to most, and with one of the others.
      const others = COMMANDS.slice(2)
      for (const command of [...COMMANDS.slice(0, 2), others[index % others.length] ?? others[0]]) {
        const { code, text: printed } = await told(context, command?.(text) ?? [])
        assert.notEqual(code, 0)
        assert.notEqual(printed, '')
        assert.doesNotMatch(printed, new RegExp(SECRET))
      }
    })
  }

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
  for (const args of OPTIONS) {
    test(args.join(' ').replaceAll(SECRET, '…'), async (context) => {
      const { text } = await told(context, args)
      assert.doesNotMatch(text, new RegExp(SECRET))
    })
  }
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
