// What makes a line of pg_hba.conf weaker than it needs to be.

import type { HbaRecord } from '../syntax/record.ts'

/**
 * - `trust`: anybody who reaches it is let in. `md5`: a method that is broken and deprecated.
 * - `password-without-tls`: the password goes over the network as it is.
 * - `0.0.0.0/0`, `::/0`, `all-addresses`: from anywhere.
 */
export type HbaWeakness = 'trust' | 'md5' | 'password-without-tls' | '0.0.0.0/0' | '::/0' | 'all-addresses'

/** Its weaknesses; none for a line that rejects. */
export function hbaWeaknesses({ type, method, address }: HbaRecord): readonly HbaWeakness[] {
  if (method === 'reject') return []
  const found: HbaWeakness[] = []
  if (method === 'trust' || method === 'md5') found.push(method)
  if (method === 'password' && !['hostssl', 'hostgssenc', 'local'].includes(type)) found.push('password-without-tls')
  if (address?.kind === 'all') found.push('all-addresses')
  if (address?.kind === 'network' && address.network.mask === 0n) {
    found.push(address.network.address.family === 4 ? '0.0.0.0/0' : '::/0')
  }
  return found
}

/** Each in words, for people. */
export const HBA_WEAKNESS_TEXT: Readonly<Record<HbaWeakness, string>> = {
  trust: 'trust asks for no password',
  md5: 'md5 is weaker than scram-sha-256',
  'password-without-tls': 'the password goes over the network in clear',
  '0.0.0.0/0': 'it is open to every IPv4 address',
  '::/0': 'it is open to every IPv6 address',
  'all-addresses': 'it is open to every address',
}
