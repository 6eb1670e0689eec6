// Clusters of two databases that mirror each other, their exchange flowing, cut or merging.

import type { ReplicationSlot } from '../../src/model/measured/pulse.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import type { State } from '../../src/state/state.ts'
import { stateOf } from './screens.ts'
import { aCluster, aDatabase, aPrimaryPulse, aSender, aServer, aServerPulse, aSlot, lsn, NOW } from './snapshot.ts'

export const AGREED = lsn('0/5A000000')

export interface SideParts {
  /** Bytes written since the position both had agreed on. */
  readonly wrote?: number
  /** How many of these the other side has confirmed. */
  readonly confirmed?: number
  readonly slot?: Partial<ReplicationSlot> | null
  readonly replyAgeSeconds?: number
  readonly enabled?: boolean
  readonly at?: number
}

/** `db-1` or `db-2`, which sends what it writes through the slot `from_db_1` (or `_2`) to the other. */
export function aSide(index: 1 | 2, parts: SideParts = {}): DatabaseRecord {
  const { wrote = 0, confirmed = wrote, replyAgeSeconds = 1, enabled = true, at = NOW } = parts
  const name = `from_db_${index}`
  const slot = aSlot({
    name,
    type: 'logical',
    restartLsn: AGREED,
    confirmedFlushLsn: AGREED + BigInt(confirmed),
    ...parts.slot,
  })
  const pulse = aPrimaryPulse({
    systemIdentifier: String(index),
    serverPort: 5431 + index,
    lsn: AGREED + BigInt(wrote),
    slots: parts.slot === null ? [] : [slot],
    senders:
      slot.active && parts.slot !== null ? [aSender({ applicationName: name, slot: name, replyAgeSeconds })] : [],
    subscriptions: [{ name: `from_db_${3 - index}`, slot: `from_db_${3 - index}`, enabled }],
    clients: [{ applicationName: index === 1 ? 'pmp-a' : 'pmp-b', address: null, count: 4 }],
  })
  return aDatabase({ id: `db-${index}`, port: 5431 + index, pulse: { state: 'fresh', value: pulse, at } })
}

/** Both sides with a server each. */
export function aMirror(first: DatabaseRecord, second: DatabaseRecord, at = NOW): ClusterSnapshot {
  const server = (id: string, type: 'primary' | 'secondary', databaseId: string) =>
    aServer({
      id,
      type,
      databaseId,
      sessions: freshReading(type === 'primary' ? 41 : 7, at),
      applicationName: id,
      pulse: { state: 'fresh', value: aServerPulse(), at },
    })
  const servers = [server('pmp-a', 'primary', 'db-1'), server('pmp-b', 'secondary', 'db-2')]
  return aCluster({ model: 'mirrored', databases: [first, second], servers })
}

const IDLE = { active: false, activePid: null, inactiveSince: NOW - 130_000 }

/** A screen: everything written on one side is soon on the other. */
export function mirroredHealthy(): State {
  return stateOf([aMirror(aSide(1, { wrote: 9_000, confirmed: 8_488 }), aSide(2, { wrote: 4_000 }))])
}

/** A screen: the link was cut two minutes ago, and both went on. */
export function mirroredCut(): State {
  const first = aSide(1, { wrote: 1_258_291, confirmed: 0, slot: IDLE })
  return stateOf([aMirror(first, aSide(2, { wrote: 307_200, confirmed: 0, slot: IDLE }))])
}

/** The same pair with a configured query, by which an exchange of a minute without progress is cut. */
export function exchangedByQuery(snapshot: ClusterSnapshot): ClusterSnapshot {
  return { ...snapshot, spec: { ...snapshot.spec, exchange: { cutAfterMs: 60_000 } } }
}

/** A screen: changes are exchanged by tables of the application. One direction was cut a while ago, the other works. */
export function mirroredByQuery(): State {
  const side = (index: 1 | 2, changes: number, bytes: number, oldestAt: number) => ({
    ...aSide(index, { slot: null }),
    exchange: freshReading({ changes, bytes, oldestAt }, NOW),
  })
  return stateOf([exchangedByQuery(aMirror(side(1, 1204, 348_160, NOW - 150_000), side(2, 3, 512, NOW - 1_500)))])
}
