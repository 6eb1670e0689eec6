// Which names of schemas are taken, and what is said of a schema that others can put something into.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSchemaName, type SchemaRisk, schemaRiskRemedy, schemaRiskText } from '../../../src/model/values/sql-names.ts'

test('a name of a schema holds nothing that quoting, the server or a list could take for something else', () => {
  for (const name of ['public', 'app', 'App-2', 'öffentlich', 'my schema', 'a.b', '_x', 'x$1', 'x'.repeat(63)])
    assert.ok(isSchemaName(name), name)
  const refused = [
    '',
    ' app',
    '1st',
    '$user',
    'pg_temp',
    'pg_catalog',
    'a"b',
    `a'b`,
    'a\\b',
    'a,b',
    'a;b',
    'a\nb',
    'a\0b',
  ]
  for (const name of [...refused, 'x'.repeat(64), 'é'.repeat(32)]) assert.ok(!isSchemaName(name), name)
})

test('a trouble is told with what mends it', () => {
  const told = (trouble: SchemaRisk) => [schemaRiskText(trouble), schemaRiskRemedy(trouble)]
  const create = { kind: 'create', schema: 'public', fix: 'REVOKE CREATE ON SCHEMA public FROM PUBLIC' } as const
  assert.deepEqual(told({ ...create, who: null }), ['everybody may create in schema public', `${create.fix};`])
  assert.deepEqual(told({ ...create, who: 'mallory' })[0], 'mallory may create in schema public')
  assert.deepEqual(told({ kind: 'missing', schema: 'app' }), [
    'there is no schema app',
    'Correct "searchPath" in the configuration.',
  ])
  const owner = {
    kind: 'owner',
    schema: 'app',
    who: 'mallory',
    fix: 'ALTER SCHEMA app OWNER TO pg_database_owner',
  } as const
  assert.equal(told(owner)[0], 'schema app belongs to mallory')
  assert.match(told(owner)[1] ?? '', /^ALTER SCHEMA app OWNER TO pg_database_owner; or name the schema/)
  const left = {
    kind: 'object',
    schema: 'app',
    who: 'mallory',
    what: 'function app.f()',
    fix: 'DROP FUNCTION app.f()',
  } as const
  assert.deepEqual(told(left), [
    'mallory owns function app.f(), which can be mistaken for another one',
    'Unless it is there on purpose: DROP FUNCTION app.f();',
  ])
})
