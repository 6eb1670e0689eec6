// The rules that `pgdeck hba test --node` decides on, read from the database's server or host.

import type { ClusterConfig, Config, DatabaseConfig } from '../../../config/config.ts'
import { openHostConnection } from '../../../io/hosts/host-connection.ts'
import { openDatabaseSession } from '../../../io/postgres/database-session.ts'
import { loadedHbaStore } from '../../../io/state/loaded-hba-store.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import type { ServerNetworks } from '../../../model/hba/syntax/record.ts'
import type { HbaReading, HbaRole, ReadableHba } from '../../../model/measured/hba-reading.ts'
import { clean, listText } from '../../../model/values/text.ts'
import { readHba, readHbaRoles } from '../../../probes/database/hba/hba.ts'
import type { HbaHost } from '../../../probes/database/hba/hba-files.ts'
import { openHostConnections } from '../../../runtime/hosts/host-connections.ts'
import { CommandError, UsageError } from '../../invocation/exit-codes.ts'
import type { HbaRulesSource, TestedConnection } from './rules-source.ts'

export interface NodeRulesRequest {
  readonly config: Config
  readonly clusterName?: string | undefined
  /** Name of a database in the config. */
  readonly node: string
  /** null: roles are looked up when a connection names them. */
  readonly user: string | null
  readonly version: number | undefined
  readonly given: ServerNetworks | null
}

/** Statements and files run one after the other, each with the limit of the cluster. Includes take longer. */
const READINGS = 8

/**
 * Reads the node's rules and returns the result of `body`. Throws UsageError for a name that is not in the config,
 * FaultError if its server does not answer, CommandError if the rules are hidden.
 */
export async function withNodeRules<T>(
  question: NodeRulesRequest,
  body: (rulesSource: HbaRulesSource) => Promise<T>,
): Promise<T> {
  const [cluster, database] = nodeOf(question)
  const { timeoutMs } = cluster.spec
  const hostConnections = openHostConnections(cluster.hosts)
  const { connection, passwordCommand, via } = database
  const session = openDatabaseSession({
    connection,
    passwordCommand,
    timeoutMs,
    tunnel: hostConnections.tunnelVia(via),
  })
  const config = cluster.hosts.find(({ id }) => id === database.spec.hostId)
  const ssh = hostConnections.hosts.find((host) => host.config === config)?.ssh ?? null
  const host: HbaHost | null = config && config.access.kind !== 'none' ? openHostConnection(config, { ssh }) : null
  try {
    const reading = await readHba(
      {
        session,
        host,
        dataDirectory: config?.dataDirectory ?? null,
        roles: question.user === null ? [] : [question.user],
        memory: loadedHbaStore(stateFolder(process.env)),
        ...(question.version === undefined ? {} : { version: question.version }),
      },
      AbortSignal.timeout(READINGS * timeoutMs),
    )
    const known = requireReadable(reading, question.node)
    const roles = new Map(known.roles)
    const roleOf = async (name: string) => {
      const role =
        roles.get(name) ?? (await readHbaRoles(session, [name], AbortSignal.timeout(2 * timeoutMs))).get(name)
      if (role) roles.set(name, role)
      return role ?? null
    }
    return await body(rulesSourceOf(known, question, roleOf))
  } finally {
    await Promise.all([session.close(), hostConnections.close()])
  }
}

function nodeOf({ config, clusterName, node }: NodeRulesRequest): readonly [ClusterConfig, DatabaseConfig] {
  const clusters = config.clusters.filter(({ spec }) => clusterName === undefined || spec.name === clusterName)
  const all = clusters.flatMap((cluster) => cluster.databases.map((database) => [cluster, database] as const))
  const [first, second] = all.filter(([, { spec }]) => spec.id === node)
  if (first && second) {
    const names = all.filter(([, { spec }]) => spec.id === node).map(([{ spec }]) => spec.name)
    throw new UsageError(`--node ${node}: clusters ${listText(names)} have one: name the cluster with --cluster`)
  }
  if (first) return first
  const names = all.map(([, { spec }]) => spec.id).join(', ') || 'none'
  throw new UsageError(`--node ${node}: there is no such database; the config has ${names}`)
}

/** Throws CommandError, with the statement that would make it visible. */
function requireReadable(reading: HbaReading, node: string): ReadableHba {
  if (reading.known) return reading
  const grants = reading.missing.map(({ what, grant }) => `  ${grant};  -- ${what}`)
  throw new CommandError(
    [`${node}: ${reading.why}`, 'To see the rules, run as a superuser on it:', ...grants, ELSE].join('\n'),
  )
}

const ELSE = 'or give its host "ssh" in the config, or the file: pgdeck hba test --file pg_hba.conf'

function rulesSourceOf(
  reading: ReadableHba,
  { node, given }: NodeRulesRequest,
  roleOf: HbaRulesSource['roleOf'],
): HbaRulesSource {
  const { rules, path, server, source, reloadState, why } = reading
  const missing = reading.missing.length > 0 ? { missing: reading.missing } : {}
  return {
    rules,
    mainFile: path,
    identMaps: reading.identMaps ?? null,
    version: server.major,
    serverNetworks: given ?? { interfaces: server.interfaces, complete: server.interfacesComplete },
    about: { node, source, force: reloadState, why: clean(why), serverVersion: server.major, ...missing },
    notes: notesOf(reading),
    roleOf,
    notesOn: (asked, role) => notesOn(reading, asked, role),
  }
}

function notesOf({ reloadState, why, source, exact, missing }: ReadableHba): readonly string[] {
  const notes: string[] = []
  if (reloadState === 'edited') notes.push(`not in force yet: ${why}`)
  if (reloadState === 'broken') notes.push(why)
  if (reloadState === 'unknown') notes.push(`unknown whether these rules are in force: ${why}`)
  if (source === 'rules-view' && !exact) {
    notes.push(
      'read from pg_hba_file_rules, where a quoted name looks like the keyword: pgdeck takes it for the keyword',
    )
  }
  return [...notes, ...missing.map(({ what, grant }) => `not seen: ${what}: ${grant}`)].map(clean)
}

/** What prevents a connection although a line permits it. */
function notesOn({ server }: ReadableHba, asked: TestedConnection, role: HbaRole | null): readonly string[] {
  const user = clean(asked.user)
  const notes: string[] = []
  if (asked.ssl && !server.ssl) notes.push('the server has ssl = off: no connection to it is encrypted with TLS')
  if (role === null) return notes
  if (!role.exists) return [...notes, `the server has no role "${user}"`]
  if (!role.canLogin) notes.push(`role "${user}" may not log in`)
  if (asked.replication && !role.replication && !role.superuser) notes.push(`role "${user}" lacks REPLICATION`)
  return notes
}
