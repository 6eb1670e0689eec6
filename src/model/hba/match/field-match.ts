// Whether one field of a pg_hba.conf line matches a connection.

import { fullNetmask, networkContains } from '../syntax/ip-address.ts'
import {
  type HbaAddressRule,
  type HbaConnection,
  type HbaNameRule,
  type HbaRecord,
  isHbaKeyword,
  type ServerNetworks,
} from '../syntax/record.ts'

/** True if one matches; null if none certainly matches but one may. */
export function anyRuleMatches(
  rules: readonly HbaNameRule[],
  fits: (rule: HbaNameRule) => boolean | null,
): boolean | null {
  let unsure = false
  for (const rule of rules) {
    const answer = fits(rule)
    // A later match settles an earlier unknown result.
    if (answer === true) return true
    if (answer === null) unsure = true
  }
  return unsure ? null : false
}

/** By the record's type alone. */
export function encryptionMatches({ type }: HbaRecord, { ssl, gss }: HbaConnection): boolean {
  if (type === 'hostssl') return ssl
  if (type === 'hostnossl') return !ssl
  if (type === 'hostgssenc') return gss
  return type === 'hostnogssenc' ? !gss : true
}

/** null: it depends on unknown addresses of the server or names of the client. */
export function addressMatches(rule: HbaAddressRule, connection: HbaConnection, own: ServerNetworks): boolean | null {
  const { address, clientName, mayBeNamed } = connection
  if (rule.kind === 'all') return true
  if (address === null) return false
  const unsure = own.complete ? false : null
  switch (rule.kind) {
    case 'network':
      return networkContains(rule.network, address)
    case 'same-host':
      return (
        own.interfaces.some((one) => networkContains({ ...one, mask: fullNetmask(one.address.family) }, address)) ||
        unsure
      )
    case 'same-net':
      return own.interfaces.some((one) => networkContains(one, address)) || unsure
    case 'name':
      if (clientName !== null && hostNameFits(rule.name, clientName)) return true
      return mayBeNamed?.(rule.name) ? null : false
  }
}

function hostNameFits(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()]
  return wanted.startsWith('.') ? given.endsWith(wanted) : given === wanted
}

/** Every existing role is a member of itself. */
function isMember({ user, memberOf, roleExists = true }: HbaConnection, role: string): boolean {
  return roleExists && (role === user || memberOf.includes(role))
}

/** null: only the server can tell. */
export function databaseMatches(rule: HbaNameRule, connection: HbaConnection): boolean | null {
  const { database, user, replication } = connection
  if (replication) return isHbaKeyword(rule, 'replication')
  if (isHbaKeyword(rule, 'all')) return true
  if (isHbaKeyword(rule, 'sameuser')) return database === user
  if (isHbaKeyword(rule, 'samerole') || isHbaKeyword(rule, 'samegroup')) return isMember(connection, database)
  if (isHbaKeyword(rule, 'replication')) return false
  return rule.pattern ? rule.pattern.matches(database) : rule.text === database
}

/** null: only the server can tell. */
export function userMatches(rule: HbaNameRule, connection: HbaConnection): boolean | null {
  if (!rule.quoted && rule.text.startsWith('+')) return isMember(connection, rule.text.slice(1))
  if (isHbaKeyword(rule, 'all')) return true
  return rule.pattern ? rule.pattern.matches(connection.user) : rule.text === connection.user
}
