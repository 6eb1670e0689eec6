// The missing line of pg_hba.conf for a connection, and its place before any line that would decide instead.

import type { HbaRole, HbaServer } from '../../measured/hba-reading.ts'
import type { HbaDecision } from '../match/match.ts'
import { decideByRuleset, decidingRecord, type HbaRuleset } from '../match/ruleset.ts'
import type { RequiredConnection } from '../required/required-connection.ts'
import { parseHbaLine } from '../syntax/error-explanations.ts'
import { formatHbaAddress, quoteHbaName } from '../syntax/quoting.ts'
import type { HbaConnection } from '../syntax/record.ts'

export interface HbaProposal {
  /** The exact text for the file. */
  readonly line: string
  readonly file: string
  /** The number of the line that must come after it; null: at the end. */
  readonly before: number | null
  /** The number of the broken line that it replaces. */
  readonly replaces: number | null
  /** Remarks, as sentences. */
  readonly notes: readonly string[]
}

type Asked = Pick<RequiredConnection, 'user' | 'address' | 'database' | 'replication' | 'local' | 'tls' | 'gss'>

/** The line for one user, one database and one address; null if a part is unknown or can't be written. */
function hbaLineFor(connection: Asked, server: Pick<HbaServer, 'major' | 'ssl'>, method: string): string | null {
  const { user, address, database, replication, local, tls, gss } = connection
  const who = user.value === null ? null : quoteHbaName(user.value, server.major)
  const where = local ? '' : address.value === null ? null : formatHbaAddress(address.value)
  const what = replication ? 'replication' : database.value === null ? null : quoteHbaName(database.value, server.major)
  if (who === null || where === null || what === null) return null
  const type = local ? 'local' : gss ? 'hostgssenc' : tls[0] && server.ssl ? 'hostssl' : 'host'
  return [type, what, who, ...(local ? [] : [where]), method].join(' ')
}

/** scram-sha-256, unless the role's password is stored as md5, or probably is. */
function authMethodFor(
  user: string,
  role: HbaRole | null,
  { passwordEncryption }: Pick<HbaServer, 'passwordEncryption'>,
): { readonly method: string; readonly notes: readonly string[] } {
  const anew = `set it anew with password_encryption = 'scram-sha-256', and scram-sha-256 can be used`
  switch (role?.password ?? null) {
    case 'md5':
      return { method: 'md5', notes: [`the password of ${user} is stored as md5: ${anew}`] }
    case 'none':
      return { method: 'scram-sha-256', notes: [`${user} has no password yet: set one`] }
    case 'scram-sha-256':
      return { method: 'scram-sha-256', notes: [] }
    default:
      if (passwordEncryption !== 'md5') return { method: 'scram-sha-256', notes: [] }
      return {
        method: 'md5',
        notes: [
          `how the password of ${user} is stored is hidden, and this server stores md5 (md5 takes both): ${anew}`,
        ],
      }
  }
}

/**
 * Returns the line for a connection that `verdict` does not admit: before the deciding line, else at the end. null if
 * no line can be written, or if it would not decide.
 */
export function proposeHbaLine(
  required: Asked,
  connection: HbaConnection,
  ruleset: HbaRuleset,
  verdict: HbaDecision,
  role: HbaRole | null,
): HbaProposal | null {
  const { server, path } = ruleset.reading
  const meant = decidingRecord(ruleset, verdict)
  const broken = meant ? ruleset.correctedLines.get(meant) : undefined
  if (broken?.corrected != null) {
    const { file, line } = broken.problem
    return { line: broken.corrected, file, before: line, replaces: line, notes: [broken.explanation] }
  }
  const { method, notes } = authMethodFor(required.user.value ?? '', role, server)
  const line = hbaLineFor(required, server, method)
  if (line === null) return null
  const blocked = verdict.result !== 'no-match' && verdict.file !== null && verdict.line !== null
  const place = blocked ? { file: verdict.file ?? path, before: verdict.line } : { file: path, before: null }
  const unmended = ruleset.invalidLines.map(
    ({ problem }) => `line ${problem.line ?? '?'} must be corrected too: the server refuses the whole file`,
  )
  if (!lineDecides(line, place, connection, ruleset)) return null
  return { line, ...place, replaces: null, notes: [...notes, ...unmended] }
}

/** Whether the line at that place admits the connection. */
function lineDecides(
  line: string,
  { file, before }: Pick<HbaProposal, 'file' | 'before'>,
  connection: HbaConnection,
  ruleset: HbaRuleset,
): boolean {
  const record = parseHbaLine(line, ruleset.reading.server.major)
  if (!record) return false
  const at = ruleset.records.findIndex((other) => other.file === file && other.line === before)
  const index = before === null || at < 0 ? ruleset.records.length : at
  const records = [
    ...ruleset.records.slice(0, index),
    { ...record, file: 'proposed', line: 1 },
    ...ruleset.records.slice(index),
  ]
  const verdict = decideByRuleset({ ...ruleset, records }, connection)
  return verdict.result === 'allow' && verdict.file === 'proposed'
}
