// `pgdeck logs`: collects the logs of one server or database as one archive.

import type { ClusterConfig, Config } from '../../../config/config.ts'
import { currentUser } from '../../../io/process/current-user.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { type LogCollection, logCollectionText } from '../../../model/logs/collection.ts'
import { listText } from '../../../model/values/text.ts'
import { formatBytes } from '../../../model/values/units.ts'
import {
  type CollectedLogs,
  collectionDocument,
  collectLogArchive,
} from '../../../runtime/log-collection/collect-logs.ts'
import { DEFAULT_LOG_BYTES } from '../../../runtime/log-collection/limits.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output, requireWritableOut } from '../../invocation/output.ts'
import { progressLine } from '../../invocation/progress-line.ts'
import { pollThenWork } from '../../watching/poll-once.ts'

export interface LogsOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly notify: (text: string) => void
  /** Of a server or database: its name in the config, or its display name. */
  readonly name: string
  readonly out: string
  readonly force?: boolean | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly maxSize?: number | undefined
  readonly json: boolean
  readonly output: Output
}

/** Writes the archive and prints its contents. Resolves to the exit code: 1 if no log file could be read. */
export async function logsCommand(options: LogsOptions): Promise<number> {
  const { config, name, out, force = false, since = null, maxSize = DEFAULT_LOG_BYTES, output, json, notify } = options
  requireWritableOut('--out', out, force)
  return pollThenWork(options, async (state, signal) => {
    const { cluster, id } = nodeCalled(config, state, name)
    const line = progressLine(process.stderr, `collecting the logs of ${id}`)
    const [folder, who] = [stateFolder(process.env), currentUser(process.env)]
    const about = { cluster, id, path: out, force, state, folder, who, since, maxBytes: maxSize, signal }
    const collected = await collectLogArchive({ ...about, progress: line.show }).finally(line.clear)
    await output.write(json ? jsonText(logsDocument(collected), 'pretty') : `${summaryOf(collected)}\n`)
    for (const { what, why } of collected.collection.missing) notify(`missing: ${what}: ${why}`)
    if (collected.unnoted !== null) notify(`warning: ${collected.unnoted}`)
    return collected.collection.taken.length > 0 ? EXIT_CODES.ok : EXIT_CODES.failed
  })
}

/** The node of that name. Throws UsageError for an unknown name, or one of two clusters. */
function nodeCalled(
  config: Config,
  state: State,
  name: string,
): { readonly cluster: ClusterConfig; readonly id: string } {
  const nodes = state.clusters.flatMap(nodesOf)
  const exact = nodes.filter(({ id }) => id === name)
  const matches = exact.length > 0 ? exact : nodes.filter(({ shown }) => shown === name)
  const [node, other] = matches
  const cluster = config.clusters.find(({ spec }) => spec.name === node?.cluster)
  if (!node || !cluster) {
    throw new UsageError(
      `logs: there is no server or database "${name}"; there are ${nodes.map(({ id }) => id).join(', ')}`,
    )
  }
  if (other) {
    throw new UsageError(`logs: "${name}" is in ${listText(matches.map((each) => each.cluster))}: say --cluster NAME`)
  }
  return { cluster, id: node.id }
}

function nodesOf({ spec, databases, servers }: ClusterState) {
  return [...servers, ...databases].map((record) => ({
    cluster: spec.name,
    id: record.spec.id,
    shown: record.displayName,
  }))
}

/** The document of `pgdeck logs --json`. */
export function logsDocument({ path, bytes, collection }: CollectedLogs) {
  return { schema: 'pgdeck.logs/1', file: path, bytes, ...collectionDocument(collection) }
}

function summaryOf({ path, bytes, collection }: CollectedLogs): string {
  return `${path} (${formatBytes(bytes)}): ${logCollectionText(collection)}${collection.taken.length === 0 ? nothing(collection) : ''}`
}

function nothing({ left }: LogCollection): string {
  return left.length > 0 ? '; no log file was collected, see MANIFEST.txt in it' : '; no log file was found'
}
