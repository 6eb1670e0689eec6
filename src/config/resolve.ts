// From the validated file to the configuration that the program uses: references resolved, defaults of the product applied.

import type { ClusterSpec, ModelId, ServerType } from '../model/measured/spec.ts'
import type { ConnectionParameters } from '../model/values/connection-parameters.ts'
import { backupSourceText, resolveBackupSource } from './backup.ts'
import { managerSourcesOf, resolveManager, withPatroni } from './cluster-manager.ts'
import type { ClusterConfig, Config, CustomAction, DatabaseConfig, NotifyRule, RecordConfig } from './config.ts'
import { DEFAULT_TIMEOUT_MS, resolveThresholds } from './defaults.ts'
import { parseDsn } from './dsn/dsn.ts'
import { entryPointSpecs, resolveEntryPoints } from './entry-points.ts'
import { type Environment, profileEnvironment } from './environment.ts'
import { hostSpec, resolveHost } from './host.ts'
import { clusterPasswordPaths } from './passwords.ts'
import { resolveConnectionPaths, resolveLocalCommand } from './paths.ts'
import type { RawAction, RawCluster, RawDatabase, RawFile } from './schema/file.ts'
import { resolveSearchPath } from './search-path.ts'
import { resolveServer } from './server.ts'

interface Place {
  readonly file: string
  /** Relative paths are relative to it. */
  readonly folder: string
  readonly env: Environment
  /** Name of the only cluster that is used. */
  readonly cluster?: string | undefined
}

/** The configuration of a file that has passed all checks. */
export function resolveConfigFile(raw: RawFile, place: Place): Config {
  return {
    file: place.file,
    clusters: raw.clusters.map((cluster) => resolveCluster(cluster, place)),
    notify: raw.notify.map((rule) => resolveNotify(rule, place.folder)),
    ui: raw.ui,
    record: recordConfig(raw.record),
    warnings: warningsOf(raw, place),
  }
}

function recordConfig({ screen, statements, keep, maxSize }: RawFile['record']): RecordConfig {
  return { screen, statements, keepMs: keep, maxBytes: maxSize }
}

function resolveCluster(raw: RawCluster, place: Place): ClusterConfig {
  const { folder, env } = place
  const from = { folder, env: profileEnvironment(env, raw.profile) }
  const manager = raw.manager && resolveManager(raw.manager, from)
  const entryPoints = resolveEntryPoints(raw, from)
  const own = raw.databases.map((database) => resolveDatabase(database, raw, place))
  const databases = withPatroni(own, manager)
  const sources = managerSourcesOf(manager, databases)
  const servers = raw.servers.map((server) => resolveServer(server, raw, place.folder))
  const hosts = raw.hosts.map((host) => resolveHost(host, place.folder))
  const spec: ClusterSpec = {
    name: raw.name,
    model: raw.model ?? defaultModel(raw.servers),
    profile: raw.profile,
    intervalMs: raw.interval,
    timeoutMs: raw.timeout ?? Math.min(DEFAULT_TIMEOUT_MS, raw.interval),
    databases: databases.map((database) => database.spec),
    servers: servers.map((server) => server.spec),
    hosts: hosts.map(hostSpec),
    thresholds: resolveThresholds(raw.alerts),
    ...(raw.exchange ? { exchange: { cutAfterMs: raw.exchange.cutAfter } } : {}),
    ...(raw.readOnly ? { readOnly: true } : {}),
    ...(sources.length === 0 ? {} : { managerSources: sources }),
    ...(manager?.act ? { managerActs: true as const } : {}),
    ...entryPointSpecs(entryPoints),
    ...(raw.actions.length === 0
      ? {}
      : { actions: raw.actions.map(({ name, title, danger }) => ({ name, title, danger })) }),
  }
  const actions = raw.actions.map(resolveAction)
  return { spec, databases, servers, hosts, actions, ...(manager ? { manager } : {}), ...entryPoints }
}

function resolveAction({ name, title, host, command, danger, confirm, timeout }: RawAction): CustomAction {
  return { name, title, host, command, danger, confirm: confirm ?? name, timeoutMs: timeout }
}

function resolveDatabase(raw: RawDatabase, cluster: RawCluster, { folder, env }: Place): DatabaseConfig {
  const connection = resolveConnectionPaths(parseDsn(raw.dsn, profileEnvironment(env, cluster.profile)), folder)
  const backup = resolveBackupSource(raw, folder)
  return {
    spec: {
      id: raw.name,
      host: connection.endpoints[0]?.host ?? 'localhost',
      port: connection.endpoints[0]?.port ?? 5432,
      ...severalOf(connection),
      hostId: raw.host ?? null,
      replicationUser: raw.replicationUser ?? null,
      slot: raw.slot ?? null,
      configured: true,
      ...(backup ? { backup: backupSourceText(backup) } : {}),
      ...(raw.via ? { via: raw.via } : {}),
      ...(raw.patroni ? { patroni: raw.patroni } : {}),
    },
    connection,
    backup,
    passwordCommand: raw.passwordCommand ? resolveLocalCommand(raw.passwordCommand, folder) : null,
    via: raw.via ?? null,
    ...(cluster.exchange ? { exchange: exchangeSource(cluster.exchange, raw) } : {}),
    ...(raw.patroni ? { patroni: raw.patroni } : {}),
  }
}

function exchangeSource({ sql, searchPath }: NonNullable<RawCluster['exchange']>, database: RawDatabase) {
  return { sql, searchPath: resolveSearchPath(searchPath ?? database.searchPath) }
}

/** Of one alone there is nothing to choose. */
function severalOf({ endpoints }: ConnectionParameters): Pick<DatabaseConfig['spec'], 'endpoints'> {
  return endpoints.length > 1 ? { endpoints: endpoints.map(({ host, port }) => ({ host, port })) } : {}
}

function resolveNotify(raw: RawFile['notify'][number], folder: string): NotifyRule {
  if (raw.webhook !== undefined) return { on: raw.on, webhook: raw.webhook, method: raw.method ?? 'POST' }
  return { on: raw.on, command: resolveLocalCommand(raw.command ?? [], folder) }
}

/** Passwords come first. */
function warningsOf({ clusters }: RawFile, { cluster: only }: Place): readonly string[] {
  const isUsed = ({ name }: RawCluster) => only === undefined || name === only
  const passwords = clusters.flatMap((cluster, index) => (isUsed(cluster) ? clusterPasswordPaths(cluster, index) : []))
  return [
    ...passwordWarning(passwords),
    ...clusters.flatMap((cluster, index) => (isUsed(cluster) ? clusterWarnings(cluster, index) : [])),
  ]
}

/** One for all of them: each command prints it. */
function passwordWarning([first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined) return []
  const what =
    others.length === 0 ? 'holds a password: move it' : `and ${others.length} more hold a password: move them`
  return [`${first} ${what} to .pgpass, PGPASSFILE or "passwordCommand"`]
}

function clusterWarnings(raw: RawCluster, index: number): readonly string[] {
  const warnings: string[] = []
  if (raw.timeout !== undefined && raw.timeout > raw.interval) {
    warnings.push(`clusters[${index}].timeout is longer than the interval: a slow target is polled less often`)
  }
  const model = raw.model ?? defaultModel(raw.servers)
  for (const type of missingServerTypes(model, raw.servers)) {
    warnings.push(`clusters[${index}]: the model "${model}" has a ${type} server, and none is configured`)
  }
  if (model !== 'mirrored' && raw.exchange) {
    warnings.push(`clusters[${index}]: "exchange" is for the model "mirrored", and this one is "${model}"`)
  }
  if (model === 'databases' && raw.servers.length > 0) {
    warnings.push(`clusters[${index}]: the model "databases" has no servers, and ${raw.servers.length} are configured`)
  }
  return warnings
}

type Typed = { readonly type: ServerType }
const TYPES: Readonly<Record<ModelId, readonly ServerType[]>> = {
  'shared-database-with-read-only': ['primary', 'secondary', 'read-only'],
  'primary-with-read-only': ['primary', 'read-only'],
  'shared-database': ['primary', 'secondary'],
  mirrored: ['primary', 'secondary'],
  databases: [],
}

/**
 * The model when the config names none. `mirrored` is never guessed: there two writable databases are normal, and a
 * wrong guess would silence the split brain alert.
 */
function defaultModel(servers: readonly Typed[]): ModelId {
  const has = (type: ServerType) => servers.some((server) => server.type === type)
  if (servers.length === 0) return 'databases'
  if (!has('read-only')) return 'shared-database'
  return has('secondary') ? 'shared-database-with-read-only' : 'primary-with-read-only'
}

/** Types of servers that belong to the model and are not there. */
function missingServerTypes(model: ModelId, servers: readonly Typed[]): readonly ServerType[] {
  return TYPES[model].filter((type) => !servers.some((server) => server.type === type))
}
