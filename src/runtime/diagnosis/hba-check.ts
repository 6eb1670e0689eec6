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
  const { to, fromId, user, isNeededNow, works, gateway } = entry
  const looks = new Map<string, HbaSnapshot>()
  const unread = new Map<string, string>()
  for (const config of readings.input.config.databases) {
    if (config !== to && config.spec.id !== fromId) continue
    const told = await readings.readOnce(`pg_hba.conf of ${config.spec.id}`, LOOK_MS, (signal) => {
      const nodeAddresses = nodeAddressesOf(readings.input.config)
      return hbaProbe.read({ session: readings.session(config), nodeAddresses }, signal)
    })
    if ('value' in told) looks.set(config.spec.id, told.value)
    else unread.set(config.spec.id, told.fault.message)
  }
  const { picture } = readings.input
  const databases = readings.input.snapshot.databases.map((record) => {
    const { spec } = record
    return spec.id === fromId && user !== null ? { ...record, spec: { ...spec, replicationUser: user } } : record
  })
  const snapshot = { ...readings.input.snapshot, databases }
  const profile = profileOf(snapshot.spec.profile)
  const { entries } = auditHba({ snapshot, picture, profile, snapshots: looks, unreadReasons: unread })
  const mine = entries.filter(({ connection }) => connection.toId === to.spec.id && connection.fromId === fromId)
  const [worst] = mine.toSorted((a, b) => WORST.indexOf(a.result) - WORST.indexOf(b.result))
  if (!worst) return skipped(`no connection to ${diagnosedName(readings, to.spec.id)} is needed`)
  const at = looks.get(to.spec.id)?.reading.readAt ?? null
  const grant = looks.get(to.spec.id)?.reading.missing[0]?.grant ?? null
  if (worst.result === 'unknown') return unknownOutcome(worst.message, grant, at)
  const words = sentenceOf(worst)
  if (!MATTERS.has(worst.result)) return ok(words, at)
  const sight = looks.get(to.spec.id)?.reading
  const inForce = sight?.known === true && sight.reloadState !== 'edited' && sight.reloadState !== 'broken'
  const cause = worst.result === 'fails' ? entry.loginCause : entry.cause
  const name = diagnosedName(readings, to.spec.id)
  if (gateway !== null && isNeededNow && !works) {
    const evidence = `${words}; it connects to ${gateway}, so ${name} may see it from another address`
    return fail(cause, evidence, {
      certainty: 'possible',
      next: `see the server log of ${name} for what it refuses`,
      at,
    })
  }
  const next = nextOf(worst, name)
  if (!isNeededNow || works) return warn(cause, words, { certainty: 'likely', next, at })
  return fail(cause, words, { certainty: inForce && !isGuess(worst) ? 'certain' : 'likely', next, at })
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
