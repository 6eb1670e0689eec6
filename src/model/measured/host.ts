// The measurements of a host, local or remote: figures, counters, what runs there, and why something is unknown.

import type { Lsn } from '../values/lsn.ts'

/** A sample costs the host more than a pulse costs a database, and changes more slowly: taken at most this often. */
export const HOST_INTERVAL_MS = 5_000

/** A value that may be unknown, with the reason and the fix. */
export type Known<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'unknown'; readonly why: string; readonly hint: string | null }

/** The role of a file system: it holds the data directory, its WAL, or a configured log. */
export type FileSystemRole = 'data' | 'wal' | 'log'

export interface DiskSpace {
  /** The device as `df` names it, e.g. `/dev/nvme0n1p2` or `host:/export`; null if unknown. */
  readonly device: string | null
  readonly mount: string | null
  readonly totalBytes: number
  readonly usedBytes: number
  /** What an unprivileged user may still write: reserved blocks are not counted. */
  readonly availableBytes: number
  /** null on file systems without a fixed number of inodes. */
  readonly inodes: { readonly total: number; readonly free: number } | null
}

export interface FileSystem {
  readonly role: FileSystemRole
  /** As configured, or pg_wal below the data directory. */
  readonly path: string
  /** The real path, with links followed; null if it could not be entered. */
  readonly realPath: string | null
  readonly space: Known<DiskSpace>
}

/** Time of all processors since the host started, in ticks. Only ratios of them mean something. */
export interface CpuTimes {
  readonly user: number
  readonly system: number
  readonly iowait: number
  readonly steal: number
  readonly idle: number
}

export interface DiskCounter {
  readonly name: string
  readonly reads: number
  readonly writes: number
  readonly readBytes: number
  readonly writtenBytes: number
  /** Milliseconds in which it was busy. */
  readonly busyMs: number
}

export interface NetworkCounter {
  readonly name: string
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** Counters that only grow while a host runs. Two samples make rates. */
export interface HostCounters {
  /** Seconds since the host started if it reports them, else a monotonic clock of this process. */
  readonly atSeconds: number
  readonly cpu: CpuTimes | null
  /** Real disks only: devices on top of them (partitions, LVM, RAID) would count twice. */
  readonly disks: readonly DiskCounter[]
  /** Real interfaces if they are known, else all except loopback. */
  readonly networks: readonly NetworkCounter[]
}

/** Shares are 0 … 1 of all processors. */
export interface CpuShares {
  readonly busy: number
  readonly user: number
  readonly system: number
  readonly iowait: number
  readonly steal: number
}

export interface HostRates {
  readonly cpu: CpuShares | null
  readonly disk: {
    readonly readBytesPerSecond: number
    readonly writtenBytesPerSecond: number
    readonly readsPerSecond: number
    readonly writesPerSecond: number
    /** Of the busiest disk, 0 … 1. */
    readonly busy: number
  } | null
  readonly network: { readonly receivedBytesPerSecond: number; readonly sentBytesPerSecond: number } | null
}

/** The service manager's view of the unit that `start` names. */
export interface ServiceState {
  readonly unit: string
  /** systemd's ActiveState: active, inactive, failed, activating … */
  readonly active: string
  /** systemd's SubState: running, exited, dead … */
  readonly sub: string
}

/** The postmaster, by postmaster.pid or the process list. */
export type PostmasterState =
  | {
      readonly state: 'running'
      readonly pid: number
      /** null if only the process list could be read. */
      readonly port: number | null
      readonly startedAt: number | null
      /** The status in postmaster.pid: starting, ready, standby, stopping. */
      readonly status: string | null
    }
  | { readonly state: 'stopped' }
  /** postmaster.pid names a process that is gone, or a different program: the server died without cleaning up. */
  | { readonly state: 'crashed'; readonly pid: number }

/** What pg_controldata prints: readable while the database is down. */
export interface ControlFile {
  /** `in production`, `in archive recovery`, `shut down`, … */
  readonly state: string
  readonly systemIdentifier: string
  readonly checkpointLsn: Lsn | null
  readonly redoLsn: Lsn | null
  /** Of the latest checkpoint: out of date right after a promotion. */
  readonly timeline: number | null
  readonly minRecoveryLsn: Lsn | null
  readonly minRecoveryTimeline: number | null
}

export interface HostFacts {
  readonly hostname: string | null
  /** Kernel and release, e.g. `Linux 6.1.0-18-amd64`. */
  readonly system: string | null
  readonly cpus: number | null
  readonly load: readonly [number, number, number] | null
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number } | null
  readonly uptimeSeconds: number | null
  /** The host's clock minus ours, with an error of `uncertaintyMs` in either direction. Zero for this host itself. */
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number } | null
  /** How long the sample took in total. */
  readonly roundTripMs: number
  readonly fileSystems: readonly FileSystem[]
  readonly counters: HostCounters
  /** Since the previous sample; null for the first one and after a restart of the host. */
  readonly rates: HostRates | null
  readonly service: Known<ServiceState>
  readonly postmaster: Known<PostmasterState>
  readonly control: Known<ControlFile>
}

/** A known value. */
export function knownValue<T>(value: T): Known<T> {
  return { state: 'known', value }
}

/** Why a value is unknown, and the next step. */
export function unknownValue(why: string, hint: string | null): { state: 'unknown'; why: string; hint: string | null } {
  return { state: 'unknown', why, hint }
}

/** Share of a file system that can still be written, 0 … 1, computed as `df` does; null for an empty one. */
export function availableShare(space: DiskSpace): number | null {
  const usable = space.usedBytes + space.availableBytes
  return usable > 0 ? space.availableBytes / usable : null
}
