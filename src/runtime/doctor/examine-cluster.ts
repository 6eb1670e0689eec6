// Examines all databases of a cluster once and at the same time, each in a session of its own. It only reads.

import type { ClusterConfig, DatabaseConfig } from '../../config/config.ts'
import { databaseSearchPaths } from '../../config/search-path.ts'
import { type HostConnection, openHostConnection } from '../../io/hosts/host-connection.ts'
import { type DatabaseSession, openDatabaseSession } from '../../io/postgres/database-session.ts'
import type { InspectedDatabase, OpenSchema } from '../../model/doctor/doctor.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { DEFAULT_SEARCH_PATH } from '../../model/values/sql-names.ts'
import { readServerFileFacts } from '../../probes/database/doctor/config-files.ts'
import { readDoctorFacts } from '../../probes/database/doctor/doctor-facts.ts'
import { readOpenSchemas } from '../../probes/database/doctor/open-schemas.ts'
import { readRepmgrPrivilege } from '../../probes/database/doctor/repmgr-privilege.ts'
import { readHba } from '../../probes/database/hba/hba.ts'
import { pulseProbe } from '../../probes/database/index.ts'
import { openHostConnections } from '../hosts/host-connections.ts'

/** A single examination may take long, but a server that hangs must not block it. */
const LIMIT_MS = 10_000

/**
 * Returns every database of the cluster, in the order of the configuration. Throws only the signal's reason, and
 * defects.
 */
export async function examineCluster(
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<readonly InspectedDatabase[]> {
  const hostConnections = openHostConnections(cluster.hosts)
  try {
    return await Promise.all(
      cluster.databases.map((database) => {
        const { connection, passwordCommand, via } = database
        const route = hostConnections.tunnelVia(via)
        const session = openDatabaseSession({ connection, passwordCommand, timeoutMs: LIMIT_MS, tunnel: route })
        return examineOne(cluster, database, session, signal).finally(() => session.close())
      }),
    )
  } finally {
    await hostConnections.close()
  }
}

async function examineOne(
  cluster: ClusterConfig,
  { spec }: DatabaseConfig,
  session: DatabaseSession,
  signal: AbortSignal,
): Promise<InspectedDatabase> {
  const faults: Fault[] = []
  const attempt = async <T>(read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof FaultError)) throw error
      if (!faults.some(({ message }) => message === error.fault.message)) faults.push(error.fault)
      return null
    }
  }
  const first = await attempt(() => pulseProbe.read({ session }, signal))
  if (!first) return { id: spec.id, pulse: null, facts: null, auth: null, hba: null, schemas: [], faults }
  const login = session.login()
  const facts = await attempt(() => readDoctorFacts(session, signal))
  const ofRepmgr = first.managerSigns.tables.some(({ name }) => name === 'repmgr.nodes')
    ? await attempt(() => readRepmgrPrivilege(session, signal))
    : null
  const checkup = facts && { ...facts, privileges: [...facts.privileges, ...(ofRepmgr ?? [])] }
  const schemas = (await attempt(() => openSchemasOn(cluster, spec.id, session, signal))) ?? []
  const config = cluster.hosts.find(({ id, access }) => id === spec.hostId && access.kind !== 'none')
  const host: HostConnection | null = config ? openHostConnection(config) : null
  try {
    const dataDirectory = config?.dataDirectory ?? null
    const question = { session, host, dataDirectory, roles: [], readsAllMaps: true }
    const hba = await attempt(() => readHba(question, signal))
    const files = checkup && (await attempt(() => readServerFileFacts(session, checkup, signal)))
    return { id: spec.id, pulse: first, facts: checkup, auth: login, hba, files, schemas, faults }
  } finally {
    await host?.close()
  }
}

/** Each problem once, with the configured queries that it blocks. */
async function openSchemasOn(
  cluster: ClusterConfig,
  id: string,
  session: DatabaseSession,
  signal: AbortSignal,
): Promise<readonly OpenSchema[]> {
  const schemas = new Map<string, OpenSchema>()
  for (const { searchPath, query } of [
    ...databaseSearchPaths(cluster, id),
    { searchPath: DEFAULT_SEARCH_PATH, query: null },
  ]) {
    for (const trouble of await readOpenSchemas(session, searchPath, signal)) {
      const key = JSON.stringify(trouble)
      const queries = [...(schemas.get(key)?.queries ?? []), ...(query === null ? [] : [query])]
      schemas.set(key, { trouble, queries })
    }
  }
  return [...schemas.values()]
}
