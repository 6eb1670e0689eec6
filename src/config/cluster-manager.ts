// The key "manager" as the program uses it: which addresses belong to a database, and which to the cluster.

import { resolve } from 'node:path'
import type { HttpTrust } from '../io/http/http-trust.ts'
import type { DatabaseConfig, ManagerConfig } from './config.ts'
import { parseDsn } from './dsn/dsn.ts'
import type { Environment } from './environment.ts'
import { resolveConnectionPaths, resolveLocalCommand } from './paths.ts'
import type { RawCluster } from './schema/file.ts'

type RawManager = NonNullable<RawCluster['manager']>

interface Place {
  readonly folder: string
  readonly env: Environment
}

export function resolveManager(raw: RawManager, { folder, env }: Place): ManagerConfig {
  const connect = (dsn: string | undefined) => resolveConnectionPaths(parseDsn(dsn ?? '', env), folder)
  switch (raw.kind) {
    case 'patroni':
      return {
        kind: raw.kind,
        addresses: raw.rest ?? [],
        trust: trustOf(raw.tls, folder),
        user: raw.user ?? null,
        passwordCommand: raw.passwordCommand ? resolveLocalCommand(raw.passwordCommand, folder) : null,
        act: raw.act,
      }
    case 'repmgr':
      return { kind: raw.kind, connection: connect(raw.dsn), configFile: raw.configFile ?? null, act: raw.act }
    case 'pg_auto_failover':
      return { kind: raw.kind, connection: connect(raw.monitor), formation: raw.formation ?? 'default', act: raw.act }
    case 'cloudnativepg': {
      const kubectl = raw.kubectl ? resolveLocalCommand(raw.kubectl, folder) : ['kubectl']
      const resource = { kubectl, cluster: raw.cluster ?? '', namespace: raw.namespace ?? null }
      return { kind: raw.kind, resource, act: raw.act }
    }
  }
}

function trustOf(tls: RawManager['tls'], folder: string): HttpTrust {
  const file = (path: string | undefined) => (path === undefined ? null : resolve(folder, path))
  return { ca: file(tls?.ca), cert: file(tls?.cert), key: file(tls?.key) }
}

/** Databases with the address of their Patroni: the one on their host, where no other database or address is there. */
export function withPatroni(
  databases: readonly DatabaseConfig[],
  manager: ManagerConfig | undefined,
): readonly DatabaseConfig[] {
  if (manager?.kind !== 'patroni') return databases
  return databases.map((database) => {
    const address = database.patroni ?? addressOf(database, databases, manager.addresses)
    const trusted = { ...database, managerTrust: manager.trust }
    return address === undefined
      ? trusted
      : { ...trusted, patroni: address, spec: { ...database.spec, patroni: address } }
  })
}

function addressOf(
  { spec: { host } }: DatabaseConfig,
  databases: readonly DatabaseConfig[],
  addresses: readonly string[],
): string | undefined {
  const there = addresses.filter((address) => hostOf(address) === host)
  return there.length === 1 && databases.filter(({ spec }) => spec.host === host).length === 1 ? there[0] : undefined
}

function hostOf(address: string): string {
  return (URL.parse(address)?.hostname ?? '').replace(/^\[(.*)\]$/, '$1')
}

/** What is asked for the cluster as a whole, as its state names it: no secrets. */
export function managerSourcesOf(
  manager: ManagerConfig | undefined,
  databases: readonly DatabaseConfig[],
): readonly { readonly kind: ManagerConfig['kind']; readonly address: string; readonly configFile?: string }[] {
  if (!manager) return []
  if (manager.kind === 'cloudnativepg') {
    const { cluster, namespace } = manager.resource
    return [{ kind: manager.kind, address: namespace === null ? cluster : `${namespace}/${cluster}` }]
  }
  if (manager.kind !== 'patroni') {
    const [first] = manager.connection.endpoints
    const file = manager.kind === 'repmgr' && manager.configFile !== null ? { configFile: manager.configFile } : {}
    return [{ kind: manager.kind, address: `${first?.host ?? 'localhost'}:${first?.port ?? 5432}`, ...file }]
  }
  const taken = new Set(databases.map(({ patroni }) => patroni))
  return manager.addresses.filter((address) => !taken.has(address)).map((address) => ({ kind: 'patroni', address }))
}
