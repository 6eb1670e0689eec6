// The judgement of poolers, proxies and addresses at once, for commands that read them only once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeEntryPoint, judgeWayOfUsers } from '../../../src/model/diagnosis/entry-points.ts'
import type { EntryPointRecord } from '../../../src/model/measured/entry-points/entry-point-reading.ts'
import {
  anAddress,
  aPool,
  aPooler,
  aProxied,
  aProxy,
  aShopBehind,
  REACHED_STANDBY,
} from '../../builders/entry-points.ts'
import { aFault, NOW } from '../../builders/snapshot.ts'

function inputOf(...records: readonly EntryPointRecord[]) {
  const snapshot = aShopBehind(...records)
  const { entryPoints, runs } = derivePicture(snapshot, null, NOW)
  return { snapshot, entryPoints, runs, now: NOW }
}

/** `fail entry-point-elsewhere: vip leads …`. */
function judged(record: EntryPointRecord): string {
  const input = inputOf(record)
  const [view] = input.entryPoints
  assert.ok(view)
  const outcome = judgeEntryPoint(input, view)
  const cause = 'cause' in outcome ? ` ${outcome.cause}` : ''
  return `${outcome.result}${cause}: ${outcome.evidence}`
}

describe('an entry point', () => {
  test('that leads where it should is ok, and its place is told', () => {
    assert.equal(judged(anAddress()), 'ok: it leads to db-1')
    assert.equal(judged(aPooler()), 'ok: it leads to db-1')
  })

  test('is judged at once, without waiting for another reading', () => {
    const elsewhere = 'fail entry-point-elsewhere: vip leads to db-ro, not to the primary'
    assert.equal(judged(anAddress(REACHED_STANDBY)), elsewhere)
    const paused = /^fail entry-point-holds: pool-1: database shop is paused without a run: give RESUME "shop"/
    assert.match(judged(aPooler({ databases: [aPool({ paused: true })] })), paused)
    const one = aPool({ paused: true, clientsWaiting: 1 })
    assert.match(judged(aPooler({ databases: [one] })), /, 1 client waits: give/)
    const down = aProxied('n1', 5432, { state: 'down' })
    assert.match(judged(aProxy([down])), /^fail entry-point-no-server: proxy-write: no server of backend primary is up/)
  })

  test('that tells nothing names the reason and what to do', () => {
    const fault = aFault('timeout', '10.0.0.99:5000 did not answer within 1500 ms')
    assert.match(judged(anAddress({ fault })), /^fail entry-point-silent: no new session through vip: 10\.0\.0\.99/)
    assert.match(judged(aPooler({ fault })), /^warn entry-point-silent: pool-1 tells nothing/)
    const input = inputOf(anAddress({ fault }))
    const [view] = input.entryPoints
    const outcome = view && judgeEntryPoint(input, view)
    assert.equal(outcome && 'next' in outcome ? outcome.next : null, fault.hint)
  })
})

describe('the way of the users', () => {
  test('to a primary names what leads elsewhere; those for standbys are not about it', () => {
    const good = judgeWayOfUsers(inputOf(aPooler(), anAddress()))
    assert.deepEqual([good.result, good.evidence], ['ok', 'pool-1 and vip lead to it'])
    const ofStandbys = anAddress({ id: 'vip-ro', expects: 'standby' })
    const bad = judgeWayOfUsers(inputOf(anAddress(REACHED_STANDBY), ofStandbys))
    assert.deepEqual([bad.result, bad.evidence], ['warn', 'vip leads to db-ro, not to the primary'])
  })
})
