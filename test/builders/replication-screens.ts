// Clusters for the replication view: links in every condition, with a past.

import type { DatabaseRecord, DatabaseSample } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import type { State } from '../../src/state/state.ts'
import { stateOf } from './screens.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aReceiver,
  aSender,
  aSlot,
  aStandbyPulse,
  lsn,
  NOW,
  PRIMARY_LSN,
} from './snapshot.ts'

const MB = 1024n * 1024n
const SAMPLES = 150
const EVERY_MS = 2_000
/** What the upstream writes between two readings. */
const STEP = 3n * MB

type Behind = (sample: number) => bigint

function past(behind: { readonly received: Behind; readonly replayed: Behind } | null): readonly DatabaseSample[] {
  return Array.from({ length: SAMPLES }, (_, index): DatabaseSample => {
    const at = NOW - (SAMPLES - 1 - index) * EVERY_MS
    const written = PRIMARY_LSN - BigInt(SAMPLES - 1 - index) * STEP
    if (!behind) return { at, lsn: written, replayedLsn: null, backlogBytes: null }
    const received = written - behind.received(index)
    const replayed = written - behind.replayed(index)
    return { at, lsn: received, replayedLsn: replayed, backlogBytes: Number(received - replayed) }
  })
}

const none: Behind = () => 0n
/** A hill in the middle, then slowly more. */
const growing: Behind = (index) =>
  index < 60 ? (index < 40 ? BigInt(index) * MB : BigInt(100 - index) * MB) / 4n : BigInt(index - 60) * (MB / 7n)

function standby(
  id: string,
  port: number,
  name: string,
  behind: { readonly received: Behind; readonly replayed: Behind },
): DatabaseRecord {
  const history = past(behind)
  const { lsn: received = null, replayedLsn = null } = history.at(-1) ?? {}
  return aDatabase({
    id,
    port,
    slot: name,
    history,
    pulse: aStandbyPulse({
      serverPort: port,
      timeline: 4,
      standby: {
        receivedLsn: received,
        replayedLsn,
        applyLagSeconds: received === replayedLsn ? 0 : 5.2,
        receiver: aReceiver({ slot: name, flushedLsn: received, receivedTimeline: 4 }),
      },
    }),
  })
}

/** One standby in step and waited for, one that falls behind, one cut off, one whose ends differ, one not watched. */
export function replicationLinks(): State {
  const east = standby('db-east', 5433, 'east', { received: none, replayed: none })
  const west = standby('db-west', 5434, 'west', { received: (index) => growing(index) / 3n, replayed: growing })
  const dark = standby('db-dark', 5435, 'dark', { received: none, replayed: none })
  const torn = standby('db-torn', 5436, 'torn', { received: none, replayed: none })
  const last = west.history.at(-1)
  const at = (record: DatabaseRecord) => (record.pulse.state === 'fresh' ? record.pulse.value : aStandbyPulse())
  const senders = [
    aSender({ applicationName: 'db-east', slot: 'east', pid: 11, port: 50_001, sync: 'quorum' }),
    aSender({
      applicationName: 'db-west',
      slot: 'west',
      pid: 12,
      port: 50_002,
      sync: 'quorum',
      sentLsn: PRIMARY_LSN - MB,
      writtenLsn: last?.lsn ?? null,
      flushedLsn: last?.lsn ?? null,
      replayedLsn: last?.replayedLsn ?? null,
      writeLagSeconds: 1.4,
      flushLagSeconds: 1.5,
      replayLagSeconds: 5.2,
    }),
    aSender({ applicationName: 'db-torn', slot: 'torn', pid: 13, port: 50_003 }),
    aSender({ applicationName: 'reporting', pid: 14, port: 50_004, address: '10.9.8.7', replyAgeSeconds: 12 }),
  ]
  const slots = ['east', 'west', 'torn'].map((name, index) => aSlot({ name, activePid: 11 + index }))
  const idle = aSlot({
    name: 'dark',
    active: false,
    activePid: null,
    inactiveSince: NOW - 90_000,
    retainedBytes: 90_000_000,
  })
  return stateOf([
    aCluster({
      name: 'orders',
      databases: [
        aPrimary(
          {
            timeline: 4,
            senders,
            slots: [...slots, { ...idle, restartLsn: lsn('0/54A00000') }],
            synchronousStandbyNames: 'ANY 1 ("db-east", "db-west")',
          },
          { history: past(null) },
        ),
        east,
        west,
        {
          ...dark,
          pulse: {
            state: 'stale',
            value: at(dark),
            at: NOW - 90_000,
            since: NOW - 88_000,
            fault: aFault('refused', 'db-dark (127.0.0.1:5435): connection refused'),
          },
        },
        {
          ...torn,
          pulse: freshReading(aStandbyPulse({ serverPort: 5436, timeline: 4, standby: { receiver: null } }), NOW),
        },
      ],
    }),
  ])
}

/** Beside a standby: an archiver, change data capture, a logical subscriber, a base backup, and one that shows nothing of itself. */
export function otherSenders(): State {
  const since = NOW - 240_000
  const senders = [
    aSender({ applicationName: 'db-ro', pid: 21 }),
    aSender({ applicationName: 'pg_receivewal', pid: 22, port: 50_022, replayedLsn: null, sync: null }),
    aSender({ applicationName: 'debezium', pid: 23, address: '10.0.0.7', slot: 'cdc', startedAt: since }),
    aSender({ applicationName: 'reports', pid: 24, address: '10.0.0.8', slot: 'reports', startedAt: since }),
    aSender({ applicationName: 'pg_basebackup', pid: 25, state: 'backup', startedAt: since, flushedLsn: null }),
    aSender({
      applicationName: 'agent',
      pid: 26,
      address: null,
      state: null,
      replayedLsn: null,
      replyAgeSeconds: null,
    }),
  ]
  const logical = { type: 'logical', restartLsn: lsn('0/54A00000') } as const
  const slots = [
    aSlot({ ...logical, name: 'cdc', activePid: 23, confirmedFlushLsn: PRIMARY_LSN - 12n * MB }),
    aSlot({ ...logical, name: 'reports', activePid: 24, confirmedFlushLsn: PRIMARY_LSN }),
  ]
  return stateOf([
    aCluster({
      name: 'orders',
      databases: [aPrimary({ senders, slots }), aDatabase({ id: 'db-ro', port: 5433, pulse: aStandbyPulse() })],
    }),
  ])
}
