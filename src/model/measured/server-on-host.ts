// What a host shows of the server in a data directory: the system identifier of the data, and the postmaster.

import type { ServerIdentity } from './server-identity.ts'

export interface Postmaster {
  readonly pid: number
  /** Seconds since the epoch by the host's clock, as in postmaster.pid. */
  readonly startedAt: number | null
  readonly port: number | null
}

export interface ServerOnHost {
  /** From the control file; null if it can't be read. */
  readonly systemIdentifier: string | null
  /** null: none runs. */
  readonly postmaster: Postmaster | null
}

/** By the id of the database; null if its host can't tell. */
export type ServersOnHosts = Readonly<Record<string, ServerOnHost | null>>

/** Whether both are the same running postmaster. Unknown fields are not compared. */
export function isSamePostmaster(one: Postmaster, other: Postmaster): boolean {
  const alike = (a: number | null, b: number | null) => a === null || b === null || a === b
  return one.pid === other.pid && alike(one.startedAt, other.startedAt) && alike(one.port, other.port)
}

/** The start time in SQL is after the file was written: libraries and shared memory may take time. */
const LONGEST_START_SECONDS = 600

/** Returns why the postmaster on a host is not the server that answers; null if it can be. */
export function whyOtherPostmaster({ startedAt, port }: Postmaster, identity: ServerIdentity): string | null {
  if (port !== null && port !== identity.port) return `it listens on ${port}, and port ${identity.port} answers`
  const answering = Number(BigInt(identity.postmasterStart) / 1_000_000n)
  const isIt = startedAt === null || (answering >= startedAt - 1 && answering <= startedAt + LONGEST_START_SECONDS)
  return isIt
    ? null
    : `it started at ${instantText(startedAt)}, and the server that answers started at ${instantText(answering)}`
}

/** `process 4711, port 5432, started 2026-11-22 14:32:07 UTC`, or that none runs. */
export function postmasterText(postmaster: Postmaster | null): string {
  if (!postmaster) return 'no postmaster'
  const { pid, port, startedAt } = postmaster
  return `process ${pid}, port ${port ?? '?'}, started ${startedAt === null ? '?' : instantText(startedAt)}`
}

function instantText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
