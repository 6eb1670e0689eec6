// Which REST API of Patroni is asked: only at addresses of the configuration, or of members on hosts that it names.

import type { ClusterConfig, ManagerConfig } from '../../../config/config.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { DelegationContext } from '../definition/manager-acts.ts'

export type PatroniConfig = Extract<ManagerConfig, { kind: 'patroni' }>

/** The declared Patroni; null: another manager is declared, or none. */
export function patroniConfigOf({ manager }: Pick<ClusterConfig, 'manager'>): PatroniConfig | null {
  return manager?.kind === 'patroni' ? manager : null
}

/** The configured URLs, each once. */
export function configuredAddresses(config: Pick<ClusterConfig, 'manager' | 'databases'>): readonly string[] {
  const declared = patroniConfigOf(config)?.addresses ?? []
  return [...new Set([...config.databases.flatMap(({ patroni }) => patroni ?? []), ...declared])]
}

/** Whether the configuration permits asking there: its own address, or another port of a host that it names. */
export function isPermitted(address: string, config: Pick<ClusterConfig, 'manager' | 'databases'>): boolean {
  const url = URL.parse(address)
  const known = configuredAddresses(config).flatMap((each) => URL.parse(each) ?? [])
  if (!url || !known.some(({ protocol }) => protocol === url.protocol)) return false
  const hosts = [...known.map(({ hostname }) => hostname), ...config.databases.map(({ spec }) => urlHostOf(spec.host))]
  return known.some(({ host }) => host === url.host) || hosts.includes(url.hostname)
}

function urlHostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** The address of the agent beside a database; null: none is configured, and its own lies elsewhere. */
export function addressOfMember({ id }: DatabaseView, { manager, tools }: DelegationContext): string | null {
  const { config } = tools
  const own = config.databases.find(({ spec }) => spec.id === id)?.patroni
  if (own !== undefined) return originOf(own)
  const api = manager.details?.members.find(({ databaseId }) => databaseId === id)?.facts?.api ?? null
  if (api === null) return null
  const all = configuredAddresses(config)
  const declared = all.find((address) => URL.parse(address)?.host === api)
  const told = `${URL.parse(all[0] ?? '')?.protocol ?? 'http:'}//${api}`
  const address = declared ?? told
  return isPermitted(address, config) ? originOf(address) : null
}

/** Any agent can be asked about the cluster: that of this database first, then the others. */
export function addressesFor(view: DatabaseView | null, context: DelegationContext): readonly string[] {
  const first = view && addressOfMember(view, context)
  const all = configuredAddresses(context.tools.config).map(originOf)
  return [...new Set([...(first === null ? [] : [first]), ...all])]
}

/** Without user information, path and query. */
function originOf(address: string): string {
  return URL.parse(address)?.origin ?? address
}
