// A config made from connection strings, grown by the databases that these lead to.

import type { Config } from '../config/config.ts'

/** The config with what its databases know of further ones. What can't be reached is left out. */
export async function withDiscovered(config: Config): Promise<Config> {
  const { discover } = await import('../runtime/discovery.ts')
  const grown = config.clusters.map(async (cluster) => {
    const found = await discover(cluster, { timeoutMs: cluster.spec.timeoutMs })
    return found.cluster
  })
  return { ...config, clusters: await Promise.all(grown) }
}
