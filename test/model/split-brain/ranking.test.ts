// Which of several databases that take writes is to be kept: one ranking, and everybody who tells of it agrees.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { notKeptInSplitBrain } from '../../../src/actions/checks/split-brain.ts'
import type { ActionToolbox, Draft, PlanningView } from '../../../src/actions/definition/action.ts'
import { statusLines } from '../../../src/cli/commands/status/text.ts'
import { linePrinter } from '../../../src/cli/text/print.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeSplitBrain } from '../../../src/model/diagnosis/split-brain.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { ModelId } from '../../../src/model/measured/spec.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { keepAdviceText, splitBrainAdvice } from '../../../src/model/split-brain/advice.ts'
import { stateOf } from '../../builders/screens.ts'
import {
  aClient,
  aCluster,
  aDatabase,
  aFault,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aStale,
  aStandby,
  NOW,
} from '../../builders/snapshot.ts'

type Over = Parameters<typeof aPrimaryPulse>[0]

const PORTS = { 'db-a': 5432, 'db-b': 5433, 'db-c': 5434 } as const

function writable(id: keyof typeof PORTS, over: Over = {}): DatabaseRecord {
  const port = PORTS[id]
  return aDatabase({ id, port, pulse: aPrimaryPulse({ serverPort: port, startedAt: NOW - port * 1000, ...over }) })
}

/** A standby that is connected to the database on that port. */
function following(id: string, port: number, upstream: number): DatabaseRecord {
  const receiver = aReceiver({ senderHost: '127.0.0.1', senderPort: upstream })
  const record = aStandby({ standby: { receiver }, serverPort: port })
  return { ...record, spec: { ...record.spec, id, port }, displayName: id }
}

const sending = (name: string, port: number) => [aSender({ applicationName: name, address: '127.0.0.1', port })]

function pictureOf(
  databases: readonly DatabaseRecord[],
  over: Partial<ClusterSnapshot> & { model?: ModelId } = {},
): Picture {
  const { model = 'databases', ...rest } = over
  const snapshot = aCluster({ databases, ...rest })
  return derivePicture({ ...snapshot, spec: { ...snapshot.spec, model } }, null, NOW)
}

function splitOf(picture: Picture) {
  assert.equal(picture.splitBrains.length, 1)
  return picture.splitBrains[0] ?? assert.fail('no split')
}

const clients = (count: number): Over => ({ clients: [aClient('shop', '10.0.0.9', count)] })

describe('which one to keep', () => {
  test('the one with more standbys by the users, the newer one by its timeline; where they differ both are told', () => {
    const picture = pictureOf([
      writable('db-a', { senders: sending('db-x', 6001) }),
      writable('db-b', { timeline: 2 }),
      following('db-x', 5435, 5432),
    ])
    const split = splitOf(picture)
    assert.deepEqual(
      [split.byUsers.keep, split.byTimeline.keep, split.keep, split.shown],
      ['db-a', 'db-b', null, 'db-a'],
    )
    assert.equal(picture.serving?.id, 'db-a')
    assert.match(
      keepAdviceText(split),
      /^the users are on db-a \(db-x follows it\), db-b is newer \(it is on timeline 2, db-a on 1\)$/,
    )
    const [keepA, keepB] = splitBrainAdvice(split)
    assert.deepEqual([keepA?.keep, keepB?.keep], ['db-a', 'db-b'])
    assert.match(keepA?.cost ?? '', /^what db-b wrote since the split is not on db-a$/)
    assert.match(keepB?.cost ?? '', /the users are on db-a: .*db-x must be rewound or rebuilt/)
    assert.match(keepB?.remedies[0]?.text ?? '', /pgdeck do fence db-a: stops db-a \(the users are on it/)
    assert.doesNotMatch(keepA?.remedies[0]?.text ?? '', /users/)
  })

  test('where both criteria agree there is one way', () => {
    const picture = pictureOf([
      writable('db-a'),
      writable('db-b', { timeline: 2, senders: sending('db-x', 6001) }),
      following('db-x', 5435, 5433),
    ])
    const split = splitOf(picture)
    assert.deepEqual([split.keep, split.shown, picture.serving?.id], ['db-b', 'db-b', 'db-b'])
    assert.equal(splitBrainAdvice(split).length, 1)
    const [alert] = picture.alerts.filter(({ rule }) => rule === 'split-brain')
    assert.match(alert?.message ?? '', /are both writable; keep db-b: db-x follows it; it is on timeline 2, db-a on 1$/)
  })

  test('equal timelines: the users alone tell; nothing at all: a person has to', () => {
    const byUsers = splitOf(pictureOf([writable('db-a', clients(2)), writable('db-b', clients(40))]))
    assert.deepEqual([byUsers.byTimeline.keep, byUsers.keep], [null, 'db-b'])
    assert.match(byUsers.byUsers.why ?? '', /40 sessions of clients, db-a has 2/)
    assert.match(splitBrainAdvice(byUsers)[0]?.remedies[1]?.text ?? '', /can’t work: both are on timeline 1/)
    const none = splitOf(pictureOf([writable('db-a', clients(0)), writable('db-b', clients(0))]))
    assert.deepEqual([none.keep, none.shown], [null, 'db-a'])
    assert.equal(keepAdviceText(none), 'pgdeck can’t tell which of them to keep')
    assert.deepEqual(
      splitBrainAdvice(none).map(({ keep }) => keep),
      ['db-a', 'db-b'],
    )
    assert.doesNotMatch(
      splitBrainAdvice(none)
        .flatMap(({ remedies }) => remedies.map(({ text }) => text))
        .join(),
      /users are on it/,
    )
  })

  test('sessions that this role may not see tell nothing, a few of anybody’s less than a standby', () => {
    const hidden = splitOf(
      pictureOf([writable('db-a', { clients: null }), writable('db-b', { timeline: 2, ...clients(40) })]),
    )
    assert.deepEqual([hidden.byUsers.keep, hidden.keep], [null, 'db-b'])
    const few = splitOf(
      pictureOf([
        writable('db-a', { senders: sending('db-x', 6001), clients: [] }),
        writable('db-b', { timeline: 2, clients: [aClient('psql', null, 1), aClient('Patroni heartbeat', null, 9)] }),
        following('db-x', 5435, 5432),
      ]),
    )
    assert.equal(few.byUsers.keep, 'db-a')
  })

  test('with application servers the one that serves decides, whatever the sessions', () => {
    const server = (id: string, databaseId: string, type: 'primary' | 'secondary') => {
      const record = aServer({ id, type, databaseId })
      return { ...record, pulse: { state: 'fresh', value: aServerPulse(), at: NOW } as const }
    }
    const picture = pictureOf([writable('db-a', clients(3)), writable('db-b', { timeline: 2, ...clients(90) })], {
      servers: [server('app-1', 'db-a', 'primary'), server('app-2', 'db-a', 'secondary')],
      model: 'shared-database',
    })
    const split = splitOf(picture)
    assert.deepEqual([picture.serving?.id, split.byUsers.keep, split.byTimeline.keep], ['app-1', 'db-a', 'db-b'])
    assert.match(split.byUsers.why ?? '', /app-1 and app-2 use it/)
  })

  test('three of them, and one of another system beside them', () => {
    const picture = pictureOf([
      writable('db-a', { senders: sending('db-x', 6001) }),
      writable('db-b', { timeline: 2 }),
      writable('db-c', { timeline: 3 }),
      following('db-x', 5435, 5432),
      aDatabase({
        id: 'other',
        port: 5500,
        pulse: aPrimaryPulse({ serverPort: 5500, systemIdentifier: '42', startedAt: 5 }),
      }),
    ])
    const split = splitOf(picture)
    assert.deepEqual(
      split.members.map(({ id }) => id),
      ['db-a', 'db-b', 'db-c'],
    )
    assert.deepEqual([split.byUsers.keep, split.byTimeline.keep], ['db-a', 'db-c'])
    assert.match(
      picture.alerts.find(({ rule }) => rule === 'split-brain')?.message ?? '',
      /and db-c \(timeline 3\) are all writable/,
    )
    const fences = splitBrainAdvice(split).map(
      ({ remedies }) => remedies.filter(({ label }) => label === 'to fence it').length,
    )
    assert.deepEqual(fences, [2, 2])
  })
})

describe('everybody tells the same', () => {
  const conflict = () =>
    pictureOf([
      writable('db-a', { senders: sending('db-x', 6001) }),
      writable('db-b', { timeline: 2 }),
      following('db-x', 5435, 5432),
    ])
  const agreed = () =>
    pictureOf([
      writable('db-a'),
      writable('db-b', { timeline: 2, senders: sending('db-x', 6001) }),
      following('db-x', 5435, 5433),
    ])

  const found = async (picture: Picture, target: string) => {
    const finding = await notKeptInSplitBrain(target).run({ picture } as PlanningView, {} as Draft, {} as ActionToolbox)
    return finding ? `${finding.result}: ${finding.message}` : null
  }

  test('a plan that stops one of them says who is on it, and fails for the one that is to be kept', async () => {
    assert.match(
      (await found(conflict(), 'db-a')) ?? '',
      /^warn: the users are on db-a \(.*\), db-b is newer \(.*\); stopped, db-x must be rewound or rebuilt; what db-a wrote/,
    )
    assert.match(
      (await found(conflict(), 'db-b')) ?? '',
      /^warn: the users are on db-a \(db-x follows it\), db-b is newer/,
    )
    assert.match((await found(agreed(), 'db-b')) ?? '', /^fail: db-b is the one to keep/)
    assert.match((await found(agreed(), 'db-a')) ?? '', /^pass: keep db-b: /)
    assert.equal(await found(conflict(), 'db-x'), null)
  })

  test('a diagnosis of any of them ends in it', () => {
    for (const id of ['db-a', 'db-b']) {
      const judgement = judgeSplitBrain(conflict(), id)
      assert.equal(judgement.result, 'fail')
      assert.match(judgement.evidence, /the users are on db-a .*, db-b is newer/)
    }
    assert.equal(judgeSplitBrain(conflict(), 'db-x').result, 'skipped')
    assert.equal(judgeSplitBrain(pictureOf([writable('db-a')]), 'db-a').result, 'ok')
  })

  test('the printed status names both ways, and the one that serves', async () => {
    const snapshot = aCluster({
      databases: [
        writable('db-a', { senders: sending('db-x', 6001) }),
        writable('db-b', { timeline: 2 }),
        following('db-x', 5435, 5432),
      ],
    })
    const plain = await linePrinter(false)
    const text = plain(
      statusLines(stateOf([{ ...snapshot, spec: { ...snapshot.spec, model: 'databases' } }]).clusters, NOW),
    )
    assert.match(text, /Users are served by +db-a/)
    assert.match(text, /To end the split +either keep db-a \(db-x follows it\): pgdeck do fence db-b/)
    assert.match(text, /or keep db-b \(.*\): pgdeck do fence db-a: stops db-a \(the users are on it/)
  })
})

describe('mirrored databases', () => {
  const mirrored = (databases: readonly DatabaseRecord[], servers: ClusterSnapshot['servers'] = []) =>
    pictureOf(databases, { model: 'mirrored', servers })
  const pulseOf = (record: DatabaseRecord): DatabasePulse =>
    record.pulse.state === 'fresh' ? record.pulse.value : assert.fail('not read')

  test('of one system take writes side by side: no split, and each would serve for the other', () => {
    const picture = mirrored([writable('db-a'), writable('db-b')])
    assert.deepEqual(picture.splitBrains, [])
    assert.ok(!picture.alerts.some(({ rule }) => rule === 'split-brain'))
    assert.equal(picture.failover.candidate, 'db-b')
    const down = writable('db-a')
    const dead = { ...down, pulse: aStale(pulseOf(down), NOW - 9_000, aFault('refused'), NOW - 8_000) }
    const lost = mirrored([dead, writable('db-b')])
    assert.equal(lost.databases.find(({ id }) => id === 'db-a')?.role, 'primary', 'it is not replaced by the other')
    assert.equal(lost.alerts.find(({ rule }) => rule === 'database-inactive')?.severity, 'critical')
  })

  test('a third one of the system is a split, and neither of the two is to go', async () => {
    const picture = mirrored([writable('db-a'), writable('db-b'), writable('db-c', { timeline: 2 })])
    const split = splitOf(picture)
    const [advice] = splitBrainAdvice(split)
    assert.deepEqual([splitBrainAdvice(split).length, advice?.keep], [1, 'db-a'])
    assert.ok(advice?.remedies.every(({ text }) => !/fence db-[ab]/.test(text)))
    assert.match(advice?.remedies[0]?.text ?? '', /fence db-c/)
    const finding = await notKeptInSplitBrain('db-b').run({ picture } as PlanningView, {} as Draft, {} as ActionToolbox)
    assert.equal(finding?.result, 'fail')
  })
})
