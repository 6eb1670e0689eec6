// A config made from connection strings, grown by the databases that these lead to.

import type { Config } from '../../config/config.ts'
import type { WatchSession } from './session.ts'

/** The config with what its databases know of further ones; `tell` gets a line for each of those out of reach. */
export async function withDiscoveredDatabases(config: Config, tell: (text: string) => void): Promise<Config> {
  const { discover } = await import('../../runtime/discovery/discovery.ts')
  const grown = config.clusters.map(async (cluster) => {
    const found = await discover(cluster, { timeoutMs: cluster.spec.timeoutMs })
    // A given database that does not answer is part of what is printed.
    for (const { address, port, why, reportedBy } of found.unreachable) {
      if (reportedBy !== null) tell(`not reached: ${address}${port === null ? '' : `:${port}`}: ${why}`)
    }
    return found.cluster
  })
  return { ...config, clusters: await Promise.all(grown) }
}

/** Takes up nodes that join the clusters of a session, until the signal. */
export async function adoptDiscoveredNodes(
  { store, adopt }: WatchSession,
  { clusters }: Config,
  signal: AbortSignal,
): Promise<void> {
  const { runDiscoveryLoop } = await import('../../runtime/discovery/discovery-loop.ts')
  await runDiscoveryLoop({ store, adopt, clusters, signal })
}
