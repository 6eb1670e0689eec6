// Of which system the data of a database are, as their own control file says: known also where no server answers.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { readControlFile } from './control-file.ts'
import { hostConfigOf } from './service.ts'

const LIMIT_MS = 8_000

/** The system identifier as last read, else that on its host; null where neither is known. Never throws. */
export async function knownSystemIdentifier(
  { id, systemIdentifier }: DatabaseView,
  tools: ActionToolbox,
): Promise<string | null> {
  return systemIdentifier ?? (await systemOnHost(id, tools))
}

async function systemOnHost(database: string, tools: ActionToolbox): Promise<string | null> {
  const config = hostConfigOf(database, tools)
  const reach = tools.host(config?.id ?? null)
  if (!reach || !config?.dataDirectory) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const control = await readControlFile(reach, config.dataDirectory, signal).catch(() => null)
  return control?.systemIdentifier ?? null
}
