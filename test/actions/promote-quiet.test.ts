// Before pg_promote() the standby must be seen to hear nothing more: what a role may not see is no proof of that.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sight, Tools } from '../../src/actions/action.ts'
import { promoteArguments, promoteStandby } from '../../src/actions/steps/promote-standby.ts'
import { assess } from '../../src/model/assess.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, aStandby, NOW } from '../fakes/snapshot.ts'

interface Arrivals {
  readonly lsn: string
  readonly heard: string | null
  readonly receives: boolean
  readonly standby: boolean
}

/** Whether it was promoted, where these are the answers in turn. */
async function promoted(answers: readonly Arrivals[]): Promise<boolean> {
  const primary = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('timeout'), NOW - 58_000) }
  const standby = aStandby()
  const snapshot = aCluster({ databases: [primary, standby] })
  const sight = { picture: assess(snapshot, null, NOW), snapshot, manager: null, now: NOW } as unknown as Sight
  const left = [...answers]
  let isPromoted = false
  const tools = {
    look: async () => sight,
    pause: async () => {},
    say: () => {},
    sql: async (_: string, { text }: { text: string }) => {
      if (!text.includes('pg_promote')) return [left.shift()]
      isPromoted = true
      return [{ promoted: true }]
    },
  } as unknown as Tools
  await promoteStandby.run(promoteArguments(standby.spec.id, 1), tools).catch((error: Error) => {
    assert.match(error.message, /still receives|hidden from this role/)
  })
  return isPromoted
}

const QUIET: Arrivals = { lsn: '0/5000000', heard: '12:00:00', receives: true, standby: true }
const HIDDEN: Arrivals = { ...QUIET, heard: null }
const ENDED: Arrivals = { ...HIDDEN, receives: false }

test('it promotes where nothing comes in any more', async () => {
  assert.equal(await promoted([ENDED]), true)
  assert.equal(await promoted([QUIET, QUIET]), true)
  assert.equal(await promoted([HIDDEN, ENDED]), true)
})

test('it does not where something comes in, or where that is hidden', async () => {
  assert.equal(await promoted([QUIET, { ...QUIET, heard: '12:00:01' }]), false)
  assert.equal(await promoted([HIDDEN, HIDDEN]), false)
  assert.equal(await promoted([HIDDEN, { ...HIDDEN, lsn: '0/5000060' }]), false)
})
