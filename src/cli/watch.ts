// `pgdeck watch`: the monitor over configured clusters, or over what a connection string leads to.

import type { ClusterConfig, Config } from '../config/config.ts'
import { showScreen } from './screen.ts'
import { openSession, type Session } from './session.ts'

export interface WatchOptions {
  readonly config: Config
  /** True when the config was made from DSNs: the rest of the cluster is looked for from them. */
  readonly discovers: boolean
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly press?: string | undefined
  readonly screenReader?: boolean | undefined
}

/** How often a cluster that is being discovered is looked at for nodes that joined. */
const DISCOVER_EVERY_MS = 15_000

/** Runs the monitor; resolves to the exit code. */
export async function watchCommand(options: WatchOptions): Promise<number> {
  const session = openSession({ ...options, withHost: true })
  const abort = new AbortController()
  if (options.discovers) void keepDiscovering(session, options.config.clusters, abort.signal)
  try {
    return await showScreen({ session, press: options.press, screenReader: options.screenReader })
  } finally {
    abort.abort()
    await session.close()
  }
}

async function keepDiscovering(
  session: Session,
  clusters: readonly ClusterConfig[],
  signal: AbortSignal,
): Promise<void> {
  const { discover } = await import('../runtime/discovery.ts')
  let known = clusters
  while (!signal.aborted) {
    known = await Promise.all(
      known.map(async (cluster) => {
        const { cluster: grown } = await discover(cluster, { timeoutMs: cluster.spec.timeoutMs, signal })
        if (signal.aborted || grown.databases.length === cluster.databases.length) return cluster
        session.adopt(grown)
        return grown
      }),
    )
    await new Promise((resolve) => setTimeout(resolve, DISCOVER_EVERY_MS).unref())
  }
}
