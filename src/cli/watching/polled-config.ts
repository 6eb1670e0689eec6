// The clusters of a command that polls without a screen: of the config, or what connection strings lead to.

import type { Config } from '../../config/config.ts'
import type { Invocation } from '../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../invocation/options.ts'

/** The config for a command that prints; its warnings go to standard error and the log. */
export function polledConfigFor(
  invocation: Invocation,
  common: CommonOptions,
  dsns: readonly string[],
): Promise<Config> {
  return resolvePolledConfig(common, dsns, invocation.notify, (warnings) => invocation.warn(warnings))
}

/** The config for a command that polls once: connection strings are followed before, not while it runs. */
export async function resolvePolledConfig(
  common: CommonOptions,
  dsns: readonly string[],
  notify: (text: string) => void,
  warn = (warnings: readonly string[]): void => warnings.forEach(notify),
): Promise<Config> {
  const { config, fromDsns } = await readConfig(common, dsns)
  warn(config.warnings)
  return fromDsns ? withDiscoveredDatabases(config, notify) : config
}

/** The config with what its databases know of further ones; `notify` gets a line for each of those out of reach. */
export async function withDiscoveredDatabases(config: Config, notify: (text: string) => void): Promise<Config> {
  const { discover, unreachableText } = await import('../../runtime/discovery/discovery.ts')
  const clusters = config.clusters.map(async (cluster) => {
    const discovery = await discover(cluster, { timeoutMs: cluster.spec.timeoutMs })
    // A given database that does not answer is part of what is printed.
    for (const database of discovery.unreachable) if (database.reportedBy !== null) notify(unreachableText(database))
    return discovery.cluster
  })
  return { ...config, clusters: await Promise.all(clusters) }
}
