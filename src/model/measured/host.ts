// A host as it is measured, local or remote: figures, counters, what runs there, and why something is not known.

import type { Lsn } from '../values/lsn.ts'

/** A sample costs the host more than a pulse costs a database, and changes slower: taken at most this often. */
export const HOST_INTERVAL_MS = 5_000

/** Something that may not be readable on a host; then why, and what would make it so. */
export type Known<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'unknown'; readonly why: string; readonly hint: string | null }

/** The part a file system plays: where the data directory, its WAL, or a configured log is. */
export type FileSystemRole = 'data' | 'wal' | 'log'

export interface DiskSpace {
  /** What `df` calls the device, e.g. `/dev/nvme0n1p2` or `host:/export`; null where it is not told. */
  readonly device: string | null
  readonly mount: string | null
  readonly totalBytes: number
  readonly usedBytes: number
  /** What an unprivileged user may still write: less than what is free where blocks are reserved. */
  readonly availableBytes: number
  /** null on file systems without a fixed number of inodes. */
  readonly inodes: { readonly total: number; readonly free: number } | null
}

export interface FileSystem {
  readonly role: FileSystemRole
  /** As configured, or pg_wal below the data directory. */
  readonly path: string
  /** Where it really is, symbolic links followed; null when it could not be entered. */
  readonly realPath: string | null
  readonly space: Known<DiskSpace>
}

/** Time of all processors since the host started, in ticks: only shares of them mean something. */
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
  /** Milliseconds during which it had something to do. */
  readonly busyMs: number
}

export interface NetworkCounter {
  readonly name: string
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** What only grows while a host runs; two samples make rates. */
export interface HostCounters {
  /** Seconds since the host started where it tells that, else a clock of ours that never steps. */
  readonly atSeconds: number
  readonly cpu: CpuTimes | null
  /** Real disks only: what is stacked on them (partitions, LVM, RAID) would count twice. */
  readonly disks: readonly DiskCounter[]
  /** Real interfaces where they can be told apart, else all but loopback. */
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

/** PostgreSQL's main process, as postmaster.pid or the process list tells. */
export type PostmasterState =
  | {
      readonly state: 'running'
      readonly pid: number
      /** null where only the process list could be read. */
      readonly port: number | null
      readonly startedAt: number | null
      /** What the server says of itself: starting, ready, standby, stopping. */
      readonly status: string | null
    }
  | { readonly state: 'stopped' }
  /** postmaster.pid names a process that is gone, or another program by now: it died without cleaning up. */
  | { readonly state: 'crashed'; readonly pid: number }

/** What pg_controldata prints: readable while the database is down. */
export interface ControlFile {
  /** `in production`, `in archive recovery`, `shut down`, … */
  readonly state: string
  readonly systemIdentifier: string
  readonly checkpointLsn: Lsn | null
  readonly redoLsn: Lsn | null
  /** Of the latest checkpoint: stale right after a promotion. */
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
  /** The host's clock minus ours; it may be wrong by `uncertaintyMs` either way. Zero for this host itself. */
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number } | null
  /** How long the sample took, there and back. */
  readonly roundTripMs: number
  readonly fileSystems: readonly FileSystem[]
  readonly counters: HostCounters
  /** Since the sample before; null for the first one and after a restart of the host. */
  readonly rates: HostRates | null
  readonly service: Known<ServiceState>
  readonly postmaster: Known<PostmasterState>
  readonly control: Known<ControlFile>
}

/** A finding that holds. */
export function knownValue<T>(value: T): Known<T> {
  return { state: 'known', value }
}

/** Why something is not known, and the next step. */
export function unknownValue(why: string, hint: string | null): { state: 'unknown'; why: string; hint: string | null } {
  return { state: 'unknown', why, hint }
}

/** Share of a file system that can still be written, 0 … 1, reckoned as `df` does; null for an empty one. */
export function availableShare(space: DiskSpace): number | null {
  const usable = space.usedBytes + space.availableBytes
  return usable > 0 ? space.availableBytes / usable : null
}
