// Finds passwords that are written into connection strings, without keeping or showing them.

import { parseDsnText } from './dsn/dsn-text.ts'
import { jsonPathText } from './problems/problems.ts'
import type { RawCluster, RawFile } from './schema/file.ts'

/** Whether a connection string has a password in it; one of a service file or the environment doesn't count. */
function hasPassword(dsn: string): boolean {
  return Boolean(parseDsnText(dsn).get('password'))
}

/** The places of the file whose connection strings hold one. */
export function passwordPaths(file: RawFile): readonly string[] {
  return file.clusters.flatMap(clusterPasswordPaths)
}

/** Those of one cluster, the one at `index` of the file. */
export function clusterPasswordPaths(cluster: RawCluster, index: number): readonly string[] {
  const { manager: declared } = cluster
  const ofManager = (['dsn', 'monitor'] as const).flatMap((key) =>
    hasPassword(declared?.[key] ?? '') ? [jsonPathText(['clusters', index, 'manager', key])] : [],
  )
  const ofTargets = (['databases', 'poolers', 'addresses'] as const).flatMap((key) =>
    cluster[key].flatMap(({ dsn }, position) =>
      hasPassword(dsn) ? [jsonPathText(['clusters', index, key, position, 'dsn'])] : [],
    ),
  )
  return [...ofTargets, ...ofManager]
}
