// docs/json.md describes every field that real documents have: the types see to it, and these documents prove it.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { AnyDescription, DocumentDescription } from '../../scripts/json/describe.ts'
import { JSON_DOCUMENTS, jsonDocument } from '../../scripts/json-document.ts'
import { auditDocument } from '../../src/cli/commands/audit/run.ts'
import { actionsDocument } from '../../src/cli/commands/do/list.ts'
import { hbaAuditDocument } from '../../src/cli/commands/hba/audit-json.ts'
import { auditedClusters } from '../../src/cli/commands/hba/run-audit.ts'
import { hbaTestReport } from '../../src/cli/commands/hba/run-test.ts'
import { keysDocument } from '../../src/cli/commands/keys/run.ts'
import { runsDocument } from '../../src/cli/commands/runs/run.ts'
import { topologyDocument } from '../../src/cli/commands/topology/json.ts'
import { versionDocument } from '../../src/cli/commands/version/run.ts'
import { toNotificationDocument } from '../../src/model/alerts/notification-message.ts'
import { UNREAD_SOURCE } from '../../src/model/application-audit/entry.ts'
import { decideHba } from '../../src/model/hba/match/match.ts'
import { runDocument } from '../../src/model/runs/run-document.ts'
import { actionsFor } from '../../src/profiles/actions.ts'
import { statusDocument } from '../../src/state/documents/status-json.ts'
import { keyTable } from '../../src/ui/keys/keymap/key-table.ts'
import { aPlan, aRun } from '../builders/action-screens.ts'
import { hbaAudited } from '../builders/hba-screens.ts'
import { aMirror, aSide } from '../builders/mirroring-screens.ts'
import { stateOf } from '../builders/picture-state.ts'
import { aVault, NOW } from '../builders/snapshot.ts'
import { connection, rulesOf } from '../model/hba/asked.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The paths of a document's fields that the description lacks, and of values that it does not list. */
function undescribed(value: Json, field: AnyDescription | undefined, path: string): readonly string[] {
  if (field === undefined) return [path]
  if (typeof field === 'string' || value === null) return []
  if ('each' in field) return (value as readonly Json[]).flatMap((one) => fieldsOf(one, field.each, `${path}[].`))
  if ('fields' in field) return fieldsOf(value, field.fields, `${path}.`)
  return Object.hasOwn(field.values, value as string) ? [] : [`${path}: ${value}`]
}

function fieldsOf(value: Json, fields: Readonly<Record<string, AnyDescription>>, path: string): readonly string[] {
  return Object.entries(value as Record<string, Json>).flatMap(([key, one]) =>
    undescribed(one, fields[key], path + key),
  )
}

function describedAs(schema: string | null, about?: string): DocumentDescription {
  const found = JSON_DOCUMENTS.find((each) => (schema === null ? each.command === about : each.schema === schema))
  return found ?? assert.fail(`no description of ${schema ?? about}`)
}

/** The document as it is printed. */
function printed(document: unknown): { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(document))
}

const run = aRun(aPlan())
const alert = {
  rule: 'replication-lag',
  severity: 'warning',
  subject: { owner: 'db-ro', part: null },
  message: 'db-ro 12.4 MB, limit 8 MB',
  since: NOW,
  cluster: 'vault',
} as const
const entry = {
  at: NOW,
  who: { user: 'ann', ssh: null, tty: null },
  cluster: 'vault',
  server: null,
  category: 'user',
  what: 'promote db-ro',
  plan: null,
  result: null,
} as const
const REAL: Readonly<Record<string, () => unknown>> = {
  'pgdeck.status/1': () => statusDocument(stateOf(aVault()), NOW),
  'pgdeck.topology/1': () => topologyDocument(stateOf(aVault()), NOW),
  'pgdeck.run/1': () => runDocument(run),
  'pgdeck.runs/1': () => runsDocument([run], []),
  'pgdeck.actions/1': () => actionsDocument(actionsFor({})),
  'pgdeck.alert/1': () => toNotificationDocument(alert, 'raised', NOW),
  'pgdeck.audit/1': () =>
    auditDocument(
      [{ ...entry, source: 'pgdeck', from: null, applicationCategory: null, clockAheadMs: 0, outage: false }],
      [{ cluster: 'vault', server: 'pmp-a', source: '/opt/app/audit.log on h1', record: UNREAD_SOURCE }],
      new Map([['vault', [{ from: NOW - 60_000, to: NOW }]]]),
    ),
  'pgdeck.hba-audit/1': () => hbaAuditDocument(auditedClusters(hbaAudited(), null), NOW),
  'pgdeck.keys/1': () => keysDocument(keyTable()),
}

describe('the descriptions of JSON documents', () => {
  for (const [schema, make] of Object.entries(REAL)) {
    test(`${schema} has no field without a description`, () => {
      const document = printed(make())
      assert.equal(document.schema, schema)
      assert.deepEqual(fieldsOf(document, describedAs(schema).fields, ''), [])
    })
  }

  test('the fields of the model mirrored have one, and documents without a schema', () => {
    const mirrored = statusDocument(stateOf(aMirror(aSide(1, {}), aSide(2, {}))), NOW)
    assert.deepEqual(fieldsOf(printed(mirrored), describedAs('pgdeck.status/1').fields, ''), [])
    const version = describedAs(null, 'pgdeck version --json').fields
    assert.deepEqual(fieldsOf(printed(versionDocument()), version, ''), [])
    const source = {
      rules: rulesOf('host all all 10.0.0.0/8 md5\nhost all all 10.0.0.7/32 reject'),
      mainFile: 'pg_hba.conf',
      about: {},
    }
    const tested = hbaTestReport(decideHba(source.rules, connection(), []), source, ['a note'])
    assert.deepEqual(fieldsOf(printed(tested), describedAs(null, 'pgdeck hba test --json').fields, ''), [])
  })

  test('a field that is not described is found, and a value that is not listed', () => {
    const { fields } = describedAs('pgdeck.status/1')
    const cluster = { name: 'vault', colour: 'blue', health: 'green', servers: [{ weight: 3 }] }
    assert.deepEqual(fieldsOf({ clusters: [cluster] }, fields, ''), [
      'clusters[].colour',
      'clusters[].health: green',
      'clusters[].servers[].weight',
    ])
  })

  test('every schema in the source has one, and is in the text', () => {
    const text = jsonDocument()
    const schemas = new Set(
      sources('src').flatMap((path) => readFileSync(path, 'utf8').match(/(?<=')pgdeck\.[a-z-]+\/\d+(?=')/g) ?? []),
    )
    assert.ok(schemas.size > 10)
    for (const schema of schemas) {
      assert.ok(describedAs(schema))
      assert.ok(text.includes(`\`${schema}\``), schema)
    }
  })
})

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}
