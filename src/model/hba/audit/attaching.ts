// The lines that pg_hba.conf of a database needs before a plan attaches certain standbys and servers to it, as far as
// these lines alone are enough.

import { withAddedHbaLines } from '../match/ruleset.ts'
import type { HbaAuditInput, RequiredConnectionKind } from '../required/required-connection.ts'
import type { HbaRecord } from '../syntax/record.ts'
import { type AfterFailoverAudit, auditAfterFailover, type MissingHbaLine, missingHbaLines } from './after-failover.ts'
import { auditHba, type HbaAudit } from './audit.ts'
import type { HbaAuditEntry } from './entry.ts'

const BETWEEN_DATABASES: readonly RequiredConnectionKind[] = ['replicates from', 'may replicate from']

/** Ids of those that connect to one database at the end of a plan. */
export interface AttachingClients {
  readonly followers: readonly string[]
  readonly servers: readonly string[]
}

export interface AttachingAudit extends AfterFailoverAudit {
  /** Of the missing lines those with which everyone whom they are for is admitted. */
  readonly addable: readonly MissingHbaLine[]
  /** Ids of those for whom they are. */
  readonly admitted: readonly string[]
  /** Those refused now that are admitted with these lines. */
  readonly helped: readonly HbaAuditEntry[]
  /** Why the other missing lines are not among them, as one sentence; null: all are. */
  readonly whyNot: string | null
}

/** Audits the connections of these clients to that database. */
export function auditAttaching(known: HbaAuditInput, targetId: string, clients: AttachingClients): AttachingAudit {
  const audit = auditHba(known)
  const isTheirs = ({ connection: { fromId, kind } }: HbaAuditEntry) =>
    fromId !== null && (BETWEEN_DATABASES.includes(kind) ? clients.followers : clients.servers).includes(fromId)
  const attaching = { ...audit, entries: audit.entries.filter(isTheirs) }
  const found = auditAfterFailover(attaching, targetId)
  const proposed = found.refused.filter(({ proposal }) => proposal !== null)
  const otherwise = proposed.filter((entry) => !isByPassword(presentMethod(audit, entry)))
  const [first] = otherwise
  const helped = helpedEntries(
    known,
    attaching,
    targetId,
    proposed.filter((entry) => !otherwise.includes(entry)),
  )
  const broken = audit.nodes.find(({ id }) => id === targetId)?.invalidLines.some(({ corrected }) => corrected === null)
  const entries = broken ? [] : helped
  const whyNot = broken
    ? 'its pg_hba.conf has a line that PostgreSQL refuses'
    : first
      ? `${first.connection.from} logs in by ${presentMethod(audit, first)} now, and these lines ask for a password`
      : found.refused.length > entries.length
        ? 'a line alone does not help there'
        : null
  return {
    ...found,
    addable: entries.length === 0 ? [] : missingHbaLines({ ...attaching, entries }, targetId),
    admitted: [...new Set(entries.flatMap(({ connection: { fromId } }) => fromId ?? []))],
    helped: entries,
    whyNot,
  }
}

/** Those that the audit admits once the proposed lines of all of them are in the file. */
function helpedEntries(
  known: HbaAuditInput,
  audit: HbaAudit,
  targetId: string,
  entries: readonly HbaAuditEntry[],
): readonly HbaAuditEntry[] {
  const there = known.snapshots.get(targetId)
  if (entries.length === 0 || !there?.reading.known) return []
  const reading = withAddedHbaLines(there.reading, missingHbaLines({ ...audit, entries }, targetId))
  const then = auditHba({ ...known, snapshots: new Map([...known.snapshots, [targetId, { ...there, reading }]]) })
  const admitted = new Set(
    then.entries.flatMap(({ connection, result }) => (result === 'good' || result === 'weak' ? [connection.id] : [])),
  )
  return entries.filter(({ connection }) => admitted.has(connection.id))
}

/** The method by which it logs in where it is connected now; null if unknown. */
function presentMethod({ entries, nodes }: HbaAudit, { connection }: HbaAuditEntry): string | null {
  const now = entries.find(
    (each) =>
      each.connection.fromId === connection.fromId &&
      each.connection.replication === connection.replication &&
      (each.connection.kind === 'replicates from' || each.connection.kind === 'uses') &&
      each.decision?.result === 'allow',
  )
  const reading = nodes.find(({ id }) => id === now?.connection.toId)?.reading
  const records: readonly HbaRecord[] = reading?.known ? reading.rules.records : []
  const { file, line } = now?.decision ?? {}
  return records.find((record) => record.file === file && record.line === line)?.method ?? null
}

const BY_PASSWORD: readonly string[] = ['scram-sha-256', 'md5', 'password']

/** Roles and passwords are those of the present upstream. An unknown method counts: a password is what is usual. */
function isByPassword(method: string | null): boolean {
  return method === null || BY_PASSWORD.includes(method)
}
