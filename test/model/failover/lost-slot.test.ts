// What a lost slot asks for depends on its user, on an archive, and on the version.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lostSlotText } from '../../../src/model/failover/lost-slot.ts'
import { aPrimaryPulse, aStandbyPulse } from '../../builders/snapshot.ts'

const user = (archive: boolean) => ({
  name: 'a',
  pulse: aStandbyPulse({ standby: { receiver: null, walSources: { archive, upstream: true, slot: 'a' } } }),
})
const on = (versionNumber: number) => aPrimaryPulse({ versionNumber })
const copy = { type: 'logical', active: false, synced: true } as const
const physical = { type: 'physical', active: false } as const

describe('a lost slot', () => {
  const table: readonly (readonly [string, ReturnType<typeof lostSlotText>, RegExp])[] = [
    [
      'of a standby with an archive',
      lostSlotText(physical, on(150_000), user(true)),
      /^a needs no rebuild while its archive/,
    ],
    ['the same on PostgreSQL 18', lostSlotText(physical, on(180_000), user(true)), /drop the slot and create it again/],
    ['of a standby without one', lostSlotText(physical, on(150_000), user(false)), /^a must be rebuilt/],
    [
      'whose user is not known',
      lostSlotText(physical, on(150_000), null),
      /archive \(restore_command\), else a rebuild/,
    ],
    [
      'that is in use again',
      lostSlotText({ ...physical, active: true }, on(170_000), user(true)),
      /^a streams, but the slot retains no WAL/,
    ],
    [
      'that was idle for too long, and whose WAL may be there',
      lostSlotText({ ...physical, invalidationReason: 'idle_timeout' }, on(180_000), user(false)),
      /^drop the slot and create it again: a streams then, unless/,
    ],
    ['of a logical consumer', lostSlotText({ type: 'logical', active: false }, on(170_000), null), /needs a new slot/],
    [
      'that is a copy on a standby',
      lostSlotText(copy, aStandbyPulse(), null),
      /the next synchronization makes the copy/,
    ],
    ['that was a copy before a promotion', lostSlotText(copy, on(170_000), null), /needs a new slot/],
  ]
  for (const [name, text, expected] of table) test(name, () => assert.match(text, expected))
})
