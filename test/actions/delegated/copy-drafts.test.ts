// What a new copy and a return by a manager cost, what is checked before them, and which inputs they can't follow.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delegatedRebuild, delegatedReturn } from '../../../src/actions/delegated/copy-drafts.ts'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { delegatedUnfence } from '../../../src/actions/delegated/fence-drafts.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { noImpact } from '../../../src/model/runs/plan.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, aStandby, NOW } from '../../builders/snapshot.ts'

const REFUSED = aFault('refused')
const primary = aPrimary({ timeline: 2 }, { id: 'db1' })
const standby = aStandby({}, { id: 'db2' })
const deadPrimary: DatabaseRecord = {
  ...aPrimary({}, { id: 'db2' }),
  pulse: aStale(aPrimaryPulse(), NOW - 60_000, REFUSED),
}

interface Wanted {
  readonly second?: DatabaseRecord
  readonly kind?: ManagerKind
  readonly input?: Readonly<Record<string, string>>
}

function delegation({ second = standby, kind = 'patroni', input = {} }: Wanted) {
  const databases = [primary, second]
  const snapshot = aCluster({ databases })
  const wanted: unknown[] = []
  const planned = { request: {}, how: 'http', where: 'box', title: '', detail: '', effects: [], restarts: ['db2'] }
  return {
    wanted,
    acts: {
      kind,
      plan: async (act: unknown) => {
        wanted.push(act)
        return { ...planned, checks: [], deadlineSeconds: 60 }
      },
    },
    clusterView: {
      picture: derivePicture(snapshot, null, NOW),
      snapshot,
      config: { databases: [], spec: snapshot.spec },
    },
    tools: {
      config: { databases: [], hosts: [] },
      host: () => null,
      signal: new AbortController().signal,
      sql: async () => [],
      env: {},
    },
    request: { action: 'rebuild-replica', target: 'db2', input },
    direct: async () => ({ checks: [], impact: noImpact(''), danger: 'disruptive', steps: [], input: {} }),
  } as unknown as Delegation & { readonly wanted: readonly unknown[] }
}

async function rebuilt(wanted: Wanted) {
  const draft = await delegatedRebuild(delegation(wanted))
  return 'why' in draft ? assert.fail(draft.why) : draft
}

const ids = ({ checks }: { readonly checks: readonly { readonly id: string }[] }) => checks.map(({ id }) => id)

test('a new copy by a manager in the place of a former primary loses its data, with all checks of a rebuild that count', async () => {
  const lost = await rebuilt({ second: deadPrimary })
  assert.equal(lost.danger, 'data-loss')
  assert.equal(lost.impact.lossBytes, null)
  assert.match(lost.impact.statement, /What only db2 has is lost: it was a primary/)
  for (const id of ['same-system', 'backup-window', 'upstream-answers', 'disk', 'tablespaces', 'walsenders-and-slots'])
    assert.ok(ids(lost).includes(id), id)
  const kept = await rebuilt({})
  assert.equal(kept.danger, 'outage')
  assert.equal(kept.impact.lossBytes, 0)
})

test('an input that the manager can’t follow is said, and not left out', async () => {
  const why = async (input: Readonly<Record<string, string>>, kind: ManagerKind = 'patroni') => {
    const draft = await delegatedRebuild(delegation({ input, kind }))
    return 'why' in draft ? draft.why : null
  }
  assert.match((await why({ slot: 'own' })) ?? '', /leave out slot=/)
  assert.match((await why({ tablespaces: 'a=/b' })) ?? '', /leave out tablespaces=/)
  assert.match((await why({ 'keep-old': 'true' })) ?? '', /keep-old=true/)
  const asked = delegation({ input: { upstream: 'db1' } })
  await delegatedRebuild(asked)
  assert.equal((asked.wanted[0] as { readonly isNamed: boolean }).isNamed, true, 'the manager judges the upstream')
  const returned = await delegatedReturn(delegation({ second: deadPrimary, kind: 'repmgr', input: { by: 'rebuild' } }))
  assert.match('why' in returned ? returned.why : '', /leave out by=/)
  const unfenced = await delegatedUnfence(delegation({ second: deadPrimary, input: { as: 'primary' } }))
  assert.match('why' in unfenced ? unfenced.why : '', /leave out as=primary/)
})

test('what an old primary has that comes back is lost where nothing proves that the new one has it', async () => {
  for (const draft of [
    await delegatedReturn(delegation({ second: deadPrimary })),
    await delegatedUnfence(delegation({ second: deadPrimary })),
  ]) {
    assert.ok('checks' in draft)
    assert.equal(draft.danger, 'data-loss')
    assert.equal(draft.impact.lossBytes, null)
    assert.match(draft.impact.statement, /Commits that only db2 has are lost/)
    assert.ok(ids(draft).includes('history') && ids(draft).includes('rewind') && ids(draft).includes('backup-window'))
  }
  const downStandby = {
    ...standby,
    pulse: { ...(standby.pulse as object), state: 'stale', fault: REFUSED, since: NOW },
  }
  const back = await delegatedReturn(delegation({ second: downStandby as DatabaseRecord }))
  assert.ok('checks' in back)
  assert.equal(back.danger, 'outage')
  assert.match(back.impact.statement, /db2 was a standby: nothing is lost/)
})
