// The banner says what is known of who serves, and no more.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterSnapshot, DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { banner } from '../../../src/ui/frame/banner.ts'
import { UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { stateOf } from '../../builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aServer,
  aServerPulse,
  aStale,
  aStandby,
  NOW,
} from '../../builders/snapshot.ts'

const lines = (...databases: readonly DatabaseRecord[]) => linesOf(aCluster({ databases }))

function linesOf(snapshot: ClusterSnapshot, columns = 200): readonly string[] {
  const state = stateOf(snapshot)
  const [cluster] = state.clusters
  assert.ok(cluster)
  const screen = { columns, rows: 40, glyphs: UNICODE_GLYPHS }
  return banner(state, cluster, screen, 3).map((line) => line.map(({ text }) => text).join(''))
}

test('nobody is another thing than not known', () => {
  const elsewhere = aStandby({ standby: { receiver: aReceiver({ senderHost: '10.0.0.9' }) } })
  assert.match(lines(elsewhere).join('\n'), /Users are served by +\? not known/)
  const cutOff = aStandby({ standby: { receiver: null } })
  assert.match(lines(cutOff).join('\n'), /Users are served by +nobody/)
})

test('of what nobody ever read no time is told', () => {
  const dead = aDatabase({ id: 'db-1', pulse: { state: 'failed', fault: aFault('refused'), since: NOW } })
  const text = lines(dead, aStandby({ standby: { receiver: null } })).join('\n')
  assert.match(text, /Promote db-ro +how much of db-1 is lost is unknown/)
  assert.doesNotMatch(text, /last seen \?/)
})

test('what was last read of a primary that is gone is the least of a loss, and 80 columns keep its age', () => {
  const pulse = aPrimaryPulse()
  const dead = aPrimary({}, { pulse: aStale(pulse, NOW - 42_000, aFault('refused'), NOW - 40_000) })
  const [, , told] = linesOf(aCluster({ databases: [dead, aStandby({ standby: { receiver: null } })] }), 80)
  assert.match(told ?? '', /Promote db-ro +what db-1 wrote after \d\d:\d\d:25 is lost, takes about 1 s$/)
  const alive = linesOf(aCluster({ databases: [aPrimary(), aStandby()] }), 80)
  assert.match(alive.join('\n'), /If db-1 fails now +promote db-ro: lose 0 B, writable in about 1 s/)
})

test('while the primary is down the headline tells what users can do, then come the ways out with their cost', () => {
  const dead = aPrimary({}, { pulse: aStale(aPrimaryPulse(), NOW - 42_000, aFault('refused'), NOW - 40_000) })
  const waiting = aServer({
    id: 'app-a',
    type: 'primary',
    databaseId: 'db-1',
    pulse: aServerPulse({ httpStatus: 500 }),
  })
  const reading = aServer({ id: 'app-ro', type: 'read-only', databaseId: 'db-ro', pulse: aServerPulse() })
  const databases = [dead, aStandby({ standby: { receiver: null } })]
  const [headline, back, promote] = linesOf(aCluster({ databases, servers: [waiting, reading] }))
  assert.match(headline ?? '', /USERS CAN ONLY READ +db-1 is down for 40 s \(.*\), app-a waits/)
  assert.match(back ?? '', /^ Start db-1 +nothing is lost/)
  assert.match(promote ?? '', /^ Promote db-ro +what db-1 wrote after/)
  const [nobody] = linesOf(aCluster({ databases, servers: [waiting] }))
  assert.match(nobody ?? '', /NO SERVER SERVES THE USERS +db-1 is down for 40 s/)
})

test('a primary that was read too long ago promises nothing either', () => {
  const old = aPrimary({}, { pulse: { state: 'fresh', value: aPrimaryPulse(), at: NOW - 9_000 } })
  assert.match(
    lines(old, aStandby()).join('\n'),
    /If db-1 fails now +promote db-ro: lose an unknown amount, last seen 9 s ago/,
  )
})

test('of two databases that mirror each other none is promoted', () => {
  const second = aDatabase({
    id: 'db-2',
    port: 5434,
    pulse: aPrimaryPulse({ systemIdentifier: '42', serverPort: 5434 }),
  })
  const mirrored = aCluster({ model: 'mirrored', databases: [aPrimary({ senders: [] }), second] })
  const text = linesOf(mirrored).join('\n')
  assert.match(text, /Exchange db-1 ⇄ db-2/)
  assert.doesNotMatch(text, /promote/)
})
