// Collects logs while the monitor runs: one archive at a time, into a new file. It ends with the program.

import type { ClusterConfig } from '../../config/config.ts'
import { freeFilePath } from '../../io/files/exclusive-file.ts'
import { removePath } from '../../io/files/sync-files.ts'
import type { Principal } from '../../model/events/audit-entry.ts'
import { logCollectionText } from '../../model/logs/collection.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { State } from '../../state/state.ts'
import type { CopyProgress } from './copy-logs.ts'
import { fileTimestamp } from './file-timestamp.ts'
import { DEFAULT_LOG_BYTES } from './limits.ts'

export interface LogCollector {
  /** Resolves to a text for the user: the file and its content. Throws an Error with a message for people. */
  collect(cluster: string, id: string, onProgress: (progress: string) => void): Promise<string>
  /** Ends the running collection and waits for it. No part of it stays. */
  close(): Promise<void>
}

export interface LogCollectorOptions {
  readonly state: () => State
  readonly clusters: () => readonly ClusterConfig[]
  /** The folder of the audit log, and who collects. */
  readonly folder: string
  readonly who: Principal
  /** The folder for the archives. */
  readonly target: string
}

const TELL_EVERY_MS = 1_000

export function createLogCollector({ state, clusters, folder, who, target }: LogCollectorOptions): LogCollector {
  const abort = new AbortController()
  let busyWith: string | null = null
  let work: Promise<unknown> = Promise.resolve()

  const gather = async (cluster: ClusterConfig, id: string, onProgress: (progress: string) => void) => {
    const name = `pgdeck-logs-${id.replace(/[^\w.-]/g, '_')}-${fileTimestamp(Date.now())}.tar.gz`
    const path = freeFilePath(target, name)
    // Loaded at first use: few sessions collect logs.
    const { collectLogArchive } = await import('./collect-logs.ts')
    const about = { cluster, id, path, folder, who, since: null, maxBytes: DEFAULT_LOG_BYTES, signal: abort.signal }
    const options = { ...about, force: false, state: state(), progress: rarely(onProgress) }
    const { bytes, collection, unnoted } = await collectLogArchive(options)
    if (collection.taken.length > 0)
      return `${path} (${formatBytes(bytes)}): ${logCollectionText(collection)}${unnoted === null ? '' : `; ${unnoted}`}`
    const [first] = collection.missing
    removePath(path)
    throw new Error(first ? `${first.what}: ${first.why}` : 'no logs were found')
  }
  return {
    async collect(name, id, onProgress) {
      const cluster = clusters().find(({ spec }) => spec.name === name)
      if (!cluster) throw new Error(`pgdeck no longer watches cluster ${name}`)
      if (busyWith !== null) throw new Error(`pgdeck is collecting the logs of ${busyWith}: wait until it is done`)
      busyWith = id
      const gathered = gather(cluster, id, onProgress).finally(() => {
        busyWith = null
      })
      work = gathered.catch(() => {})
      return gathered
    },
    async close() {
      abort.abort(new Error('pgdeck ended'))
      await work
    },
  }
}

/** Reports `12 MB of 80 MB`, now and then. */
function rarely(onProgress: (progress: string) => void): (progress: CopyProgress) => void {
  let toldAt = performance.now()
  return ({ doneBytes, totalBytes }) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    onProgress(`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`)
  }
}
