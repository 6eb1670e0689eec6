// Connection strings of standbys on a real server: it takes out the passwords, and the rest is read as libpq reads it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conninfoParameters, conninfoSql } from '../../src/probes/database/answers/conninfo.ts'
import { withCluster } from './embedded.ts'

const STRINGS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['user=repl host=h port=5433 password=hush', { user: 'repl', host: 'h', port: '5433' }],
  ["password = 'hush \\' hush' user='my repl' sslmode=require", { user: 'my repl', sslmode: 'require' }],
  ['password=hu\\ sh user=repl', { user: 'repl' }],
  ["sslpassword='hush' user=repl", { user: 'repl' }],
  ['postgresql://repl@10.0.0.11/', { user: 'repl', host: '10.0.0.11' }],
  ['postgres://repl:hush@a:1,b:2/db', { user: 'repl', host: 'a,b', port: '1,2' }],
  ['postgresql://h/db?user=repl&password=hush&sslmode=prefer', { user: 'repl', host: 'h', sslmode: 'prefer' }],
  ['postgresql://h/?password=hush&user=my%20repl', { user: 'my repl' }],
  ['postgresql:///db?host=/tmp&sslpassword=hush', { host: '/tmp' }],
  ['postgresql://[::1]:5433/', { host: '::1', port: '5433' }],
  ['no connection string', {}],
]

test('passwords stay there, everything else is known here', () =>
  withCluster({}, async ({ primary }) => {
    for (const [text, expected] of STRINGS) {
      const [row] = await primary.query<{ told: string }>(`select ${conninfoSql('$1::text')} as told`, [text])
      const told = row?.told ?? ''
      assert.doesNotMatch(told, /hush|hu\\/, text)
      const found = conninfoParameters(told)
      for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), value, `${name} of ${told}`)
    }
  }))
