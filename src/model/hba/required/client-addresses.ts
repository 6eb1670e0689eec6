// Where a connection to a database comes from, as that database would see it.

import type { ClusterSpec } from '../../measured/spec.ts'
import { isLoopback } from '../../values/address.ts'
import { formatHbaAddress } from '../syntax/quoting.ts'
import { type SourcedValue, undeterminedValue } from './required-connection.ts'

/** One address that a client may have, and how that is known. */
export interface ClientAddress {
  readonly address: string | null
  readonly source: string
}

/** The first of the places that a server on `to` can see; else what would give one. */
export function selectClientAddress(
  places: readonly ClientAddress[],
  sameHost: boolean,
  wanting: string,
): SourcedValue {
  const numeric = places.filter((place) => place.address !== null && formatHbaAddress(place.address) !== null)
  // What a machine calls itself is of no meaning on another one.
  const usable = numeric.find(({ address }) => sameHost || !isLoopback(address ?? ''))
  if (usable) return { value: usable.address, source: usable.source, assumed: false }
  const only = numeric.length > 0 ? 'pgdeck has only its loopback address; ' : ''
  return undeterminedValue(`${only}${wanting}`)
}

/** Whether both run on one machine, as far as the config tells: what has no host is where pgdeck is. */
export function isSameHost(one: string | null, other: string | null, { hosts }: ClusterSpec): boolean {
  if (one === other) return true
  const hostOf = (id: string | null) => hosts.find((host) => host.id === id) ?? null
  const isHere = (id: string | null) => id === null || hostOf(id)?.access.kind === 'local'
  if (isHere(one) && isHere(other)) return true
  const [first, second] = [hostOf(one)?.address ?? null, hostOf(other)?.address ?? null]
  return first !== null && first === second && !isLoopback(first)
}

/** In which order a client tries with TLS and without. `seen`: as it is connected there now; `ssl`: of the server. */
export function tlsAttempts(seen: boolean | null, ssl: boolean | null, sslMode: string | null): readonly boolean[] {
  if (seen !== null) return [seen]
  if (sslMode === 'require' || sslMode?.startsWith('verify')) return [true]
  if (ssl === false || sslMode === 'disable') return [false]
  if (sslMode === 'allow') return [false, true]
  return ssl === null && sslMode === null ? [false, true] : [true, false]
}

/** A name as lines of pg_hba.conf may have it; null for an address. */
export function asHostName(host: string): string | null {
  return /[a-z]/i.test(host) && !host.includes(':') && !host.startsWith('/') ? host : null
}
