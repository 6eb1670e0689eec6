// Which line of pg_hba.conf decides for a connection: the first one that fits, in the server's own order of checks.

import { contains, fullMask, type IpAddress, type Network } from './address.ts'
import { type AddressRule, type HbaRecord, type HbaRules, isKeyword, type NameRule } from './record.ts'

export interface HbaConnection {
  readonly type: 'local' | 'host'
  readonly ssl: boolean
  /** Encrypted by GSSAPI. */
  readonly gss: boolean
  readonly database: string
  readonly user: string
  /** null for `local`. */
  readonly address: IpAddress | null
  /** The client's name by reverse look-up, where the name leads back to its address; null when there is none. */
  readonly clientName: string | null
  /** Physical replication. Logical replication is a connection to its database like any other. */
  readonly replication: boolean
  /**
   * Roles that the user is a member of, directly or not. Being a superuser makes nobody a member of anything here.
   */
  readonly memberOf: readonly string[]
}

export type Because = 'type' | 'encryption' | 'address' | 'database' | 'user'

export interface Considered {
  readonly file: string
  readonly line: number
  readonly matches: boolean
  /** The first check that failed; null for the line that matches. */
  readonly because: Because | null
}

export interface HbaVerdict {
  /** `unknown`: a regular expression on the way is beyond what is evaluated here. */
  readonly decision: 'allow' | 'reject' | 'no-match' | 'invalid' | 'unknown'
  readonly method: string | null
  readonly file: string | null
  readonly line: number | null
  readonly rule: string | null
  readonly considered: readonly Considered[]
  readonly error: string | null
}

/** The server's decision. `interfaces` are the server's own addresses with their networks. */
export function decide(rules: HbaRules, connection: HbaConnection, interfaces: readonly Network[]): HbaVerdict {
  const [problem] = rules.problems
  if (problem) {
    const { file, line, rule, error } = problem
    return { decision: 'invalid', method: null, file, line, rule, considered: [], error }
  }
  const considered: Considered[] = []
  for (const record of rules.records) {
    const because = mismatch(record, connection, interfaces)
    const { file, line, rule, method } = record
    if (because === 'unknown') {
      const error = 'it has a regular expression of a kind that can only be evaluated by the server'
      return { decision: 'unknown', method: null, file, line, rule, considered, error }
    }
    considered.push({ file, line, matches: because === null, because })
    if (because !== null) continue
    return { decision: method === 'reject' ? 'reject' : 'allow', method, file, line, rule, considered, error: null }
  }
  return { decision: 'no-match', method: null, file: null, line: null, rule: null, considered, error: null }
}

function mismatch(
  record: HbaRecord,
  connection: HbaConnection,
  interfaces: readonly Network[],
): Because | 'unknown' | null {
  if ((record.type === 'local') !== (connection.type === 'local')) return 'type'
  if (!encryptionFits(record, connection)) return 'encryption'
  if (record.address !== null && !addressFits(record.address, connection, interfaces)) return 'address'
  const database = anyOf(record.databases, (rule) => databaseFits(rule, connection))
  if (database !== true) return database === false ? 'database' : 'unknown'
  const user = anyOf(record.users, (rule) => userFits(rule, connection))
  if (user !== true) return user === false ? 'user' : 'unknown'
  return null
}

/** True when one fits; null when none does for sure but one might. */
function anyOf(rules: readonly NameRule[], fits: (rule: NameRule) => boolean | null): boolean | null {
  let unsure = false
  for (const rule of rules) {
    const answer = fits(rule)
    // What comes after a doubt does not change the outcome when it fits.
    if (answer === true) return true
    if (answer === null) unsure = true
  }
  return unsure ? null : false
}

function encryptionFits({ type }: HbaRecord, { ssl, gss }: HbaConnection): boolean {
  if (type === 'hostssl') return ssl
  if (type === 'hostnossl') return !ssl
  if (type === 'hostgssenc') return gss
  return type === 'hostnogssenc' ? !gss : true
}

function addressFits(rule: AddressRule, connection: HbaConnection, interfaces: readonly Network[]): boolean {
  const { address, clientName } = connection
  if (rule.kind === 'all') return true
  if (address === null) return false
  switch (rule.kind) {
    case 'network':
      return contains(rule.network, address)
    case 'same-host':
      return interfaces.some((own) => contains({ ...own, mask: fullMask(own.address.family) }, address))
    case 'same-net':
      return interfaces.some((own) => contains(own, address))
    case 'name':
      return clientName !== null && hostNameFits(rule.name, clientName)
  }
}

function hostNameFits(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()]
  return wanted.startsWith('.') ? given.endsWith(wanted) : given === wanted
}

/** Every role counts as a member of itself. */
function isMember({ user, memberOf }: HbaConnection, role: string): boolean {
  return role === user || memberOf.includes(role)
}

function databaseFits(rule: NameRule, connection: HbaConnection): boolean | null {
  const { database, user, replication } = connection
  if (replication) return isKeyword(rule, 'replication')
  if (isKeyword(rule, 'all')) return true
  if (isKeyword(rule, 'sameuser')) return database === user
  if (isKeyword(rule, 'samerole') || isKeyword(rule, 'samegroup')) return isMember(connection, database)
  if (isKeyword(rule, 'replication')) return false
  return rule.pattern ? rule.pattern.matches(database) : rule.text === database
}

function userFits(rule: NameRule, connection: HbaConnection): boolean | null {
  if (!rule.quoted && rule.text.startsWith('+')) return isMember(connection, rule.text.slice(1))
  if (isKeyword(rule, 'all')) return true
  return rule.pattern ? rule.pattern.matches(connection.user) : rule.text === connection.user
}
