// The hosts in the picture of a cluster.

import type { DiskSpace, FileSystemRole, HostFacts, Known } from '../measured/host.ts'
import type { HostSpec } from '../measured/spec.ts'
import type { Fault } from '../values/fault.ts'

/** A file system with its trend. */
export interface FileSystemView {
  readonly role: FileSystemRole
  readonly path: string
  readonly space: Known<DiskSpace>
  /** 0 … 100 of the writable space; null if unknown. */
  readonly freePercent: number | null
  /** Its rate in bytes per second, negative while it empties; null without enough history. */
  readonly fillingBytesPerSecond: number | null
  /** Seconds until it is full at that rate; null if unknown or not filling. */
  readonly fullInSeconds: number | null
}

/** A configured host. */
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
