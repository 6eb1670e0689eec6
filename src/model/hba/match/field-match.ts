// Whether one field of a pg_hba.conf line fits a connection.

import { contains, fullMask } from '../syntax/ip-address.ts'
import { type AddressRule, type HbaRecord, isKeyword, type NameRule } from '../syntax/record.ts'
import type { HbaConnection, OwnNetworks } from './match.ts'

/** True when one fits; null when none does for sure but one might. */
export function anyOf(rules: readonly NameRule[], fits: (rule: NameRule) => boolean | null): boolean | null {
  let unsure = false
  for (const rule of rules) {
    const answer = fits(rule)
    // What comes after a doubt does not change the outcome when it fits.
    if (answer === true) return true
    if (answer === null) unsure = true
  }
  return unsure ? null : false
}

/** By the record's type alone. */
export function encryptionFits({ type }: HbaRecord, { ssl, gss }: HbaConnection): boolean {
  if (type === 'hostssl') return ssl
  if (type === 'hostnossl') return !ssl
  if (type === 'hostgssenc') return gss
  return type === 'hostnogssenc' ? !gss : true
}

/** null: it depends on addresses of the server that are not known. */
export function addressFits(rule: AddressRule, connection: HbaConnection, own: OwnNetworks): boolean | null {
  const { address, clientName } = connection
  if (rule.kind === 'all') return true
  if (address === null) return false
  const unsure = own.complete ? false : null
  switch (rule.kind) {
    case 'network':
      return contains(rule.network, address)
    case 'same-host':
      return own.interfaces.some((one) => contains({ ...one, mask: fullMask(one.address.family) }, address)) || unsure
    case 'same-net':
      return own.interfaces.some((one) => contains(one, address)) || unsure
    case 'name':
      return clientName !== null && hostNameFits(rule.name, clientName)
  }
}

function hostNameFits(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()]
  return wanted.startsWith('.') ? given.endsWith(wanted) : given === wanted
}

/** Every role counts as a member of itself, if it is one. */
function isMember({ user, memberOf, roleExists = true }: HbaConnection, role: string): boolean {
  return roleExists && (role === user || memberOf.includes(role))
}

/** null: only the server can tell. */
export function databaseFits(rule: NameRule, connection: HbaConnection): boolean | null {
  const { database, user, replication } = connection
  if (replication) return isKeyword(rule, 'replication')
  if (isKeyword(rule, 'all')) return true
  if (isKeyword(rule, 'sameuser')) return database === user
  if (isKeyword(rule, 'samerole') || isKeyword(rule, 'samegroup')) return isMember(connection, database)
  if (isKeyword(rule, 'replication')) return false
  return rule.pattern ? rule.pattern.matches(database) : rule.text === database
}

/** null: only the server can tell. */
export function userFits(rule: NameRule, connection: HbaConnection): boolean | null {
  if (!rule.quoted && rule.text.startsWith('+')) return isMember(connection, rule.text.slice(1))
  if (isKeyword(rule, 'all')) return true
  return rule.pattern ? rule.pattern.matches(connection.user) : rule.text === connection.user
}
