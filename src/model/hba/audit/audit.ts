// Whether pg_hba.conf of every database admits what the topology needs, in both directions of a failover.

import type { HbaReading, HbaRole } from '../../measured/hba-reading.ts'
import type { MissingPrivilege } from '../../measured/pulse.ts'
import type { Health } from '../../picture/picture.ts'
import { areMirrored } from '../../replication/mirrored-pair.ts'
import { clean } from '../../values/text.ts'
import { type HbaRuleset, toHbaRuleset } from '../match/ruleset.ts'
import { requiredConnections } from '../required/all-connections.ts'
import type { HbaAuditInput, RequiredConnection } from '../required/required-connection.ts'
import { HBA_FILE_REFUSED, type InvalidHbaLine } from '../syntax/error-explanations.ts'
import type { HbaRecord } from '../syntax/record.ts'
import { auditConnection, type HbaAuditEntry } from './entry.ts'
import { type HbaWeakness, hbaWeaknesses } from './weaknesses.ts'

/** What is known of the rules of one database. */
export interface HbaNodeAudit {
  readonly id: string
  readonly name: string
  /** null: it could not be read. */
  readonly reading: HbaReading | null
  readonly severity: Health
  /** One sentence: whether its rules are known, and in force. */
  readonly message: string
  readonly invalidLines: readonly InvalidHbaLine[]
  /** Every weak line, also those that decide nothing here. */
  readonly weak: readonly { readonly record: HbaRecord; readonly weaknesses: readonly HbaWeakness[] }[]
  /** What this role may not see. */
  readonly missing: readonly MissingPrivilege[]
}

export interface HbaAudit {
  readonly nodes: readonly HbaNodeAudit[]
  readonly entries: readonly HbaAuditEntry[]
}

/** Returns the whole audit. A database that was not read has only unknown entries. */
export function auditHba(known: HbaAuditInput): HbaAudit {
  const books = new Map<string, HbaRuleset>()
  for (const [id, { reading }] of known.snapshots) if (reading.known) books.set(id, toHbaRuleset(reading))
  const nodes = known.snapshot.databases.map(({ spec, displayName }) => {
    return nodeOf(spec.id, clean(displayName), known, books.get(spec.id) ?? null)
  })
  const whys = new Map(nodes.map(({ id, message }) => [id, message]))
  const entries = requiredConnections(known).map((connection) => {
    const ruleset = books.get(connection.toId) ?? null
    const role = roleOf(connection, known)
    return auditConnection(connection, { ruleset, why: whys.get(connection.toId) ?? '', role, profile: known.profile })
  })
  return { nodes, entries }
}

/** What that database knows of the role. Databases of one system have the same roles. */
function roleOf({ user, toId }: RequiredConnection, { snapshots, picture }: HbaAuditInput): HbaRole | null {
  if (user.value === null) return null
  const snapshot = snapshots.get(toId)
  const own = snapshot?.reading.roles.get(user.value)
  if (own) return own
  if (snapshot?.clients.rolesComplete) return noRole(user.value)
  const systemOf = (id: string) => picture.databases.find((view) => view.id === id)?.systemIdentifier ?? null
  const system = systemOf(toId)
  if (system === null) return null
  for (const [id, { reading }] of snapshots) {
    const isCopy = systemOf(id) === system && !areMirrored(picture, { id }, { id: toId })
    const role = isCopy ? reading.roles.get(user.value) : undefined
    if (role) return role
  }
  return null
}

function noRole(name: string): HbaRole {
  const none = { canLogin: false, superuser: false, replication: false, memberOf: [], password: null }
  return { name, exists: false, ...none }
}

function nodeOf(
  id: string,
  name: string,
  { snapshots, unreadReasons }: HbaAuditInput,
  ruleset: HbaRuleset | null,
): HbaNodeAudit {
  const reading = snapshots.get(id)?.reading ?? null
  const node = {
    id,
    name,
    reading,
    invalidLines: ruleset?.invalidLines ?? [],
    missing: reading ? missingGrants(reading) : [],
  }
  const weak = (ruleset?.records ?? []).flatMap((record) => {
    const weaknesses = hbaWeaknesses(record)
    return weaknesses.length > 0 ? [{ record, weaknesses }] : []
  })
  return { ...node, weak, ...judgement(reading, ruleset, unreadReasons.get(id) ?? 'pgdeck has not read its rules') }
}

/** The missing privileges that matter: a file that was read needs no grant. */
function missingGrants(reading: HbaReading): readonly MissingPrivilege[] {
  if (!reading.known || reading.source === 'rules-view') return reading.missing
  const stillWanted = reading.source === 'file-by-sql' && reading.reloadState === 'unknown' ? /pg_stat_file/ : null
  return reading.missing.filter(({ grant }) => !/ON FUNCTION|pg_hba_file_rules/.test(grant) || stillWanted?.test(grant))
}

function judgement(
  reading: HbaReading | null,
  ruleset: HbaRuleset | null,
  unread: string,
): { readonly severity: Health; readonly message: string } {
  if (reading === null) return { severity: 'unknown', message: unread }
  if (!reading.known || ruleset === null) return { severity: 'unknown', message: reading.why }
  const [first] = ruleset.invalidLines
  if (first) {
    const { line, file, error } = first.problem
    const where = line === null ? clean(file) : `line ${line} of ${clean(file)}`
    return { severity: 'critical', message: `${where} is broken (${clean(error)}): ${HBA_FILE_REFUSED}` }
  }
  if (reading.reloadState === 'edited') return { severity: 'warning', message: `edited, not reloaded: ${reading.why}` }
  const doubt = reading.reloadState === 'unknown' ? 'whether it is in force is unknown: ' : ''
  return { severity: 'ok', message: `${doubt}${reading.why}` }
}

const WORST_FIRST: readonly Health[] = ['critical', 'warning', 'unknown', 'ok']

/** Returns the worst, in the order of exit codes; ok without any. */
export function worstHealth(severities: readonly Health[]): Health {
  return WORST_FIRST.find((each) => severities.includes(each)) ?? 'ok'
}

/** Returns the part of an audit about one server or database: what it needs elsewhere, and what others need of it. */
export function auditOfNode({ nodes, entries }: HbaAudit, id: string): HbaAudit {
  const kept = entries.filter(({ connection }) => connection.fromId === id || connection.toId === id)
  const ids = new Set([id, ...kept.map(({ connection }) => connection.toId)])
  return { nodes: nodes.filter((node) => ids.has(node.id)), entries: kept }
}
