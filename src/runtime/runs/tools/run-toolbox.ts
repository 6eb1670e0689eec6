// The tools of an action while it is planned and run: sessions, hosts, fresh readings, live output.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import type { ClusterConfig } from '../../../config/config.ts'
import { removePath } from '../../../io/files/sync-files.ts'
import { type HostConnection, openHostConnection } from '../../../io/hosts/host-connection.ts'
import type { Principal } from '../../../model/events/audit-entry.ts'
import { logCollectionText } from '../../../model/logs/collection.ts'
import { createLineRedactor } from '../../../model/logs/redact.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { Run } from '../../../model/runs/run.ts'
import { clean } from '../../../model/values/text.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { openHostConnections } from '../../hosts/host-connections.ts'
import type { CollectLogsOptions } from '../../log-collection/collect-logs.ts'
import { DEFAULT_LOG_BYTES } from '../../log-collection/limits.ts'
import { type ActionSessions, openActionSessions, type PermittedServers } from './action-sessions.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { entryPointSessions } from './entry-point-sessions.ts'
import { guardedHostConnection } from './guarded-host.ts'
import { openManagerSessions } from './manager-sessions.ts'
import { readBackupsOf } from './read-backups.ts'

export interface RunToolbox extends ActionToolbox, Pick<ActionSessions, 'otherServersMet' | 'serversBehind'> {
  /** Ends every session and connection. Never throws. */
  close(): Promise<void>
}

export interface RunToolboxOptions {
  readonly world: ClusterAccess
  readonly run: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly servers: PermittedServers
  /** The state directory and the user, for the audit entry of collected logs. */
  readonly folder: string
  readonly who: Principal
  /** Receives what `writeOutput` gets, safe and without secrets. */
  readonly said: (text: string) => void
  /** The run by its current record; absent while it is planned: then no session may write. */
  readonly record?: () => Run
  /** Why the running step must send nothing more to a host; null if it may. */
  readonly lost?: () => string | null
}

/** Opens nothing before the first use. */
export function openRunToolbox(options: RunToolboxOptions): RunToolbox {
  const { world, run, env, signal, folder, who, said, record } = options
  const config = world.config()
  const hostConnections = openHostConnections(config.hosts)
  const redacted = createLineRedactor()
  const lost = options.lost ?? (() => null)
  const hosts = openRunHosts(config, lost)
  const purpose = record ? 'act' : 'plan'
  const { servers } = options
  const sources = { purpose, config: world.config, hostConnections, signal } as const
  const { close, ...sessions } = openActionSessions({ ...sources, servers, met: world.met })
  const { close: closeEntryPoints, ...entryPoints } = entryPointSessions(sources)
  const { close: closeManager, managerSql } = openManagerSessions({ ...sources, servers, lost })
  return {
    config,
    run,
    managerSql,
    env,
    signal,
    overrideReason: (check) => record?.().plan.checks.find(({ id }) => id === check)?.overridden ?? null,
    stepRecord: (step) => record?.().steps.find(({ id }) => id === step) ?? null,
    view: world.view,
    refresh: world.refresh,
    rename: world.rename,
    backupOf: (id) => readBackupsOf(id, config, hostConnections, signal),
    ...sessions,
    entryPoints,
    collectLogs: (node, path, onProgress) =>
      collectActionLogs({
        cluster: world.config(),
        id: node,
        path,
        state: world.state(),
        folder,
        who,
        signal,
        onProgress,
      }),
    host: hosts.host,
    writeOutput(text) {
      for (const line of text.split('\n')) {
        const shown = line.trim() === '' ? null : redacted(clean(line))
        if (shown !== null) said(shown)
      }
    },
    wait: (ms) => paused(ms, signal),
    async close() {
      await close()
      await closeManager()
      await closeEntryPoints()
      await hosts.close()
      await hostConnections.close().catch(() => {})
    },
  }
}

/** One connection per host, opened at first use. `lost`: see RunToolboxOptions. */
function openRunHosts({ hosts }: ClusterConfig, lost: () => string | null) {
  const opened = new Map<string, HostConnection>()
  return {
    host(name: string | null): HostConnection | null {
      const config = hosts.find(({ id }) => id === name)
      if (!config || config.access.kind === 'none') return null
      const connection = opened.get(config.id) ?? guardedHostConnection(openHostConnection(config), lost)
      opened.set(config.id, connection)
      return connection
    },
    close: async () => void (await Promise.allSettled([...opened.values()].map((each) => each.close()))),
  }
}

function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new ActionError('the run was stopped'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}

type ActionLogsOptions = Omit<CollectLogsOptions, 'force' | 'since' | 'maxBytes' | 'progress'> & {
  readonly onProgress: (progress: string) => void
}

/**
 * Resolves to the content of the archive. Throws an Error for people if nothing could be collected; then there is no
 * archive.
 */
async function collectActionLogs({ onProgress, ...about }: ActionLogsOptions): Promise<string> {
  // Loaded at first use: few sessions collect logs.
  const { collectLogArchive } = await import('../../log-collection/collect-logs.ts')
  const { bytes, collection, unnoted } = await collectLogArchive({
    ...about,
    force: false,
    since: null,
    maxBytes: DEFAULT_LOG_BYTES,
    progress: ({ doneBytes, totalBytes }) => onProgress(`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`),
  })
  if (collection.taken.length > 0)
    return `${formatBytes(bytes)}: ${logCollectionText(collection)}${unnoted === null ? '' : `; ${unnoted}`}`
  removePath(about.path)
  const [first] = collection.missing
  throw new Error(first ? `${first.what}: ${first.why}` : 'no log file was found')
}
