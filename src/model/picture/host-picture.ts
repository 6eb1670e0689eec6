// What the picture of a cluster says of its hosts.

import type { DiskSpace, FileSystemRole, HostFacts, Known } from '../measured/host.ts'
import type { HostSpec } from '../measured/spec.ts'
import type { Fault } from '../values/fault.ts'

/** One file system that matters, with where it is heading. */
export interface FileSystemView {
  readonly role: FileSystemRole
  readonly path: string
  readonly space: Known<DiskSpace>
  /** 0 … 100 of what can be written to; null when unknown. */
  readonly freePercent: number | null
  /** How fast it fills, in bytes per second, negative while it empties; null with too little past. */
  readonly fillingBytesPerSecond: number | null
  /** Until nothing is left at that rate; null when unknown or not filling. */
  readonly fullInSeconds: number | null
}

/** A host of the config. */
export interface HostView {
  readonly id: string
  readonly spec: HostSpec
  /** Ids of the databases and servers that run there. */
  readonly nodeIds: readonly string[]
  /** The last good sample, however old. */
  readonly facts: HostFacts | null
  readonly spaces: readonly FileSystemView[]
  readonly loadTrend: readonly (number | null)[]
  readonly readAt: number | null
  readonly stale: boolean
  readonly problem: (Fault & { readonly since: number }) | null
}
