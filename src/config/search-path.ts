// Where names are looked up in SQL of the configuration.

import { DEFAULT_SEARCH_PATH, type SearchPath } from '../model/values/sql-names.ts'
import type { ClusterConfig } from './config.ts'

/** The path of what the file says, or the usual one. */
export function resolveSearchPath(schemas: readonly string[] | undefined): SearchPath {
  return schemas === undefined ? DEFAULT_SEARCH_PATH : { schemas, isExplicit: true }
}

/** The queries of the configuration that are run on a database, in words, and where each looks up names. */
export function databaseSearchPaths(
  { databases, servers }: ClusterConfig,
  database: string,
): readonly { readonly query: string; readonly searchPath: SearchPath }[] {
  return [
    ...databases.flatMap(({ spec, backup }) =>
      spec.id === database && backup?.kind === 'sql' ? [{ query: 'backup', ...backup }] : [],
    ),
    ...databases.flatMap(({ spec, exchange }) =>
      spec.id === database && exchange ? [{ query: 'exchange', ...exchange }] : [],
    ),
    ...servers.flatMap(({ spec, sessions }) =>
      spec.databaseId === database && sessions?.kind === 'sql'
        ? [{ query: `sessions of ${spec.id}`, ...sessions }]
        : [],
    ),
    ...servers.flatMap(({ spec, audit = [] }) =>
      audit.flatMap((source) =>
        source.kind === 'sql' && source.database === database ? [{ query: `audit of ${spec.id}`, ...source }] : [],
      ),
    ),
  ].map(({ query, searchPath = DEFAULT_SEARCH_PATH }) => ({ query, searchPath }))
}
