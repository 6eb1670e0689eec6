// What is measured on a host: file systems, the service, PostgreSQL's files. It is the same here and over ssh.

import type { HostConfig } from '../../config/config.ts'
import type { FileSystemRole } from '../../model/measured/host.ts'
import { systemdUnitOf } from './postgres-facts.ts'

/** Paths and names come from the configuration and may contain anything but a NUL. */
export interface HostPaths {
  readonly dataDirectory: string | null
  readonly binDirectory: string | null
  readonly logs: readonly string[]
  /** The systemd unit that `start` names. */
  readonly unit: string | null
}

/** At most this many log folders are measured: each costs time in every poll. */
const MOST_LOGS = 8

/** Returns the paths that the configuration names. */
export function hostPathsOf(config: HostConfig): HostPaths {
  const { dataDirectory, binDirectory, logs, start } = config
  return { dataDirectory, binDirectory, logs, unit: systemdUnitOf(start) }
}

/** The paths whose file systems are measured, each with its role. */
export function measuredPaths(subject: HostPaths): readonly { readonly role: FileSystemRole; readonly path: string }[] {
  const { dataDirectory: data, logs } = subject
  const own =
    data === null ? [] : [{ role: 'data', path: data } as const, { role: 'wal', path: `${data}/pg_wal` } as const]
  return [...own, ...logs.slice(0, MOST_LOGS).map((path) => ({ role: 'log', path }) as const)]
}
