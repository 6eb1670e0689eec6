// One simulated cluster: a primary that writes, standbys that follow a little behind it, each with a pulse to tell.

import type { Answers } from './wire.ts'

/** Bytes of log that a primary writes in a second. */
const RATE = 400_000
const BEHIND = 8_000

export interface SimulatedNode extends Answers {
  port: number
  hung: boolean
}

/** The nodes of one cluster, the primary first. Their ports are to be filled in once they listen. */
export function simulatedCluster(index: number, size: number): readonly SimulatedNode[] {
  const system = String(7_500_000_000_000_000_000n + BigInt(index))
  const startedAt = Date.now() - 86_400_000
  const nodes: SimulatedNode[] = Array.from({ length: size }, (_, place) => ({
    port: 0,
    hung: false,
    isHung() {
      return this.hung
    },
    document() {
      const end = Math.floor(((Date.now() - startedAt) / 1000) * RATE)
      const about = { system, startedAt, place, end, nodes }
      return JSON.stringify({ ...common(about), ...(place === 0 ? primary(about) : standby(about)) })
    },
  }))
  return nodes
}

interface About {
  readonly system: string
  readonly startedAt: number
  readonly place: number
  /** The end of the primary's log now. */
  readonly end: number
  readonly nodes: readonly SimulatedNode[]
}

function lsn(position: number): string {
  return `${Math.floor(position / 2 ** 32).toString(16)}/${(position % 2 ** 32).toString(16)}`.toUpperCase()
}

const behind = (place: number) => BEHIND + place * 500

function common({ system, startedAt, place, nodes }: About): object {
  return {
    version: '18.4',
    versionNumber: 180_004,
    role: 'pgdeck',
    readOnly: true,
    seesAll: true,
    mayUseReserved: false,
    systemIdentifier: system,
    timeline: 1,
    startedAt,
    postmasterStart: String(Math.round(startedAt * 1000) + place),
    port: nodes[place]?.port ?? 5432,
    clock: Date.now(),
    serverAddress: '127.0.0.1',
    serverPort: nodes[place]?.port ?? null,
    clusterName: '',
    sessions: {
      total: 24,
      max: 100,
      reserved: 3,
      active: 3 + (Math.floor(Date.now() / 1000) % 4),
      idleInTransaction: 0,
      waiting: 0,
      longestIdleInTransactionSeconds: null,
    },
    clients: ['app', 'jobs', 'reports', 'psql'].map((applicationName, index) => ({
      applicationName,
      address: `10.0.0.${index + 1}`,
      count: 6,
    })),
    settings: {
      max_connections: 100,
      max_worker_processes: 8,
      max_wal_senders: 10,
      max_prepared_transactions: 0,
      max_locks_per_transaction: 64,
      synchronousStandbyNames: '',
      applyDelayMs: 0,
      maxSlotKeepBytes: null,
    },
    archiver: {
      mode: 'off',
      failing: false,
      lastFailedWal: null,
      lastFailedAt: null,
      lastArchivedAt: null,
      failedCount: 0,
    },
    oldestTransactionAge: 1_200_000,
    managerSigns: { sessions: [], libraries: '', roles: [], databases: [], tables: [] },
    subscriptions: [],
  }
}

function primary({ end, startedAt, nodes }: About): object {
  const standbys = nodes.map((_, place) => place).slice(1)
  return {
    standby: null,
    lsn: lsn(end),
    flushedLsn: lsn(end),
    senders: standbys.map((place) => ({
      pid: 1_000 + place,
      applicationName: `db-${place + 1}`,
      userName: 'replicator',
      address: '127.0.0.1',
      port: 50_000 + place,
      state: 'streaming',
      sync: 'async',
      slot: `slot_${place + 1}`,
      sentLsn: lsn(end),
      writtenLsn: lsn(end - behind(place)),
      flushedLsn: lsn(end - behind(place)),
      replayedLsn: lsn(end - behind(place)),
      writeLagSeconds: 0.0004,
      flushLagSeconds: 0.0009,
      replayLagSeconds: 0.0011,
      startedAt,
      replyAgeSeconds: 0.2,
    })),
    slots: standbys.map((place) => ({
      name: `slot_${place + 1}`,
      type: 'physical',
      active: true,
      activePid: 1_000 + place,
      temporary: false,
      restartLsn: lsn(end - behind(place)),
      retainedBytes: behind(place),
      walStatus: 'reserved',
      safeBytes: null,
      invalidationReason: null,
      inactiveSince: null,
      confirmedFlushLsn: null,
      database: null,
      plugin: null,
    })),
  }
}

function standby({ end, place, nodes }: About): object {
  const received = lsn(end - behind(place))
  return {
    standby: {
      receivedLsn: received,
      replayedLsn: received,
      pause: 'not paused',
      recoveryTarget: null,
      lastReplayedCommitAt: Date.now() - 20,
      applyLagSeconds: 0,
      receiver: {
        status: 'streaming',
        slot: `slot_${place + 1}`,
        senderHost: '127.0.0.1',
        senderPort: nodes[0]?.port ?? null,
        receivedTimeline: 1,
        flushedLsn: received,
        latestEndLsn: received,
        latestEndAt: Date.now() - 20,
        lastMessageAgeSeconds: 0.1,
      },
    },
    lsn: null,
    flushedLsn: null,
    senders: [],
    slots: [],
  }
}
