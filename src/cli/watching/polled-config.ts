// The clusters of a command that polls without a screen: of the config, or what connection strings lead to.

import type { Config } from '../../config/config.ts'
import { type CommonOptions, readConfig } from '../invocation/options.ts'

/** The config for a command that polls once: connection strings are followed before, not while it runs. */
export async function resolvePolledConfig(
  common: CommonOptions,
  dsns: readonly string[],
  tell: (text: string) => void,
  warn = (warnings: readonly string[]): void => warnings.forEach(tell),
): Promise<Config> {
  const { config, fromDsns } = await readConfig(common, dsns)
  warn(config.warnings)
  if (!fromDsns) return config
  const { withDiscoveredDatabases } = await import('./discovery.ts')
  return withDiscoveredDatabases(config, tell)
}
