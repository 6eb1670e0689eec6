// Poolers, proxies and addresses of a cluster, as the program uses them.

import { resolve } from 'node:path'
import type { AddressSpec, PoolerSpec, ProxySpec } from '../model/measured/entry-points/entry-point-spec.ts'
import type { ConnectionParameters } from '../model/values/connection-parameters.ts'
import type { AddressConfig, PoolerConfig, ProxyConfig, StatsSource } from './config.ts'
import { parseDsn } from './dsn/dsn.ts'
import type { Environment } from './environment.ts'
import { resolveConnectionPaths, resolveLocalCommand } from './paths.ts'
import type { RawCluster } from './schema/file.ts'

interface Place {
  readonly folder: string
  readonly env: Environment
}

/** The entry points of a cluster; its keys are absent where it has none. */
export interface EntryPoints {
  readonly poolers?: readonly PoolerConfig[]
  readonly proxies?: readonly ProxyConfig[]
  readonly addresses?: readonly AddressConfig[]
}

export function resolveEntryPoints({ poolers, proxies, addresses, hosts }: RawCluster, place: Place): EntryPoints {
  return {
    ...(poolers.length > 0 ? { poolers: poolers.map((each) => resolvePooler(each, hosts, place)) } : {}),
    ...(proxies.length > 0 ? { proxies: proxies.map((each) => resolveProxy(each, place.folder)) } : {}),
    ...(addresses.length > 0 ? { addresses: addresses.map((each) => resolveAddress(each, place)) } : {}),
  }
}

/** What the state knows of them: no secrets. */
export function entryPointSpecs({ poolers, proxies, addresses }: EntryPoints) {
  return {
    ...(poolers ? { poolers: poolers.map(({ spec }) => spec) } : {}),
    ...(proxies ? { proxies: proxies.map(({ spec }) => spec) } : {}),
    ...(addresses ? { addresses: addresses.map(({ spec }) => spec) } : {}),
  }
}

function resolvePooler(raw: RawCluster['poolers'][number], hosts: RawCluster['hosts'], place: Place): PoolerConfig {
  const { connection, ...access } = accessOf(raw, place)
  const { host, port } = firstOf(connection)
  const { database = null, expects } = raw
  const spec: PoolerSpec = { id: raw.name, host, port, database, expects, ...viaOf(raw) }
  const { repoint, pauseTimeout: pauseMs, host: where } = raw
  const isHere = hosts.some(({ name, local }) => name === where && local)
  const command = repoint && isHere ? resolveLocalCommand(repoint, place.folder) : repoint
  return { spec, connection, ...access, pauseMs, repoint: command && where ? { host: where, command } : null }
}

function resolveAddress(raw: RawCluster['addresses'][number], place: Place): AddressConfig {
  const { connection, ...access } = accessOf(raw, place)
  const { database } = connection
  const spec: AddressSpec = { id: raw.name, ...firstOf(connection), database, expects: raw.expects, ...viaOf(raw) }
  return { spec, connection, ...access }
}

function accessOf(
  raw: {
    readonly dsn: string
    readonly passwordCommand?: readonly string[] | undefined
    readonly via?: string | undefined
  },
  { folder, env }: Place,
) {
  return {
    connection: resolveConnectionPaths(parseDsn(raw.dsn, env), folder),
    passwordCommand: raw.passwordCommand ? resolveLocalCommand(raw.passwordCommand, folder) : null,
    via: raw.via ?? null,
  }
}

function viaOf({ via }: { readonly via?: string | undefined }): { readonly via?: string } {
  return via === undefined ? {} : { via }
}

function firstOf({ endpoints: [first] }: ConnectionParameters) {
  return { host: first?.host ?? 'localhost', port: first?.port ?? 5432 }
}

function resolveProxy(raw: RawCluster['proxies'][number], folder: string): ProxyConfig {
  const { name, stats, backend, expects, user, passwordCommand, ca } = raw
  const spec: ProxySpec = { id: name, stats, backend, expects }
  return {
    spec,
    stats: statsSource(stats),
    user: user ?? null,
    passwordCommand: passwordCommand ? resolveLocalCommand(passwordCommand, folder) : null,
    trust: { ca: ca === undefined ? null : resolve(folder, ca), cert: null, key: null },
  }
}

function statsSource(stats: string): StatsSource {
  if (stats.startsWith('/')) return { kind: 'socket', path: stats }
  const url = new URL(stats)
  if (url.protocol === 'unix:') return { kind: 'socket', path: decodeURIComponent(url.pathname) }
  if (url.protocol !== 'tcp:') return { kind: 'page', url: stats }
  return { kind: 'port', host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port) }
}
