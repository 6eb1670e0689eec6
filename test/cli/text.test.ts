// What people read: the status as text, the tree, the graph.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { statusLines } from '../../src/cli/commands/status/text.ts'
import { dotQuoted, dotText } from '../../src/cli/commands/topology/dot.ts'
import { topologyDocument } from '../../src/cli/commands/topology/json.ts'
import { topologyTreeLines } from '../../src/cli/commands/topology/text.ts'
import { usesColour } from '../../src/cli/invocation/output.ts'
import { linePrinter } from '../../src/cli/text/print.ts'
import type { ClusterSnapshot } from '../../src/model/measured/snapshot.ts'
import type { Fault } from '../../src/model/values/fault.ts'
import { stateOf } from '../builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aSlot,
  aStandby,
  aVault,
  NOW,
} from '../builders/snapshot.ts'

const plain = await linePrinter(false)

function statusOf(...snapshots: readonly ClusterSnapshot[]): string {
  return plain(statusLines(stateOf(...snapshots).clusters, NOW))
}

/** The line that holds a text. */
function lineWith(text: string, wanted: string): string {
  const found = text.split('\n').find((line) => line.includes(wanted))
  assert.ok(found !== undefined, `no line with "${wanted}" in\n${text}`)
  return found
}

const REFUSED: Fault = {
  code: 'refused',
  message: '127.0.0.1:5433 refuses connections',
  hint: 'Start PostgreSQL there.',
}
const down = (id: string, port: number) =>
  aDatabase({ id, port, pulse: { state: 'failed', fault: REFUSED, since: NOW - 4000 } })

describe('status as text', () => {
  test('tells the verdict before anything else', () => {
    const lines = statusOf(aVault()).split('\n')
    assert.match(lines[0] ?? '', /^vault {2}● OK {2}shared-database-with-read-only/)
    assert.match(lines[1] ?? '', /^ {2}Users are served by {3}pmp-a \(primary, read-write\)$/)
    assert.match(lines[2] ?? '', /^ {2}Next in line {10}pmp-b/)
    assert.match(lines[3] ?? '', /^ {2}If db-1 fails now {5}promote db-ro: lose 0 B, as read 0 s ago/)
  })

  test('keeps the verdicts in one column, whatever a database is called', () => {
    const long = 'a-database-with-quite-a-long-name'
    const databases = [aPrimary({}, { displayName: long }), aStandby()]
    const lines = statusOf(aCluster({ databases })).split('\n').slice(1, 4)
    const columns = [/\(primary/, /db-ro/, /promote/].map((what, index) => lines[index]?.search(what))
    assert.deepEqual(lines[2]?.startsWith(`  If ${long} fails now   promote`), true, lines[2])
    assert.equal(columns[1], columns[2])
  })

  test('has a line for each server and database, with units and age', () => {
    const text = statusOf(aVault())
    assert.match(text, /SERVERS {2}3 of 3 up/)
    assert.match(text, /DATABASES {2}2 of 2 up/)
    assert.match(lineWith(text, 'pmp-a.example.net'), /pmp-a +primary +● active +read-write +7272 ● .*3\.1 ms.* now$/)
    assert.match(lineWith(text, '└▶ db-ro'), /replica +● streaming +5433 ●.*5\/97 +0 B · 0 s.* now$/)
  })

  test('a database that is down is told with its problem, its hint and no figures', () => {
    const text = statusOf(aCluster({ databases: [aPrimary(), down('db-ro', 5433)] }))
    assert.match(text, /CRITICAL|WARNING/)
    assert.match(text, /DATABASES {2}1 of 2 up/)
    assert.match(lineWith(text, '✖ inactive'), /\? .*never$/)
    assert.match(lineWith(text, '▲ db-ro: '), /refuses connections \(for 4 s\)$/)
    assert.match(lineWith(text, '→'), /→ Start PostgreSQL there\.$/)
    assert.match(text, /ALERTS {2}\d alerts?/)
  })

  test('what this role may not read is told with the statement that grants it, once', () => {
    const grant = 'GRANT pg_monitor TO "plain"'
    const missing = [
      { what: 'what other sessions do', grant },
      { what: 'the WAL senders', grant },
    ]
    const lines = statusOf(aCluster({ databases: [aPrimary({ missing })] })).split('\n')
    const at = lines.findIndex((line) => line.includes('may not read'))
    assert.equal(lines[at], '  ? db-1: this role may not read what other sessions do; the WAL senders')
    assert.equal(lines[at + 1], `    → ${grant}`)
    assert.equal(lines.filter((line) => line.includes(grant)).length, 1)
  })

  test('who serves is not known where only a standby is watched', () => {
    const elsewhere = aReceiver({ senderHost: '10.0.0.9' })
    const lines = statusOf(aCluster({ databases: [aStandby({ standby: { receiver: elsewhere } })] })).split('\n')
    assert.match(
      lines[1] ?? '',
      /Users are served by +\? unknown: db-ro streams from 10\.0\.0\.9:5432, which is not watched$/,
    )
  })

  test('of two databases that mirror each other none is promoted', () => {
    const second = aDatabase({
      id: 'db-2',
      port: 5434,
      pulse: aPrimaryPulse({ systemIdentifier: '42', serverPort: 5434 }),
    })
    const databases = [aPrimary({ senders: [] }), second]
    assert.match(lineWith(statusOf(aCluster({ model: 'mirrored', databases })), 'fails now'), /continue with db-\d: /)
  })

  test('columns stand under their titles, also with wide characters in names', () => {
    const lines = statusOf(
      aCluster({ databases: [aPrimary({}, { displayName: '東京' }), aStandby({}, { displayName: 'db-ro' })] }),
    ).split('\n')
    const head = lines.findIndex((line) => line.startsWith('  NAME'))
    const at = lines[head]?.indexOf('ROLE') ?? -1
    // Each of the two wide characters takes two columns and one position.
    assert.equal(lines[head + 1]?.indexOf('primary'), at - 2)
    assert.equal(lines[head + 2]?.indexOf('replica'), at)
  })

  test('several clusters follow each other', () => {
    const text = statusOf(aVault(), aCluster({ name: 'other', databases: [aPrimary()] }))
    assert.match(text, /\n\nother {2}/)
  })

  test('whatever takes WAL or changes from a database is drawn as what it is', () => {
    const senders = [
      aSender({ pid: 1, applicationName: 'db-ro' }),
      aSender({ pid: 2, applicationName: 'pg_receivewal', flushedLsn: null, replayedLsn: null }),
      aSender({ pid: 3, applicationName: 'pg_basebackup', state: 'backup' }),
      aSender({ pid: 4, applicationName: 'orders', slot: 'orders' }),
    ]
    const slots = [aSlot({ name: 'orders', type: 'logical' })]
    const text = plain(
      topologyTreeLines(stateOf(aCluster({ databases: [aPrimary({ senders, slots }), aStandby()] })).clusters),
    )
    assert.match(text, /pg_receivewal at 127\.0\.0\.1 +archiver +. streaming +lag 0/)
    assert.match(text, /pg_basebackup at 127\.0\.0\.1 +backup +. backup/)
    assert.match(text, /orders at 127\.0\.0\.1 +logical +. streaming +slot orders/)
    assert.doesNotMatch(text, /not configured|unknown/)
  })

  test('names from outside can neither colour nor move anything', () => {
    const evil = 'db\u001b[2J\u001b]0;x\u0007\u202e\nDATABASES'
    const vault = aCluster({ databases: [aPrimary({}, { displayName: evil, host: 'h\u001b[31m' }), aStandby()] })
    const state = stateOf(vault)
    for (const text of [
      statusOf(vault),
      plain(topologyTreeLines(state.clusters)),
      dotText(topologyDocument(state, NOW)),
    ]) {
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      assert.equal(text.split('\n').filter((line) => line.startsWith('DATABASES')).length <= 1, true)
    }
  })
})

describe('colours', () => {
  const terminal = { isTerminal: true, write: async () => {} }
  const pipe = { isTerminal: false, write: async () => {} }

  test('are used on a terminal only, and not where the user said no', () => {
    assert.equal(usesColour(terminal, { color: true }, {}), true)
    assert.equal(usesColour(pipe, { color: true }, { FORCE_COLOR: '1' }), false)
    assert.equal(usesColour(terminal, { color: false }, {}), false)
    assert.equal(usesColour(terminal, { color: true }, { NO_COLOR: '1' }), false)
    assert.equal(usesColour(terminal, { color: true }, { NO_COLOR: '' }), true)
    assert.equal(usesColour(terminal, { color: true }, { TERM: 'dumb' }), false)
  })

  test('change nothing but colours', async () => {
    const lines = statusLines(stateOf(aVault()).clusters, NOW)
    const coloured = (await linePrinter(true))(lines)
    assert.match(coloured, /\u001b\[/)
    // Blanks that carry an attribute stay at the end of a coloured line.
    const bare = coloured.replace(/\u001b\[[\d;]*m/g, '').replace(/ +$/gm, '')
    assert.equal(bare, plain(lines))
  })
})

/** A sender of a standby that nobody watches. */
const stranger = aSender({ pid: 99, applicationName: 'reports', address: '10.9.9.9', port: 41_000 })

describe('topology', () => {
  const vault = aVault()
  const found = aCluster({ databases: [aPrimary({ senders: [stranger] })] })

  test('as text: servers under the database they use, the replica under its primary', () => {
    const lines = plain(topologyTreeLines(stateOf(vault).clusters)).split('\n')
    assert.match(lines[1] ?? '', /^ {2}db-1 +primary +● active +127\.0\.0\.1:5432$/)
    assert.match(lines[2] ?? '', /^ {2}└▶ pmp-a +primary server +● active +pmp-a\.example\.net:7272 {2}read-write$/)
    assert.match(lines[4] ?? '', /^ {2}└▶ db-ro +replica +● streaming .*lag 0 B · 0 s$/)
    assert.match(lines[5] ?? '', /^ {2} {3}└▶ pmp-ro/)
  })

  test('as text: what is not configured is marked so', () => {
    assert.match(
      lineWith(plain(topologyTreeLines(stateOf(found).clusters)), 'reports'),
      /^ {2}└▶ reports.*10\.9\.9\.9 .*not configured$/,
    )
  })

  test('as a document: every link joins two nodes that are there', () => {
    for (const snapshot of [vault, found]) {
      const [graph] = topologyDocument(stateOf(snapshot), NOW).clusters
      assert.ok(graph && graph.links.length > 0)
      const ids = new Set(graph.nodes.map(({ id }) => id))
      assert.equal(ids.size, graph.nodes.length)
      for (const { from, to } of graph.links) assert.ok(ids.has(from) && ids.has(to), `${from} -> ${to}`)
    }
  })

  test('as a document: nodes say what they are', () => {
    const document = topologyDocument(stateOf(vault, found), NOW)
    assert.equal(document.schema, 'pgdeck.topology/1')
    assert.equal(document.at, '2026-11-22T14:32:07.123Z')
    const nodes = document.clusters.flatMap((graph) => graph.nodes)
    const node = (id: string) => nodes.find((candidate) => candidate.id === id)
    assert.equal(node('db-1')?.lsn, '0/5A001F20')
    assert.equal(node('pmp-a')?.kind, 'server')
    assert.deepEqual([node('db-ro')?.role, node('db-ro')?.configured], ['replica', true])
    const unwatched = nodes.find(({ name }) => name.startsWith('reports'))
    assert.deepEqual([unwatched?.configured, unwatched?.watched, unwatched?.host], [false, false, '10.9.9.9'])
    assert.doesNotThrow(() => JSON.stringify(document))
  })

  test('as a graph: names are quoted, whatever is in them', () => {
    assert.equal(dotQuoted('a"b\\c;d}\u001b[0m'), '"a\\"b\\\\c;d}"')
    const text = dotText(topologyDocument(stateOf(aVault({ name: 'x"]; evil [' }), found), NOW))
    assert.match(text, /^digraph pgdeck \{\n/)
    assert.match(text, /label="x\\"\]; evil \["/)
    assert.match(text, /"0\/db-1" -> "0\/db-ro" \[label="streaming, async, 0 B, 0 s"\]/)
    assert.match(text, /"0\/pmp-a" -> "0\/db-1" \[style=dotted, arrowhead=open\]/)
    assert.match(text, /label="reports[^"]*\\nreplica[^"]*", shape=cylinder, style=dashed/)
  })

  test('a backup and a logical subscriber are drawn, also two of the same name', () => {
    const sender = { address: '10.0.0.7', state: 'streaming', kind: 'capture', slot: 'cdc', behindBytes: 2_000_000 }
    const document = topologyDocument(stateOf(aVault()), NOW)
    const [graph] = document.clusters
    assert.ok(graph)
    const two = ['pg_"cdc', 'pg_"cdc'].map((name) => ({ ...sender, database: 'db-1', name, since: null }) as const)
    const text = dotText({ ...document, clusters: [{ ...graph, otherSenders: two as typeof graph.otherSenders }] })
    assert.match(text, /"0:0" \[label="pg_\\"cdc\\ncapture\\n10\.0\.0\.7", shape=note, style=dashed\]/)
    assert.match(text, /"0\/db-1" -> "0:1" \[label="streaming, slot cdc, 1\.9 MB", style=dashed\]/)
  })

  test('servers that use no watched database are drawn too', () => {
    const alone = aCluster({ databases: [aPrimary()], servers: [aServer({ id: 'lonely', type: 'primary' })] })
    assert.match(plain(topologyTreeLines(stateOf(alone).clusters)), /^ {2}lonely +primary server/m)
  })
})
