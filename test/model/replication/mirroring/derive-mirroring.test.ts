import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../../src/model/events/derive-events.ts'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../../src/model/picture/picture.ts'
import { subjectText } from '../../../../src/model/picture/subject.ts'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { mirroringText } from '../../../../src/ui/frame/format/mirroring.ts'
import { aMirror, aSide, type SideParts } from '../../../builders/mirroring-screens.ts'
import { aFault, aPrimaryPulse, aStale, aVault, NOW } from '../../../builders/snapshot.ts'

const IDLE = { active: false, activePid: null }

function at(ms: number, first: SideParts, second: SideParts, previous: Picture | null = null): Picture {
  const time = NOW + ms
  return derivePicture(
    aMirror(aSide(1, { ...first, at: time }), aSide(2, { ...second, at: time }), time),
    previous,
    time,
  )
}

const states = ({ mirroring }: Picture) => mirroring.map(({ from, to, state }) => `${from}>${to} ${state}`)
const apart = ({ mirroring }: Picture) => mirroring.map(({ divergedBytes }) => divergedBytes)
const lineOf = (picture: Picture) => mirroringText(picture, UNICODE_GLYPHS)?.text
const told = (picture: Picture) =>
  picture.alerts.map(({ rule, severity, subject }) => `${rule} ${severity} ${subjectText(subject)}`)
const diverging = ({ alerts }: Picture) =>
  alerts.filter(({ rule }) => rule === 'replica-disconnected').map(({ message }) => message)
const news = (previous: Picture, next: Picture) =>
  deriveEvents(previous, next).map(({ severity, subject, text }) => `${severity} ${subjectText(subject)} ${text}`)

describe('one look', () => {
  const idleSince = { ...IDLE, inactiveSince: NOW - 120_000 }
  const table: readonly [string, SideParts, SideParts, readonly string[], string][] = [
    ['flowing', { wrote: 512, confirmed: 0 }, {}, ['flowing', 'flowing'], 'flowing, 512 B / 0 B unexchanged'],
    [
      'cut both ways, since when the slots tell',
      { wrote: 2048, confirmed: 0, slot: idleSince },
      { wrote: 1024, confirmed: 0, slot: idleSince },
      ['cut', 'cut'],
      'cut for 2 min: db-1 wrote 2 kB, db-2 1 kB since',
    ],
    [
      'cut one way',
      { wrote: 2048, confirmed: 0, slot: IDLE },
      {},
      ['cut', 'flowing'],
      'db-1 → db-2 cut: db-1 wrote 2 kB since; db-2 → db-1 flowing, 0 B unexchanged',
    ],
    [
      'a subscription that was disabled',
      { slot: IDLE },
      { enabled: false },
      ['cut', 'flowing'],
      'db-1 → db-2 cut (its subscription on db-2 is disabled): db-1 wrote 0 B since; db-2 → db-1 flowing, 0 B unexchanged',
    ],
    [
      'a subscriber that has gone silent, though its connection still stands',
      { wrote: 10, confirmed: 0, replyAgeSeconds: 55 },
      {},
      ['cut', 'flowing'],
      'db-1 → db-2 cut for 55 s (db-2 has sent nothing for 55 s): db-1 wrote 10 B since; db-2 → db-1 flowing, 0 B unexchanged',
    ],
    [
      'by other means than logical replication',
      { slot: null },
      { slot: null },
      ['unknown', 'unknown'],
      '? not by logical replication, and the config has no "exchange": what is not exchanged is unknown',
    ],
    [
      'a slot of somebody else is not taken for the mirror’s',
      { slot: { name: 'capture' } },
      {},
      ['unknown', 'flowing'],
      'db-1 → db-2 ? not by logical replication, and the config has no "exchange": what is not exchanged is unknown; db-2 → db-1 flowing, 0 B unexchanged',
    ],
  ]
  for (const [name, first, second, [out, back] = [], text] of table) {
    test(name, () => {
      const picture = at(0, first, second)
      assert.deepEqual(states(picture), [`db-1>db-2 ${out}`, `db-2>db-1 ${back}`])
      assert.equal(lineOf(picture), text)
    })
  }

  test('there is none in the other models', () => {
    const picture = derivePicture(aVault(), null, NOW)
    assert.deepEqual([picture.mirroring, picture.alsoServing, mirroringText(picture, UNICODE_GLYPHS)], [[], [], null])
  })
})

describe('a cut and its merging', () => {
  const flowing = at(0, { wrote: 1000 }, { wrote: 500 })
  const cut = at(2_000, { wrote: 1200, confirmed: 1000, slot: IDLE }, { wrote: 500, slot: IDLE }, flowing)
  const later = at(
    62_000,
    { wrote: 5096, confirmed: 1000, slot: IDLE },
    { wrote: 1524, confirmed: 500, slot: IDLE },
    cut,
  )
  const joined = at(64_000, { wrote: 5296, confirmed: 1000 }, { wrote: 1524, confirmed: 1524 }, later)
  const merged = at(66_000, { wrote: 5400, confirmed: 5296 }, { wrote: 1524 }, joined)

  test('is told with what each has written since', () => {
    assert.deepEqual(
      [states(cut), apart(cut)],
      [
        ['db-1>db-2 cut', 'db-2>db-1 cut'],
        [200, 0],
      ],
    )
    assert.deepEqual(news(flowing, cut), [
      'warning db-2 receives no changes from db-1 any more: they diverge',
      'warning db-1 receives no changes from db-2 any more: they diverge',
    ])
    assert.deepEqual(told(cut), ['replica-disconnected warning db-2', 'replica-disconnected warning db-1'])
    assert.deepEqual([apart(later), lineOf(later)], [[4096, 1024], 'cut for 1 min: db-1 wrote 4 kB, db-2 1 kB since'])
    assert.match(diverging(later)[0] ?? '', /db-2 receives no changes from db-1: they diverge, 4 kB of db-1 not merged/)
    assert.equal(later.mirroring[0]?.since, cut.mirroring[0]?.since)
  })

  test('both serve at once while it lasts', () => {
    assert.deepEqual(flowing.alsoServing, [])
    assert.equal(later.serving?.id, 'pmp-a')
    assert.deepEqual(later.alsoServing, [{ id: 'pmp-b', access: 'read-write-no-resets' }])
    assert.deepEqual(merged.alsoServing, [])
    assert.equal(later.failover.lossBytes, 4096)
  })

  test('is over when all has been taken that was written meanwhile', () => {
    assert.deepEqual(states(joined), ['db-1>db-2 merging', 'db-2>db-1 flowing'])
    assert.match(diverging(joined)[0] ?? '', /db-2 is merging what db-1 wrote .*: 4.2 kB to go/)
    assert.deepEqual(news(later, joined), ['ok db-1 merged after 1 min: has all 1 kB that db-2 wrote meanwhile'])
    assert.deepEqual(states(merged), ['db-1>db-2 flowing', 'db-2>db-1 flowing'])
    assert.deepEqual(news(joined, merged), ['ok db-2 merged after 1 min: has all 4.2 kB that db-1 wrote meanwhile'])
    assert.deepEqual([told(merged), apart(merged)], [[], [null, null]])
  })

  test('a subscriber that fails again and again is one cut, not many', () => {
    const again = at(66_000, { wrote: 5400, confirmed: 1000, slot: IDLE }, { wrote: 1524 }, joined)
    assert.deepEqual([states(again)[0], again.mirroring[0]?.since], ['db-1>db-2 cut', cut.mirroring[0]?.since])
    assert.deepEqual(news(joined, again), [])
  })

  test('a slot that is dropped cuts it for good', () => {
    const dropped = at(2_000, { wrote: 1300, slot: null }, { wrote: 500 }, flowing)
    assert.deepEqual([states(dropped)[0], dropped.mirroring[0]?.reason], ['db-1>db-2 cut', 'its slot on db-1 is gone'])
  })
})

describe('a side that is down', () => {
  const down = (record: DatabaseRecord): DatabaseRecord => ({
    ...record,
    pulse: aStale(record.pulse.state === 'fresh' ? record.pulse.value : aPrimaryPulse(), NOW, aFault('refused')),
  })

  test('is why it is cut, and no second alert', () => {
    const before = at(0, { wrote: 700, confirmed: 500 }, {})
    const time = NOW + 60_000
    const second = aSide(2, { wrote: 300, confirmed: 0, slot: IDLE, at: time })
    const picture = derivePicture(aMirror(down(aSide(1, { wrote: 700, confirmed: 500 })), second, time), before, time)
    assert.equal(lineOf(picture), 'cut for 58 s (db-1 is down): db-1 wrote 200 B as seen 1 min ago, db-2 300 B since')
    assert.deepEqual(told(picture), ['database-inactive critical db-1'])
    assert.deepEqual([picture.serving?.id, picture.alsoServing], ['pmp-b', []])
    assert.deepEqual(picture.failover.blockers, ['db-1, which mirrors db-2, is inactive'])
  })
})
