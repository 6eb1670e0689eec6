// A cluster's configuration with each database where it is reached now: a dsn of several hosts leads to one of them at a time.

import type { ClusterConfig } from '../../config/config.ts'
import type { DatabaseRecord } from '../../model/measured/snapshot.ts'

/** Host and port of each database as its last reading found them; those that name one host stay as they are. */
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
