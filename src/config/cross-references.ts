// What a schema can't check: names that occur twice, references to what isn't there, connection strings. Works on the
// unvalidated value, so that one run tells everything that is wrong with a file.

import { DsnError, parseDsn } from './dsn/dsn.ts'
import { type Environment, profileEnvironment } from './environment.ts'
import { type ConfigFileProblem, type JsonPath, notAllowedProblem, valueAtPath } from './problems/problems.ts'

interface Entry {
  readonly place: JsonPath
  readonly value: unknown
}

/** Every problem of this kind in the file, in no particular order. */
export function checkCrossReferences(file: unknown, env: Environment): readonly ConfigFileProblem[] {
  const clusters = entries({ place: [], value: file }, 'clusters')
  return [...duplicates(clusters, 'cluster'), ...clusters.flatMap((cluster) => clusterProblems(cluster, env))]
}

function clusterProblems(cluster: Entry, env: Environment): readonly ConfigFileProblem[] {
  const databases = entries(cluster, 'databases')
  const servers = entries(cluster, 'servers')
  const hosts = entries(cluster, 'hosts')
  const reached = [...entries(cluster, 'poolers'), ...entries(cluster, 'addresses')]
  const proxies = entries(cluster, 'proxies')
  const sshHosts = hosts.filter((host) => typeof field(host, 'ssh') === 'string')
  return [
    ...duplicates([...databases, ...servers, ...reached, ...proxies], 'database, server or entry point'),
    ...duplicates(hosts, 'host'),
    ...[...databases, ...servers, ...entries(cluster, 'poolers')].flatMap((entry) =>
      reference(entry, 'host', hosts, 'host'),
    ),
    ...[...databases, ...reached].flatMap((entry) => reference(entry, 'via', sshHosts, 'host with "ssh"')),
    ...databases.flatMap((entry) => backupHost(entry, hosts)),
    ...servers.flatMap((entry) => reference(entry, 'database', databases, 'database')),
    ...duplicates(entries(cluster, 'actions'), 'action'),
    ...entries(cluster, 'actions').flatMap((entry) => reference(entry, 'host', hosts, 'host')),
    ...servers.flatMap(sessionsNeedDatabase),
    ...servers.flatMap(commandsNeedHost),
    ...servers.flatMap((entry) => auditProblems(entry, databases, hosts)),
    ...[...databases, ...reached].flatMap((entry) =>
      dsnProblems(entry, 'dsn', profileEnvironment(env, field(cluster, 'profile'))),
    ),
    ...managerDsnProblems(cluster, env),
  ]
}

function entries(of: Entry, key: string): readonly Entry[] {
  const list = field(of, key)
  return Array.isArray(list) ? list.map((value, index) => ({ place: [...of.place, key, index], value })) : []
}

function field(entry: Entry, key: string): unknown {
  return valueAtPath(entry.value, [key])
}

function duplicates(named: readonly Entry[], what: string): readonly ConfigFileProblem[] {
  const first = new Set<string>()
  return named.flatMap((entry) => {
    const name = field(entry, 'name')
    if (typeof name !== 'string' || name === '') return []
    if (first.has(name)) return [notAllowedProblem([...entry.place, 'name'], name, `a name that no other ${what} has`)]
    first.add(name)
    return []
  })
}

function reference(from: Entry, key: string, to: readonly Entry[], what: string): readonly ConfigFileProblem[] {
  const wanted = field(from, key)
  if (typeof wanted !== 'string') return []
  const names = to.map((entry) => field(entry, 'name')).filter((name) => typeof name === 'string')
  if (names.includes(wanted)) return []
  const known = names.length > 0 ? names.map((name) => JSON.stringify(name)).join(', ') : 'none is configured'
  return [notAllowedProblem([...from.place, key], wanted, `the name of a ${what} of this cluster (${known})`)]
}

function sessionsNeedDatabase(server: Entry): readonly ConfigFileProblem[] {
  if (valueAtPath(server.value, ['sessions', 'sql']) === undefined || field(server, 'database') !== undefined) return []
  return [
    notAllowedProblem(
      [...server.place, 'database'],
      undefined,
      'the name of the database on which "sessions.sql" is run',
    ),
  ]
}

function commandsNeedHost(server: Entry): readonly ConfigFileProblem[] {
  const key = ['start', 'stop'].find((each) => field(server, each) !== undefined)
  if (key === undefined || field(server, 'host') !== undefined) return []
  return [notAllowedProblem([...server.place, 'host'], undefined, `the name of the host on which "${key}" is run`)]
}

/** A query needs a database, a file or program a host with access. */
function auditProblems(
  server: Entry,
  databases: readonly Entry[],
  hosts: readonly Entry[],
): readonly ConfigFileProblem[] {
  const audit = field(server, 'audit')
  const place = [...server.place, 'audit']
  const sources = Array.isArray(audit)
    ? audit.map((value, index) => ({ place: [...place, index], value }))
    : [{ place, value: audit }]
  return sources.flatMap((source) => {
    const isOfSql = typeof field(source, 'sql') === 'string'
    if (!isOfSql && field(source, 'file') === undefined && field(source, 'command') === undefined) return []
    const key = isOfSql ? 'database' : 'host'
    const what = isOfSql ? 'database' : 'host with "ssh" or "local"'
    const known = isOfSql ? databases : hosts.filter(hasAccess)
    if (field(source, key) !== undefined) return reference(source, key, known, what)
    if (field(server, key) !== undefined) return reference(server, key, known, what)
    return [notAllowedProblem([...source.place, key], undefined, `the name of a ${what} of this cluster`)]
  })
}

function hasAccess(host: Entry): boolean {
  return typeof field(host, 'ssh') === 'string' || field(host, 'local') === true
}

/** A folder or a tool needs a host that can be looked into. */
function backupHost(database: Entry, hosts: readonly Entry[]): readonly ConfigFileProblem[] {
  const backup = field(database, 'backup')
  const key = ['folder', 'tool'].find((each) => typeof valueAtPath(backup, [each]) === 'string')
  if (key === undefined) return []
  const reached = hosts.filter(hasAccess)
  const what = 'host with "ssh" or "local"'
  const named = { place: [...database.place, 'backup'], value: backup }
  if (field(named, 'host') !== undefined) return reference(named, 'host', reached, what)
  if (field(database, 'host') !== undefined) return reference(database, 'host', reached, what)
  return [notAllowedProblem([...named.place, 'host'], undefined, `the name of a ${what}, on which "backup.${key}" is`)]
}

function managerDsnProblems(cluster: Entry, env: Environment): readonly ConfigFileProblem[] {
  const entry = { place: [...cluster.place, 'manager'], value: field(cluster, 'manager') }
  return ['dsn', 'monitor'].flatMap((key) =>
    dsnProblems(entry, key, profileEnvironment(env, field(cluster, 'profile'))),
  )
}

function dsnProblems(entry: Entry, key: string, env: Environment): readonly ConfigFileProblem[] {
  const dsn = field(entry, key)
  if (typeof dsn !== 'string' || dsn === '') return []
  try {
    parseDsn(dsn, env)
    return []
  } catch (error) {
    if (!(error instanceof DsnError)) throw error
    return [{ path: [...entry.place, key], at: 'value', message: error.message }]
  }
}
