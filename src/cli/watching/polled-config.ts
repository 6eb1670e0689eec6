// The clusters of a command that polls without a screen: of the config, or of connection strings.

import type { Config } from '../../config/config.ts'
import type { Invocation } from '../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../invocation/options.ts'

/** The config for a command that prints. Its warnings go to standard error and the log. */
export function polledConfigFor(
  invocation: Invocation,
  common: CommonOptions,
  dsns: readonly string[],
): Promise<Config> {
  return resolvePolledConfig(common, dsns, invocation.notify, (warnings) => invocation.warn(warnings))
}

/** The config for a command that polls once: discovery runs before the poll. */
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

/** The config with the further databases that its databases know of. `notify` gets a line for each unreachable one. */
export async function withDiscoveredDatabases(config: Config, notify: (text: string) => void): Promise<Config> {
  const { discover, unreachableText } = await import('../../runtime/discovery/discovery.ts')
  const clusters = config.clusters.map(async (cluster) => {
    const discovery = await discover(cluster, { timeoutMs: cluster.spec.timeoutMs })
    // A given database that does not answer is part of the output.
    for (const database of discovery.unreachable) if (database.reportedBy !== null) notify(unreachableText(database))
    return discovery.cluster
  })
  return { ...config, clusters: await Promise.all(clusters) }
}
