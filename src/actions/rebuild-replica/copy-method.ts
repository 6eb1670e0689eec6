// By which way a copy of the upstream gets onto a replica's host: PostgreSQL's own program there, or this process on this host.

import { FaultError } from '../../model/values/fault.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { DatabaseService } from '../hosts/service.ts'

export type CopyMethod =
  /** pg_basebackup of that version runs there. */
  | { readonly method: 'program'; readonly version: string }
  /** This process receives it, because the host is this one. */
  | { readonly method: 'own' }
  /** By hand, and why. */
  | { readonly method: 'manual'; readonly why: string }

const LIMIT_MS = 8_000

/** Looks only. */
export async function copyMethodFor(
  service: DatabaseService,
  major: number | null,
  tools: ActionToolbox,
): Promise<CopyMethod> {
  const { host, control, dataDirectory, binDirectory, asOwner, start } = service
  const reach = tools.host(host)
  if (control === 'manual' || !reach) return { method: 'manual', why: 'nothing leads into its host' }
  if (dataDirectory === null) return { method: 'manual', why: 'its host has no "dataDirectory" in the config' }
  if (start === null) return { method: 'manual', why: 'how it is started is not known ("start" or "binDirectory")' }
  const version =
    binDirectory === null ? null : await programVersion(reach, [...asOwner, `${binDirectory}/pg_basebackup`], tools)
  if (version !== null && (major === null || Number.parseInt(version, 10) >= major))
    return { method: 'program', version }
  if (control === 'local') return { method: 'own' }
  const why =
    version === null
      ? `there is no pg_basebackup in ${binDirectory ?? '"binDirectory", which the config lacks'}`
      : `its pg_basebackup is of version ${version}, the server of ${major}`
  return { method: 'manual', why }
}

type Reach = NonNullable<ReturnType<ActionToolbox['host']>>

/** `15.18`; null where there is no such program. */
export async function programVersion(
  reach: Reach,
  program: readonly string[],
  { signal }: ActionToolbox,
): Promise<string | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    const { exitCode, stdout } = await reach.run([...program, '--version'], { signal: limit })
    return exitCode === 0 ? (/(\d+(?:\.\d+)?)/.exec(stdout)?.[1] ?? null) : null
  } catch (error) {
    if (error instanceof FaultError) return null
    throw error
  }
}
