// Weaknesses of lines of pg_hba.conf.

import type { HbaRecord } from '../syntax/record.ts'

/**
 * - `trust`: every client at that address is admitted. `md5`: a broken, deprecated method. - `password-without-tls`:
 * the password is sent in clear text, also if LDAP, PAM or RADIUS checks it. - `ldap-without-tls`: the server sends the
 * password to the LDAP server in clear text. - `ident`: the client's own host names the user. - `0.0.0.0/0`, `::/0`,
 * `all-addresses`: from anywhere.
 */
export type HbaWeakness =
  | 'trust'
  | 'md5'
  | 'password-without-tls'
  | 'ldap-without-tls'
  | 'ident'
  | '0.0.0.0/0'
  | '::/0'
  | 'all-addresses'

/** Methods for which the client sends the password itself. */
const IN_CLEAR: ReadonlySet<string> = new Set(['password', 'ldap', 'pam', 'bsd', 'radius'])
const ENCRYPTED: ReadonlySet<string> = new Set(['hostssl', 'hostgssenc', 'local'])

/** Its weaknesses; none for a line that rejects. */
export function hbaWeaknesses({ type, method, address, options }: HbaRecord): readonly HbaWeakness[] {
  if (method === 'reject') return []
  const weaknesses: HbaWeakness[] = []
  if (method === 'trust' || method === 'md5') weaknesses.push(method)
  if (method === 'ident') weaknesses.push('ident')
  if (IN_CLEAR.has(method) && !ENCRYPTED.has(type)) weaknesses.push('password-without-tls')
  if (method === 'ldap' && !isLdapEncrypted(options)) weaknesses.push('ldap-without-tls')
  if (address?.kind === 'all') weaknesses.push('all-addresses')
  if (address?.kind === 'network' && address.network.mask === 0n) {
    weaknesses.push(address.network.address.family === 4 ? '0.0.0.0/0' : '::/0')
  }
  return weaknesses
}

function isLdapEncrypted(options: HbaRecord['options']): boolean {
  const value = (wanted: string) => options.findLast(({ name }) => name === wanted)?.value ?? ''
  return value('ldaptls') === '1' || value('ldapscheme') === 'ldaps' || /^ldaps:/i.test(value('ldapurl'))
}

/** Each as text for people. */
export const HBA_WEAKNESS_TEXT: Readonly<Record<HbaWeakness, string>> = {
  trust: 'trust asks for no password',
  md5: 'md5 is weaker than scram-sha-256',
  'password-without-tls': 'the password goes over the network in clear',
  'ldap-without-tls': 'the server sends the password to the LDAP server in clear (ldaptls=1 or ldaps encrypts it)',
  ident: 'ident believes what the client’s host says',
  '0.0.0.0/0': 'it is open to every IPv4 address',
  '::/0': 'it is open to every IPv6 address',
  'all-addresses': 'it is open to every address',
}
