// The document `pgdeck.hba-audit/1`: every needed connection, with the deciding line or the line to add.

import { missingHbaLines } from '../../../model/hba/audit/after-failover.ts'
import { type HbaAudit, type HbaNodeAudit, worstHealth } from '../../../model/hba/audit/audit.ts'
import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import type { SourcedValue } from '../../../model/hba/required/required-connection.ts'
import type { InvalidHbaLine } from '../../../model/hba/syntax/error-explanations.ts'
import type { Health } from '../../../model/picture/picture.ts'
import { clean } from '../../../model/values/text.ts'

/** The audit of one cluster, or the requested part of it. */
export interface AuditedCluster {
  readonly name: string
  readonly audit: HbaAudit
}

/** The health of the whole audit. */
export function hbaAuditHealth(audit: HbaAudit): Health {
  return worstHealth([...audit.nodes, ...audit.entries].map(({ severity }) => severity))
}

/** Unknown values are null. Times are RFC 3339 in UTC. */
export function hbaAuditDocument(clusters: readonly AuditedCluster[], at: number) {
  return { schema: 'pgdeck.hba-audit/1', at: instant(at), clusters: clusters.map(clusterDocument) }
}

function clusterDocument({ name, audit }: AuditedCluster) {
  return {
    name,
    health: hbaAuditHealth(audit),
    databases: audit.nodes.map(nodeDocument),
    entries: audit.entries.map(entryDocument),
    add: missingHbaLines(audit).map(({ toId, line, file, before, replaces, allowedClients, notes }) => ({
      database: toId,
      ...{ line, file: clean(file), before, replaces, lets: allowedClients },
      notes: notes.map(clean),
    })),
  }
}

function nodeDocument({ id, name, reading, severity, message, invalidLines, weak, missing }: HbaNodeAudit) {
  return {
    ...{ name, id },
    health: severity,
    message: clean(message),
    source: reading?.known ? reading.source : null,
    file: reading?.known ? clean(reading.path) : null,
    force: reading?.known ? reading.reloadState : null,
    exact: reading?.known ? reading.exact : null,
    readAt: reading ? instant(reading.readAt) : null,
    broken: invalidLines.map(brokenDocument),
    weak: weak.map(({ record, weaknesses }) => ({
      file: clean(record.file),
      line: record.line,
      rule: clean(record.rule),
      weaknesses,
    })),
    missing,
  }
}

function brokenDocument({ problem, explanation, corrected }: InvalidHbaLine) {
  const { file, line, rule, error } = problem
  return {
    file: clean(file),
    line,
    rule: rule === null ? null : clean(rule),
    error: clean(error),
    explanation: clean(explanation),
    corrected: corrected === null ? null : clean(corrected),
  }
}

function entryDocument({ connection, result, severity, decision, tls, weaknesses, message, proposal }: HbaAuditEntry) {
  const { kind, fromId, from, toId, to, replication, local } = connection
  return {
    from: fromId === null ? null : { name: from, id: fromId },
    need: kind,
    to: { name: to, id: toId },
    type: local ? 'local' : 'host',
    tls,
    replication,
    database: replication ? null : valueText(connection.database),
    user: valueText(connection.user),
    userSource: clean(connection.user.source),
    userAssumed: connection.user.assumed,
    address: local ? null : valueText(connection.address),
    addressSource: clean(connection.address.source),
    result,
    health: severity,
    message: clean(message),
    decision: decision?.result ?? null,
    method: decision?.method ?? null,
    file: decision?.file == null ? null : clean(decision.file),
    line: decision?.line ?? null,
    rule: decision?.rule == null ? null : clean(decision.rule),
    weaknesses,
    considered:
      decision?.consideredLines.map(({ file, line, matches, mismatch }) => ({
        file: clean(file),
        line,
        matches,
        because: mismatch,
      })) ?? null,
    add: proposal && {
      line: proposal.line,
      file: clean(proposal.file),
      before: proposal.before,
      replaces: proposal.replaces,
      notes: proposal.notes.map(clean),
    },
  }
}

function valueText({ value }: SourcedValue): string | null {
  return value === null ? null : clean(value)
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
