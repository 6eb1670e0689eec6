// A cluster's configuration with the current address of each database: a DSN with several hosts leads to one at a time.

import type { ClusterConfig } from '../../config/config.ts'
import type { DatabaseRecord } from '../../model/measured/snapshot.ts'

/**
 * Returns the configuration with host and port of each database's last reading. A database with one host is unchanged.
 */
export function withCurrentEndpoints(
  config: ClusterConfig,
  records: readonly Pick<DatabaseRecord, 'spec'>[],
): ClusterConfig {
  if (!config.databases.some(({ spec }) => spec.endpoints)) return config
  const databases = config.databases.map((database) => {
    const spec = records.find((record) => record.spec.id === database.spec.id)?.spec
    return spec ? { ...database, spec: { ...database.spec, host: spec.host, port: spec.port } } : database
  })
  return { ...config, databases }
}
