// States for the home screen: a busy shop with a queue of locks, and a cluster whose former primary waits for a restore.

import type { DatabaseSample } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import type { State } from '../../src/state/state.ts'
import { aFileSystem, aHost, aHostFacts, GB, onHost } from './hosts.ts'
import { stateOf } from './screens.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aSlot,
  aStandby,
  NOW,
  PRIMARY_LSN,
} from './snapshot.ts'

const READINGS = 90
const MB = 1024 ** 2

/** Commits and WAL of two waves, and a stop of commits in the last quarter of a minute. */
function busyHistory(): readonly DatabaseSample[] {
  let committed = 8_000_000
  return Array.from({ length: READINGS }, (_, index): DatabaseSample => {
    const isStopped = index > READINGS - 8
    committed += isStopped ? 84 : Math.round(2_000 + 900 * Math.sin(index / 7))
    return {
      at: NOW - (READINGS - 1 - index) * 2_000,
      lsn: PRIMARY_LSN - BigInt((READINGS - 1 - index) * 600_000),
      replayedLsn: null,
      backlogBytes: null,
      transactions: { committed, rolledBack: 40_000 + index * 4, countedSince: 'x' },
    }
  })
}

function followed(behindBytes: number): readonly DatabaseSample[] {
  return busyHistory().map(({ at, lsn }, index) => ({
    at,
    lsn,
    replayedLsn: (lsn ?? 0n) - BigInt(Math.round((behindBytes * (index + 1)) / READINGS)),
    backlogBytes: behindBytes,
  }))
}

const host = (id: string, free: number, load: number) =>
  aHost({ id, facts: aHostFacts({ load: [load, 1, 1], fileSystems: [aFileSystem('data', free)] }) })

const session = { database: 'shop', role: 'billing', state: 'active' }

/** A shop whose commits have nearly stopped: 51 sessions wait behind one that is idle in a transaction. */
export function busyShop(): State {
  const main = aPrimary(
    {
      sessions: {
        total: 129,
        max: 300,
        reserved: 3,
        active: 59,
        idleInTransaction: 5,
        waiting: 51,
        longestIdleInTransactionSeconds: 190,
      },
      transactionCounters: { committed: 8_200_000, rolledBack: 40_356, resetAt: null, databases: '4 50000' },
      lockWaits: {
        count: 51,
        longest: {
          seconds: 184,
          behind: {
            ...{ pid: 24_960, application: 'legacy-cron', role: 'billing', database: 'shop' },
            ...{
              state: 'idle in transaction',
              others: 0,
              kind: 'client backend',
              waits: false,
              startedAt: NOW - 400_000,
            },
          },
        },
      },
      longestStatement: {
        ...session,
        pid: 25_016,
        application: 'BI dashboard',
        seconds: 124,
        text: "with monthly as (select date_trunc('month', g) m, count(*) n from orders group by 1) select * from monthly",
      },
      slots: [
        aSlot({ name: 'standby_1' }),
        aSlot({ name: 'standby_2', retainedBytes: 7 * MB }),
        aSlot({ name: 'reports_old', active: false, activePid: null, retainedBytes: 1_400 * MB }),
      ],
      senders: [
        aSender({ applicationName: 'pg-standby-1', slot: 'standby_1' }),
        aSender({
          applicationName: 'pg-standby-2',
          slot: 'standby_2',
          pid: 4712,
          replayedLsn: PRIMARY_LSN - BigInt(7 * MB),
        }),
      ],
    },
    {
      id: 'pg-main',
      history: busyHistory(),
      backupSource: 'files in /backup',
      backup: freshReading({ newest: { at: NOW - 7 * 3_600_000, name: 'base-1' } }, NOW),
    },
  )
  const receiver = (slot: string) => aReceiver({ slot })
  const standbys = [
    aStandby(
      { standby: { receiver: receiver('standby_1') } },
      { id: 'pg-standby-1', slot: 'standby_1', history: followed(0) },
    ),
    aStandby(
      {
        serverPort: 5434,
        applyDelayMs: 25_000,
        longestStatement: null,
        standby: { receiver: receiver('standby_2'), replayedLsn: PRIMARY_LSN - BigInt(7 * MB), applyLagSeconds: 24.6 },
      },
      { id: 'pg-standby-2', port: 5434, slot: 'standby_2', history: followed(7 * MB) },
    ),
  ] as const
  const tls = (daysLeft: number) => ({
    daysLeft,
    nameMatches: true,
    trusted: true,
    problem: null,
    subject: 'x',
    issuer: 'x',
    validToAt: NOW + daysLeft * 86_400_000,
    fingerprint: '',
  })
  return stateOf([
    aCluster({
      name: 'shop',
      databases: [onHost(main, 'h-main'), onHost(standbys[0], 'h-second'), standbys[1]],
      servers: [
        aServer({
          id: 'app-a',
          type: 'primary',
          databaseId: 'pg-main',
          pulse: aServerPulse({ tls: tls(11) }),
          sessions: freshReading(64, NOW),
        }),
        aServer({
          id: 'app-b',
          type: 'secondary',
          databaseId: 'pg-main',
          pulse: aServerPulse({ tls: tls(211) }),
          sessions: freshReading(61, NOW),
        }),
      ],
      hosts: [host('h-main', 12.3 * GB, 2.1), host('h-second', 62 * GB, 0.2)],
    }),
  ])
}

/** The read-only server acts as the primary: nothing of before may start until its backup is restored. */
export function gateClosed(): State {
  const fault = aFault('refused', 'db-1 (127.0.0.1:5432): connection refused')
  const gone = (id: 'pmp-a' | 'pmp-b', type: 'primary' | 'secondary') =>
    aServer({
      id,
      type,
      databaseId: 'db-1',
      pulse: { state: 'failed', fault: aFault('refused'), since: NOW - 7_500_000 },
    })
  const actingPrimary = {
    ...{ database: 'db-ro', server: 'pmp-ro', since: NOW - 7_400_000, run: 'r', timeline: 5, systemIdentifier: null },
    ...{ sameTimeline: false, restoring: null, restoredAt: null, held: null },
    former: { databases: ['db-1'], servers: ['pmp-a', 'pmp-b'] },
  }
  const snapshot = aCluster({
    databases: [
      aDatabase({ id: 'db-1', pulse: { state: 'failed', fault, since: NOW - 7_500_000 } }),
      aDatabase({ id: 'db-ro', port: 5433, pulse: aPrimaryPulse({ serverPort: 5433, timeline: 5 }) }),
    ],
    servers: [
      gone('pmp-a', 'primary'),
      gone('pmp-b', 'secondary'),
      aServer({
        id: 'pmp-ro',
        type: 'read-only',
        databaseId: 'db-ro',
        pulse: aServerPulse(),
        sessions: freshReading(53, NOW),
      }),
    ],
  })
  const state = stateOf([{ ...snapshot, actingPrimary }])
  return { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, actingPrimary })) }
}
