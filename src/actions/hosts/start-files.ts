// The files of a data directory that decide how its server starts: in which role, on which timeline.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { type ControlState, readControlFile } from './control-file.ts'
import { setsRecoveryTarget } from './recovery-target.ts'
import type { DatabaseService } from './service.ts'
import { readStandbySignal } from './standby-signal.ts'

/**
 * `as-standby`: it stays one. `recovering`: it recovers first, and may become a primary at the end, because of
 * recovery.signal or of a recovery target.
 */
export type StartRole = 'as-primary' | 'as-standby' | 'recovering'

export interface StartFiles {
  readonly role: StartRole
  /** The run whose fence wrote standby.signal; null if pgdeck did not write it, or if there is none. */
  readonly fencedBy: string | null
  /** null: the version of its control file is unknown. */
  readonly control: ControlState | null
}

const LIMIT_MS = 8_000

const TEXTS: Readonly<Record<StartRole, string>> = {
  'as-primary': 'primary',
  'as-standby': 'standby',
  recovering: 'server in recovery that may become a primary',
}

/** What the role is called in sentences. */
export function startRoleText(role: StartRole): string {
  return TEXTS[role]
}

/** Returns what the files show; null if the host can't tell. Never throws. */
export async function startFilesOf(
  { host, control, dataDirectory }: Pick<DatabaseService, 'host' | 'control' | 'dataDirectory'>,
  tools: Pick<ActionToolbox, 'host' | 'signal'>,
): Promise<StartFiles | null> {
  const connection = tools.host(host)
  if (control === 'manual' || dataDirectory === null || !connection) return null
  try {
    return await readStartFiles(connection, dataDirectory, tools.signal)
  } catch {
    return null
  }
}

/** Throws FaultError if the host can't be read. */
export async function readStartFiles(
  connection: HostConnection,
  dataDirectory: string,
  stopped: AbortSignal,
): Promise<StartFiles> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(LIMIT_MS)])
  const [standby, recovery, control] = await Promise.all([
    readStandbySignal(connection, dataDirectory, signal),
    connection.readFile(`${dataDirectory}/recovery.signal`, { signal }),
    readControlFile(connection, dataDirectory, signal).catch(() => null),
  ])
  const fencedBy = standby?.run ?? null
  // With both files PostgreSQL starts as a standby.
  if (!standby) return { role: recovery ? 'recovering' : 'as-primary', fencedBy, control }
  const endsThere = await setsRecoveryTarget(connection, dataDirectory, signal)
  return { role: endsThere ? 'recovering' : 'as-standby', fencedBy, control }
}
