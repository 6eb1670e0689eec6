// Logs collected by an act: the same archive as `pgdeck logs` writes.

import { removePath } from '../../../io/files/sync-files.ts'
import { logCollectionText } from '../../../model/logs/collection.ts'
import { formatBytes } from '../../../model/values/units.ts'
import type { CollectLogsOptions } from '../../log-collection/collect-logs.ts'
import { DEFAULT_LOG_BYTES } from '../../log-collection/limits.ts'

export type ActionLogsOptions = Omit<CollectLogsOptions, 'force' | 'since' | 'maxBytes' | 'progress'> & {
  readonly told: (progress: string) => void
}

/** Answers with what is in the archive. Throws an Error in words where nothing could be taken; then there is no archive. */
export async function collectActionLogs({ told, ...about }: ActionLogsOptions): Promise<string> {
  // Loaded when first needed: hardly a session collects.
  const { collectLogArchive } = await import('../../log-collection/collect-logs.ts')
  const { bytes, collection, unnoted } = await collectLogArchive({
    ...about,
    force: false,
    since: null,
    maxBytes: DEFAULT_LOG_BYTES,
    progress: ({ doneBytes, totalBytes }) => told(`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`),
  })
  if (collection.taken.length > 0)
    return `${formatBytes(bytes)}: ${logCollectionText(collection)}${unnoted === null ? '' : `; ${unnoted}`}`
  removePath(about.path)
  const [first] = collection.missing
  throw new Error(first ? `${first.what}: ${first.why}` : 'no log file was found')
}
