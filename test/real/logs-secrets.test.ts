// Secrets that went through a real server, in each format of its log: none of them is in what is collected, and the log still is one.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import { startPgdeck } from '../cli/process.ts'
import { until } from '../wait.ts'
import { unpacked, writeConfig } from './collected.ts'
import { withCluster } from './embedded.ts'

const secret = (index: number) => `Zq${String(index).padStart(3, '0')}Kx9Wv`

/** Statements with a secret at the `@`; some fail, and are logged as failed. */
const STATEMENTS: readonly string[] = [
  "CREATE ROLE r1\n  LOGIN\n  PASSWORD\n    '@'",
  "ALTER ROLE r1 PASSWORD\t'@'",
  "ALTER ROLE r1 PASSWORD -- why\n\t'@'",
  "ALTER ROLE r1 PASSWORD 'a'\n'@'",
  "ALTER ROLE r1 PASSWORD E'@'",
  'ALTER ROLE r1 PASSWORD $x$@$x$',
  'ALTER ROLE r1 PASSWORD "@"',
  'ALTER ROLE r1 PASSWORD @',
  "CREATE FOREIGN DATA WRAPPER w OPTIONS (api_key '@')",
  "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', token '@')",
  "CREATE USER MAPPING FOR r1 SERVER s OPTIONS (user 'a', password\n'@')",
  `ALTER USER MAPPING FOR r1 SERVER s OPTIONS (SET "password" '@')`,
  `ALTER ROLE r1 SET "app.settings.jwt_secret" TO '@'`,
  "SELECT set_config('app.password','@',false)",
  "SET app.token TO '@'",
  'CREATE TABLE users (name text, password text, token text UNIQUE)',
  "INSERT INTO users (name, password) VALUES ('a', '@')",
  "INSERT INTO users VALUES ('b', 'x', 'tok') -- token = '@'",
  "UPDATE users SET password = '@' WHERE name = 'a'",
  "INSERT INTO users (token) VALUES ('@')",
  'PREPARE p(text, text) AS UPDATE users SET name = $1, password = $2',
  "EXECUTE p('a', '@')",
  "SELECT nofunction(crypt('@', gen_salt('bf')))",
  "SELECT pgp_sym_encrypt('data', '@')",
  "SELECT 'postgresql://u:@@h/db'",
  "SELECT 'host=h password=@ user=u'",
  `SELECT '{"password": "@", "x": 1}'::json`,
  "ALTER SYSTEM SET archive_command = 'curl -u user:@ --upload-file %p https://h/%f'",
  "ALTER SYSTEM SET restore_command = 'sshpass -p @ scp u:/a/%f %p'",
  "ALTER SYSTEM SET archive_cleanup_command = 'AZURE_STORAGE_KEY=@ wal-g x'",
  "ALTER SYSTEM SET primary_conninfo = 'host=h user=u password=@'",
  "ALTER SYSTEM SET ssl_passphrase_command = 'echo @'",
]
/** Their values are logged in a record of their own, of a failed one in its context. */
const PARAMETERS: readonly (readonly [text: string, values: readonly string[]])[] = [
  ['UPDATE users SET password = $1 WHERE name = $2', ['@', 'seen-value']],
  ['INSERT INTO users (name, token) VALUES ($1, $2)', ['seen-value', '@']],
  ['SELECT 1 FROM users WHERE token = $1 AND length($2) / 0 = 1', ['@', 'seen-value']],
]

const SETTINGS = {
  logging_collector: 'on',
  log_destination: 'stderr,csvlog,jsonlog',
  log_filename: 'server.log',
  log_statement: 'all',
  log_parameter_max_length_on_error: '-1',
}

test('no secret of a real log is collected, in none of its formats', async (context) => {
  await withCluster({ settings: SETTINGS }, async ({ primary }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const client = new Client({ connectionString: `${primary.dsn('postgres')}?sslmode=disable` })
    await client.connect()
    try {
      const all = [...STATEMENTS.map((text) => [text, null] as const), ...PARAMETERS]
      for (const [index, [text, values]] of all.entries()) {
        const filled = (part: string) => part.replace(/@(?!h\/)/, secret(index))
        // What is refused is logged as well.
        await (values === null ? client.query(filled(text)) : client.query(text, values.map(filled))).catch(() => {})
      }
      await client.query('SELECT pg_reload_conf()')
      await client.query("SELECT 'the last statement'")
    } finally {
      await client.end()
    }
    const logs = join(primary.dataDirectory, 'log')
    const written = () => readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
    await until('the logs are written', 10_000, () => written().every((text) => text.includes('the last statement')))
    assert.equal(written().length, 3)
    const count = STATEMENTS.length + PARAMETERS.length
    const planted = Array.from({ length: count }, (_, index) => secret(index)).filter((word) =>
      written().some((text) => text.includes(word)),
    )
    assert.ok(planted.length >= count - 2, 'they are in the log')
    const config = writeConfig(join(folder, 'c.json'), [{ name: 'db-1', node: primary, local: true }])
    const out = join(folder, 'out.tar.gz')
    const env = { PGDECK_STATE_DIR: join(folder, 'state') }
    const ended = await startPgdeck(context, ['logs', 'db-1', '--out', out, '-c', config], { cwd: folder, env }).ended
    assert.equal(ended.code, 0, ended.err)
    const taken = [...(await unpacked(out))].filter(([name]) => name.startsWith('logs/'))
    assert.equal(taken.length, 3)
    for (const [name, text] of taken) {
      const seen = text.split('\n').filter((line) => /Zq\d{3}Kx9Wv/.test(line))
      assert.deepEqual(seen, [], name)
      assert.match(text, /the last statement/)
      assert.match(text, /seen-value/, 'other parameters stay')
      assert.match(text, /UPDATE users SET password = \$1 WHERE name = \$2/)
    }
  })
})
