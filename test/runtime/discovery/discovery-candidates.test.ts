// Where unknown neighbours may be, and who is paired with whom.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { discoveredName } from '../../../src/runtime/discovery/discovery.ts'
import { discoveryCandidates } from '../../../src/runtime/discovery/discovery-candidates.ts'
import { pairSenders } from '../../../src/runtime/discovery/node-matching.ts'
import { unreachableOf, unreachableText } from '../../../src/runtime/discovery/unreachable.ts'
import { aKnownNode } from '../../builders/known-node.ts'
import { aFault, aPrimaryPulse, aReceiver, aSender, aSlot, aStandbyPulse } from '../../builders/snapshot.ts'

function fed(senderHost: string, senderPort = 5432, slot: string | null = null) {
  return { receiver: aReceiver({ senderHost, senderPort, slot }) }
}

describe('candidates', () => {
  test('a standby’s unknown upstream is tried at its own host and port', () => {
    const standby = aKnownNode('s', '10.0.0.13:5432', aStandbyPulse({ standby: fed('db-1.internal', 2345) }))
    const [candidate, ...others] = discoveryCandidates([standby], 'postgres')
    assert.equal(others.length, 0)
    assert.deepEqual([candidate?.hosts, candidate?.ports], [['db-1.internal'], [2345]])
  })

  test('loopback and sockets of a remote node mean that node’s host', () => {
    for (const own of ['127.0.0.1', 'localhost', '::1', '/var/run/postgresql']) {
      const standby = aKnownNode('s', '10.0.0.13:5433', aStandbyPulse({ standby: fed(own) }))
      assert.deepEqual(discoveryCandidates([standby], 'postgres')[0]?.hosts, ['10.0.0.13'], own)
    }
    const here = aKnownNode('s', '127.0.0.1:5433', aStandbyPulse({ standby: fed('/run/pg') }))
    assert.deepEqual(discoveryCandidates([here], 'postgres')[0]?.hosts, ['127.0.0.1', '/run/pg'])
    const beside = aKnownNode('s', '127.0.0.2:5432', aStandbyPulse({ standby: fed('127.0.0.1') }))
    assert.deepEqual(discoveryCandidates([beside], 'postgres')[0]?.hosts, ['127.0.0.2', '127.0.0.1'])
  })

  test('a known upstream is no candidate, whichever of its addresses is named', () => {
    const primary = aKnownNode(
      'p',
      'db-1.example:6000',
      aPrimaryPulse({ serverAddress: '10.0.0.11', serverPort: 5432 }),
    )
    const standby = aKnownNode('s', '10.0.0.13:5432', aStandbyPulse({ standby: fed('10.0.0.11', 5432) }))
    assert.deepEqual(discoveryCandidates([primary, standby], 'postgres'), [])
  })

  test('a primary’s unknown standby is tried on known and usual ports of its address', () => {
    const senders = [aSender({ address: '10.0.0.13/32' })]
    const primary = aKnownNode('p', '10.0.0.11:7000', aPrimaryPulse({ senders, serverPort: 7001 }))
    const [candidate] = discoveryCandidates([primary], 'pam360')
    assert.deepEqual(candidate?.hosts, ['10.0.0.13'])
    assert.deepEqual(candidate?.ports, [7000, 7001, 3456, 5432, 2345, 5433, 5434])
  })

  test('backups, tools and logical subscribers are no servers', () => {
    const senders = [
      aSender({ pid: 1, state: 'backup' }),
      aSender({ pid: 2, applicationName: 'pg_receivewal' }),
      aSender({ pid: 3, applicationName: 'reports', slot: 'reports' }),
    ]
    const slots = [aSlot({ name: 'reports', type: 'logical' })]
    assert.deepEqual(
      discoveryCandidates([aKnownNode('p', '10.0.0.11:5432', aPrimaryPulse({ senders, slots }))], 'postgres'),
      [],
    )
  })

  test('an address hidden from this role leaves nothing to try, and says which grant shows it', () => {
    const senders = [aSender({ address: null, state: null, applicationName: 'ro' })]
    const [candidate] = discoveryCandidates([aKnownNode('p', '10.0.0.11:5432', aPrimaryPulse({ senders }))], 'postgres')
    assert.deepEqual(candidate?.hosts, [])
    assert.ok(candidate)
    assert.match(unreachableOf(candidate, []).why, /application_name ro.*GRANT pg_monitor/)
  })
})

describe('pairing senders with standbys', () => {
  const two = [
    aSender({ pid: 1, applicationName: 'a', slot: 'a' }),
    aSender({ pid: 2, applicationName: 'b', slot: 'b' }),
  ]
  const primary = aKnownNode('p', '127.0.0.1:5432', aPrimaryPulse({ senders: two }))

  test('on one address slots and names tell them apart; the other stays unknown', () => {
    const b = aKnownNode(
      'x',
      '127.0.0.1:5434',
      aStandbyPulse({ clusterName: 'b', standby: fed('127.0.0.1', 5432, 'b') }),
    )
    const pairs = pairSenders([primary, b]).map(({ sender, downstream }) => [sender.pid, downstream?.config.spec.id])
    assert.deepEqual(pairs, [
      [1, undefined],
      [2, 'x'],
    ])
  })

  test('nameless standbys are told by upstream port and address, each used once', () => {
    const senders = [aSender({ pid: 1 }), aSender({ pid: 2 })]
    const upstream = aKnownNode('p', '127.0.0.1:5432', aPrimaryPulse({ senders }))
    const standby = aKnownNode('s', '127.0.0.1:5433', aStandbyPulse({ standby: fed('localhost') }))
    assert.equal(pairSenders([upstream, standby]).filter(({ downstream }) => downstream).length, 1)
  })

  test('a standby of another cluster is never paired', () => {
    const stranger = aStandbyPulse({ systemIdentifier: '1', clusterName: 'a', standby: fed('127.0.0.1', 5432, 'a') })
    assert.ok(pairSenders([primary, aKnownNode('a', '127.0.0.1:5433', stranger)]).every((pair) => !pair.downstream))
  })

  test('a configured standby that does not answer is known by its slot', () => {
    const pairs = pairSenders([primary, aKnownNode('silent', '10.9.9.9:5432', null, 'a')])
    assert.equal(pairs[0]?.downstream?.config.spec.id, 'silent')
  })
})

describe('the name of a found node', () => {
  const found = aKnownNode('', '10.0.0.13:5432', aStandbyPulse({ clusterName: 'db-ro' }))

  test('is its cluster_name, unless somebody has it or all of them do', () => {
    assert.equal(discoveredName(found, [], []), 'db-ro')
    assert.equal(discoveredName(found, [], ['db-ro']), '10.0.0.13:5432')
    const sibling = aKnownNode('p', '10.0.0.11:5432', aPrimaryPulse({ clusterName: 'db-ro' }))
    assert.equal(discoveredName(found, [sibling], ['p']), '10.0.0.13:5432')
  })

  test('is what its stream is called where it has none', () => {
    const senders = [aSender({ applicationName: 'site\u001b[31m-b', slot: 'x' })]
    const primary = aKnownNode('p', '10.0.0.11:5432', aPrimaryPulse({ senders }))
    const standby = aKnownNode('', '10.0.0.13:5432', aStandbyPulse({ standby: fed('10.0.0.11', 5432, 'x') }))
    assert.equal(discoveredName(standby, [primary], ['p']), 'site-b')
  })

  test('is its place otherwise, and unique', () => {
    const nameless = aKnownNode('', '10.0.0.13:5432', aStandbyPulse())
    assert.equal(discoveredName(nameless, [], []), '10.0.0.13:5432')
    assert.equal(discoveredName(nameless, [], ['10.0.0.13:5432']), '10.0.0.13:5432 (2)')
  })
})

describe('why a node was not reached', () => {
  const senders = [aSender({ address: '10.0.0.13', applicationName: 'ro' })]
  const [candidate] = discoveryCandidates([aKnownNode('p', '10.0.0.11:5432', aPrimaryPulse({ senders }))], 'postgres')
  assert.ok(candidate)

  test('what lets nobody in says more than a closed port', () => {
    const listed = unreachableOf(candidate, [
      { outcome: 'fault', fault: aFault('refused', 'closed'), port: 5432 },
      { outcome: 'fault', fault: aFault('hba', 'no pg_hba.conf entry'), port: 5433 },
    ])
    assert.deepEqual(
      [listed.address, listed.reportedBy, listed.why],
      ['10.0.0.13', 'p', 'a standby (application_name ro) streams from p; no pg_hba.conf entry'],
    )
  })

  test('closed ports are listed with what to do', () => {
    const closed = [5432, 5433].map((port) => ({ outcome: 'fault', fault: aFault('refused', 'closed'), port }) as const)
    assert.match(unreachableOf(candidate, closed).why, /none of 5432, 5433; give its connection string too$/)
  })

  test('the line for people says each address once', () => {
    const database = { address: '::1', port: 5433, reportedBy: 'p' }
    const said = (why: string) => unreachableText({ ...database, why })
    assert.equal(said('[::1]:5433 refuses connections'), 'not reached: [::1]:5433 refuses connections')
    const standby = 'a standby streams from p; [::1]:5433 refuses connections'
    assert.equal(said(standby), 'not reached: [::1]:5433: a standby streams from p; it refuses connections')
    const hidden = { address: '(hidden)', port: null, why: 'GRANT pg_monitor', reportedBy: 'p' }
    assert.equal(unreachableText(hidden), 'not reached: (hidden): GRANT pg_monitor')
  })
})
