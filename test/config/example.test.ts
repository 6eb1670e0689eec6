// The files that editors and newcomers start from: the example has every key, the schema is the code's own.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'jsonc-parser'
import { staleFiles } from '../../scripts/generate.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configJsonSchema } from '../../src/config/schema/file.ts'
import { CONFIG_TEMPLATE } from '../../src/config/template.ts'
import { scratch } from './scratch.ts'

const EXAMPLE = fileURLToPath(new URL('../../config.example.json', import.meta.url))

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

function schemaKeys(schema: Schema, path = ''): readonly string[] {
  const own = Object.entries(schema.properties ?? {})
  const below = own.flatMap(([key, value]) => [`${path}.${key}`, ...schemaKeys(value, `${path}.${key}`)])
  const inside = [...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? [])]
  return [...below, ...inside.flatMap((each) => schemaKeys(each, path))]
}

function valueKeys(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valueKeys(item, path))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) => [`${path}.${key}`, ...valueKeys(item, `${path}.${key}`)])
}

test('the example shows every key that the schema knows, and validates', () => {
  const known = [...new Set(schemaKeys(configJsonSchema() as Schema))].sort()
  const shown = [...new Set(valueKeys(parse(readFileSync(EXAMPLE, 'utf8'))))].sort()
  assert.ok(known.includes('.clusters.servers.health.status'))
  assert.deepEqual(shown, known)
  const config = loadConfig({ path: EXAMPLE, env: {}, cwd: '/' })
  assert.deepEqual(config.warnings, [])
})

test('generated files are fresh', async () => {
  assert.deepEqual(await staleFiles(), [])
})

test('a generated file that is missing or different is called stale', async () => {
  assert.deepEqual(await staleFiles([{ path: 'config.schema.json', make: () => 'other' }]), ['config.schema.json'])
  assert.deepEqual(await staleFiles([{ path: 'no/such/file', make: () => 'new' }]), ['no/such/file'])
})

test('what config init gives to fill in is valid as it stands', (context) => {
  const path = scratch(context).write('starter.json', CONFIG_TEMPLATE)
  assert.equal(loadConfig({ path, env: {}, cwd: '/' }).clusters[0]?.databases.length, 2)
})
