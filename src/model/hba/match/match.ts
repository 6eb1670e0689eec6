// Which line of pg_hba.conf decides for a connection: the first one that matches, in the server's own order of checks.

import type { IpNetwork } from '../syntax/ip-address.ts'
import type { HbaConnection, HbaRecord, HbaRules, ServerNetworks } from '../syntax/record.ts'
import { addressMatches, anyRuleMatches, databaseMatches, encryptionMatches, userMatches } from './field-match.ts'

export type HbaMismatch = 'type' | 'encryption' | 'address' | 'database' | 'user'

export interface ConsideredLine {
  readonly file: string
  readonly line: number
  readonly matches: boolean
  /** The first check that failed; null for the line that matches. */
  readonly mismatch: HbaMismatch | null
}

export interface HbaDecision {
  /** `unknown`: a line before the deciding one depends on something unknown, which `error` names. */
  readonly result: 'allow' | 'reject' | 'no-match' | 'invalid' | 'unknown'
  readonly method: string | null
  readonly file: string | null
  readonly line: number | null
  readonly rule: string | null
  readonly consideredLines: readonly ConsideredLine[]
  readonly error: string | null
}

/** Returns the server's decision. */
export function decideHba(
  rules: HbaRules,
  asked: HbaConnection,
  own: readonly IpNetwork[] | ServerNetworks,
): HbaDecision {
  const connection = { ...asked, user: truncateName(asked.user), database: truncateName(asked.database) }
  const networks = 'complete' in own ? own : { interfaces: own, complete: true }
  const [problem] = rules.problems
  if (problem) {
    const { file, line, rule, error } = problem
    return { result: 'invalid', method: null, file, line, rule, consideredLines: [], error }
  }
  const considered: ConsideredLine[] = []
  for (const record of rules.records) {
    const because = mismatch(record, connection, networks)
    const { file, line, rule, method } = record
    if (because === 'expression' || because === 'networks' || because === 'names') {
      return { result: 'unknown', method: null, file, line, rule, consideredLines: considered, error: BEYOND[because] }
    }
    considered.push({ file, line, matches: because === null, mismatch: because })
    if (because !== null) continue
    return {
      result: method === 'reject' ? 'reject' : 'allow',
      method,
      file,
      line,
      rule,
      consideredLines: considered,
      error: null,
    }
  }
  return {
    result: 'no-match',
    method: null,
    file: null,
    line: null,
    rule: null,
    consideredLines: considered,
    error: null,
  }
}

const BEYOND = {
  expression: 'it has a regular expression that only the server can evaluate',
  networks: 'it depends on the addresses of the server, and not all of them are known',
  names: 'it names a host, and look-ups from here do not tell whether the client has that name',
} as const

function mismatch(
  record: HbaRecord,
  connection: HbaConnection,
  own: ServerNetworks,
): HbaMismatch | keyof typeof BEYOND | null {
  if ((record.type === 'local') !== (connection.type === 'local')) return 'type'
  if (!encryptionMatches(record, connection)) return 'encryption'
  const address = record.address === null || addressMatches(record.address, connection, own)
  if (address === false) return 'address'
  const database = anyRuleMatches(record.databases, (rule) => databaseMatches(rule, connection))
  if (database === false) return 'database'
  const user = anyRuleMatches(record.users, (rule) => userMatches(rule, connection))
  if (user === false) return 'user'
  // Unknown only if nothing else decides.
  if (address === null) return record.address?.kind === 'name' ? 'names' : 'networks'
  return database === null || user === null ? 'expression' : null
}

/** Longer names in the client's first message are truncated to this many bytes. */
const LONGEST_BYTES = 63

/** The name as the server compares it. */
function truncateName(name: string): string {
  if (name.length * 3 <= LONGEST_BYTES) return name
  const bytes = new TextEncoder().encode(name)
  return bytes.length <= LONGEST_BYTES ? name : new TextDecoder().decode(bytes.subarray(0, LONGEST_BYTES))
}
