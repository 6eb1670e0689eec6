// Finds the deciding line of pg_hba.conf for connections of a diagnosis: both directions of a link, and application
// servers.

import type { DatabaseConfig } from '../../config/config.ts'
import type { CauseId } from '../../model/diagnosis/causes.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from '../../model/diagnosis/check-result.ts'
import { auditHba } from '../../model/hba/audit/audit.ts'
import type { HbaAuditEntry } from '../../model/hba/audit/entry.ts'
import type { HbaSnapshot } from '../../model/measured/connected-clients.ts'
import { hbaProbe } from '../../probes/database/hba/hba-query.ts'
import { profileOf } from '../../profiles/facts.ts'
import { nodeAddressesOf } from '../hosts/node-addresses.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import { diagnosedName } from './replication-link.ts'

const LOOK_MS = 5_000

/** A connection that pg_hba.conf must allow. */
export interface HbaCheckInput {
  readonly fromId: string
  /** The role of the standby as it reports it; else as its configuration and its upstream show. */
  readonly user: string | null
  readonly to: DatabaseConfig
  /** The cause if it is refused. */
  readonly cause: CauseId
  /** The cause if a line allows it but the login fails. */
  readonly loginCause: CauseId
  /** Only a connection that is needed now can explain a failure now. */
  readonly isNeededNow: boolean
  /** The connection works now: a refusing line matters only for the next one. */
  readonly works: boolean
  /** The address it connects to, if that is none of `to`: its source address is unknown then. */
  readonly gateway: string | null
}

/** Finds the deciding line for one connection, by the rules in force on the server. */
export async function judgeHbaEntry(readings: DiagnosisReadings, entry: HbaCheckInput): Promise<DiagnosisOutcome> {
  const { to, isNeededNow, works, gateway } = entry
  const rules = await readHbaRules(readings, entry)
  const worst = worstEntry(readings, entry, rules)
  const name = diagnosedName(readings, to.spec.id)
  if (!worst) return skipped(`no connection to ${name} is needed`)
  const reading = rules.snapshots.get(to.spec.id)?.reading
  const at = reading?.readAt ?? null
  if (worst.result === 'unknown') return unknownOutcome(worst.message, reading?.missing[0]?.grant ?? null, at)
  const words = sentenceOf(worst)
  if (!MATTERS.has(worst.result)) return ok(words, at)
  const cause = worst.result === 'fails' ? entry.loginCause : entry.cause
  const next = nextOf(worst, name)
  if (!isNeededNow || works) return warn(cause, words, { certainty: 'likely', next, at })
  if (gateway !== null) {
    const evidence = `${words}; it connects to ${gateway}, so ${name} may see it from another address`
    const readServerLog = `see the server log of ${name} for what it refuses`
    return fail(cause, evidence, { certainty: 'possible', next: readServerLog, at })
  }
  const inForce = reading?.known === true && reading.reloadState !== 'edited' && reading.reloadState !== 'broken'
  return fail(cause, words, { certainty: inForce && !isGuess(worst) ? 'certain' : 'likely', next, at })
}

/** By database: its rules, or why they could not be read. */
interface HbaRules {
  readonly snapshots: ReadonlyMap<string, HbaSnapshot>
  readonly unreadReasons: ReadonlyMap<string, string>
}

/** The rules of both ends of the connection. */
async function readHbaRules(readings: DiagnosisReadings, { to, fromId }: HbaCheckInput): Promise<HbaRules> {
  const snapshots = new Map<string, HbaSnapshot>()
  const unreadReasons = new Map<string, string>()
  const ends = readings.input.config.databases.filter((config) => config === to || config.spec.id === fromId)
  const nodeAddresses = nodeAddressesOf(readings.input.config)
  for (const config of ends) {
    const { id } = config.spec
    const reply = await readings.readOnce(`pg_hba.conf of ${id}`, LOOK_MS, (signal) =>
      hbaProbe.read({ session: readings.session(config), nodeAddresses }, signal),
    )
    if ('value' in reply) snapshots.set(id, reply.value)
    else unreadReasons.set(id, reply.fault.message)
  }
  return { snapshots, unreadReasons }
}

/** What the audit says of the connection; the worst where there are several, of several addresses or databases. */
function worstEntry(
  { input: { picture, snapshot } }: DiagnosisReadings,
  { fromId, user, to }: HbaCheckInput,
  rules: HbaRules,
): HbaAuditEntry | null {
  const databases = snapshot.databases.map((record) => {
    const { spec } = record
    return spec.id === fromId && user !== null ? { ...record, spec: { ...spec, replicationUser: user } } : record
  })
  const profile = profileOf(snapshot.spec.profile)
  const { entries } = auditHba({ snapshot: { ...snapshot, databases }, picture, profile, ...rules })
  const mine = entries.filter(({ connection }) => connection.toId === to.spec.id && connection.fromId === fromId)
  return mine.toSorted((a, b) => WORST.indexOf(a.result) - WORST.indexOf(b.result))[0] ?? null
}

const WORST: readonly HbaAuditEntry['result'][] = ['rejected', 'missing', 'fails', 'unknown', 'weak', 'good']
const MATTERS: ReadonlySet<HbaAuditEntry['result']> = new Set<HbaAuditEntry['result']>(['rejected', 'missing', 'fails'])

function isGuess({ connection: { user, address } }: HbaAuditEntry): boolean {
  return user.assumed || address.assumed
}

function sentenceOf({ connection, message, decision }: HbaAuditEntry): string {
  const who = `${connection.replication ? 'replication' : (connection.database.value ?? '?')} as ${connection.user.value ?? '?'} from ${connection.address.value ?? '?'}`
  const rule = decision?.rule == null ? '' : ` (${decision.rule})`
  return `${who}: ${message}${rule}`
}

function nextOf({ proposal, result }: HbaAuditEntry, name: string): string {
  if (!proposal) return `h, or pgdeck hba audit ${name}`
  const place = proposal.before === null ? 'at its end' : `before line ${proposal.before}`
  const how = proposal.replaces === null ? `add ${place}` : `replace line ${proposal.replaces} by`
  const why = result === 'rejected' ? ' (the first line that matches decides)' : ''
  return `in pg_hba.conf of ${name} ${how}: ${proposal.line}${why}; then SELECT pg_reload_conf()`
}
