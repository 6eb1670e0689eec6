// Identifies the server in a database's data directory by the control file and postmaster.pid on its host.

import type { HostConfig } from '../../config/config.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { Postmaster, ServerOnHost } from '../../model/measured/server-on-host.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { readControlFile } from './control-file.ts'
import { postmasterStateOn } from './postmaster.ts'
import { hostConfigOf } from './service.ts'

const LIMIT_MS = 8_000

/** Returns the host of a database whose data directory can be read; null if there is none. */
export function inspectableHost(database: string, tools: Pick<ActionToolbox, 'config' | 'host'>): HostConfig | null {
  const host = hostConfigOf(database, tools)
  return host?.dataDirectory && tools.host(host.id) ? host : null
}

/** Returns what the files show; null if the host can't tell: no access, no such folder, no answer. Never throws. */
export async function serverOnHost(database: string, tools: ActionToolbox): Promise<ServerOnHost | null> {
  const host = inspectableHost(database, tools)
  const connection = tools.host(host?.id ?? null)
  if (!host?.dataDirectory || !connection) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    const { dataDirectory } = host
    const control = await readControlFile(connection, dataDirectory, signal)
    const state = await postmasterStateOn({ host: host.id, dataDirectory }, tools)
    if (!control || state === null) return null
    const postmaster = state === 'running' ? await readPostmasterFile(connection, dataDirectory, signal) : null
    return { systemIdentifier: control.systemIdentifier, postmaster }
  } catch {
    return null
  }
}

/** Identifies the postmaster by the first lines of its pid file. Without such a file it can't be identified. */
export async function readPostmasterFile(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<Postmaster> {
  const file = await connection.readFile(`${dataDirectory}/postmaster.pid`, { signal })
  const [pid = '', , startedAt = '', port = ''] = (file?.text ?? '').split('\n').map((line) => line.trim())
  return { pid: numberIn(pid) ?? 0, startedAt: numberIn(startedAt), port: numberIn(port) }
}

function numberIn(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** Returns the system identifier as last read, else that on its host; null if both are unknown. Never throws. */
export async function knownSystemIdentifier(
  { id, systemIdentifier }: DatabaseView,
  tools: ActionToolbox,
): Promise<string | null> {
  return systemIdentifier ?? (await systemOnHost(id, tools))
}

async function systemOnHost(database: string, tools: ActionToolbox): Promise<string | null> {
  const config = hostConfigOf(database, tools)
  const connection = tools.host(config?.id ?? null)
  if (!connection || !config?.dataDirectory) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const control = await readControlFile(connection, config.dataDirectory, signal).catch(() => null)
  return control?.systemIdentifier ?? null
}
