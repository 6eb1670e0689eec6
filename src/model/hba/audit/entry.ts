// One needed connection against the rules of its database: which line decides, whether the login can succeed.

import type { HbaRole } from '../../measured/hba-reading.ts'
import type { Health } from '../../picture/picture.ts'
import { clean } from '../../values/text.ts'
import { clientNaming } from '../match/host-names.ts'
import type { HbaDecision } from '../match/match.ts'
import { decideByRuleset, decidingRecord, type HbaRuleset } from '../match/ruleset.ts'
import type { HbaAuditInput, RequiredConnection } from '../required/required-connection.ts'
import { parseIpAddress } from '../syntax/ip-address.ts'
import type { HbaConnection, HbaRecord } from '../syntax/record.ts'
import { loginProblem } from './login-problem.ts'
import { type HbaProposal, proposeHbaLine } from './propose.ts'
import { HBA_WEAKNESS_TEXT, type HbaWeakness, hbaWeaknesses } from './weaknesses.ts'

/** `fails`: a line admits it, but the login can't succeed (no such role, a password of the wrong kind, TLS off). */
export type HbaResult = 'good' | 'weak' | 'missing' | 'rejected' | 'fails' | 'unknown'

export interface HbaAuditEntry {
  readonly connection: RequiredConnection
  readonly result: HbaResult
  readonly severity: Health
  /** null if the rules are unknown. Broken lines count as they were meant. */
  readonly decision: HbaDecision | null
  /** Whether the tested connection is encrypted with TLS. */
  readonly tls: boolean | null
  readonly weaknesses: readonly HbaWeakness[]
  /** One sentence. */
  readonly message: string
  readonly proposal: HbaProposal | null
}

type Finding = Omit<HbaAuditEntry, 'connection' | 'severity'>

/** What is known of its database. */
export interface AuditedDatabase {
  /** null if its rules are unknown: `why` says so. */
  readonly ruleset: HbaRuleset | null
  readonly why: string
  /** The user of the connection in that database. */
  readonly role: HbaRole | null
  readonly profile: HbaAuditInput['profile']
}

/** Returns the entry of a needed connection. */
export function auditConnection(
  connection: RequiredConnection,
  { ruleset, why, role, profile }: AuditedDatabase,
): HbaAuditEntry {
  const gap = unknownPart(connection)
  const finding =
    ruleset === null ? unknownEntry(why) : gap === null ? judged(connection, ruleset, role, profile) : unknownEntry(gap)
  return { connection, ...finding, severity: severityOf(connection, finding.result) }
}

/** Only what is needed now is critical. What is merely likely is at most a warning. */
function severityOf({ kind, user, address }: RequiredConnection, result: HbaResult): Health {
  if (result === 'good') return 'ok'
  if (result === 'unknown') return 'unknown'
  const isNow = kind === 'replicates from' || kind === 'uses' || kind === 'watches'
  return result !== 'weak' && isNow && !user.assumed && !address.assumed ? 'critical' : 'warning'
}

function unknownPart({ user, address, database, local }: RequiredConnection): string | null {
  if (user.value === null) return `its user is unknown: ${user.source}`
  if (database.value === null) return `its database is unknown: ${database.source}`
  return local || address.value !== null ? null : `its address is unknown: ${address.source}`
}

function unknownEntry(message: string): Finding {
  return { result: 'unknown', decision: null, tls: null, weaknesses: [], message, proposal: null }
}

/** The needed connection, with or without TLS. */
function toHbaConnection(
  connection: RequiredConnection,
  ssl: boolean,
  role: HbaRole | null,
  { reading }: HbaRuleset,
): HbaConnection {
  const { user, address, database, replication, local, gss, name } = connection
  return {
    type: local ? 'local' : 'host',
    ssl: ssl && !local,
    gss: gss && !local,
    database: replication ? '' : (database.value ?? ''),
    user: user.value ?? '',
    address: local || address.value === null ? null : parseIpAddress(address.value),
    ...clientNaming(address.value, name, reading.hostNames ?? null),
    replication,
    memberOf: role?.memberOf ?? [],
  }
}

function judged(
  required: RequiredConnection,
  ruleset: HbaRuleset,
  role: HbaRole | null,
  profile: AuditedDatabase['profile'],
): Finding {
  const attempts = required.tls.map((ssl) => {
    const connection = toHbaConnection(required, ssl, role, ruleset)
    return { ssl, connection, verdict: decideByRuleset(ruleset, connection) }
  })
  const first = attempts.find(({ verdict }) => verdict.result === 'allow') ?? attempts[0]
  if (!first) return unknownEntry('how it connects is unknown')
  const { ssl, connection, verdict } = first
  const record = decidingRecord(ruleset, verdict)
  const audited = conclusion(required, { ruleset, verdict, record, ssl, role, profile })
  const mends = audited.mends ?? ['missing', 'rejected'].includes(audited.result)
  return {
    result: audited.result,
    decision: verdict,
    tls: required.local ? null : ssl,
    weaknesses: record ? hbaWeaknesses(record) : [],
    message: audited.message,
    proposal: mends ? proposeHbaLine(required, connection, ruleset, verdict, role) : null,
  }
}

interface Conclusion {
  readonly result: HbaResult
  readonly message: string
  /** Whether another line would help; absent: depends on the result. */
  readonly mends?: boolean
}

interface DecidedConnection {
  readonly ruleset: HbaRuleset
  readonly verdict: HbaDecision
  readonly record: HbaRecord | null
  readonly ssl: boolean
  readonly role: HbaRole | null
  readonly profile: AuditedDatabase['profile']
}

function conclusion(
  connection: RequiredConnection,
  { ruleset, verdict, record, ssl, role, profile }: DecidedConnection,
): Conclusion {
  const line = `line ${verdict.line}`
  if (verdict.result === 'unknown') return { result: 'unknown', message: `${line}: ${verdict.error}` }
  if (record === null) return { result: 'missing', message: 'no line allows it' }
  const broken = ruleset.correctedLines.get(record)
  if (broken) return { result: 'missing', message: `${line} would match it, but is broken: ${broken.explanation}` }
  if (verdict.result === 'reject') return { result: 'rejected', message: `${line} rejects it` }
  const login = loginProblem(connection, { record, ruleset, ssl, role })
  if (login) return login
  const lets = `${line} allows it, with ${clean(record.method)}${externalJudgeText(record)}`
  if (connection.replication && profile.isDocumentedHbaLine?.(record)) {
    return { result: 'good', message: `${lets}: the form of the product’s documentation; scram-sha-256 is stronger` }
  }
  const weak = hbaWeaknesses(record)
  if (weak.length === 0) return { result: 'good', message: lets }
  return { result: 'weak', message: `${lets}: ${weak.map((each) => HBA_WEAKNESS_TEXT[each]).join(', ')}` }
}

/** External services that make the final decision and can't be asked here. */
const EXTERNAL_JUDGES: Readonly<Record<string, string>> = {
  ldap: 'the LDAP server',
  pam: 'PAM',
  bsd: 'BSD authentication',
  radius: 'the RADIUS server',
  gss: 'Kerberos',
  sspi: 'SSPI',
  oauth: 'the OAuth validator',
}

function externalJudgeText({ method }: HbaRecord): string {
  const judge = EXTERNAL_JUDGES[method]
  return judge === undefined ? '' : `; pgdeck can’t ask whether ${judge} accepts the login`
}
