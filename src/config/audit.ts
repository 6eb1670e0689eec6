// The audit of an application server: from the entry of the config to what the program uses, and in words.

import { AUDIT_FIELDS } from '../model/application-audit/entry.ts'
import { parseLinePattern } from '../model/application-audit/line-pattern.ts'
import type { AuditFormat } from '../model/application-audit/parse-records.ts'
import { clean } from '../model/values/text.ts'
import type { AuditSource } from './config.ts'
import { resolveLocalCommand } from './paths.ts'
import type { RawCluster, RawServer } from './schema/file.ts'
import { resolveSearchPath } from './search-path.ts'

type RawSource = Exclude<NonNullable<RawServer['audit']>, readonly unknown[]>

/** The sources, with a relative program beside the file (`folder`) if its host is this one; none where the config says nothing. */
export function resolveAuditSources(
  server: RawServer,
  cluster: Pick<RawCluster, 'databases' | 'hosts'>,
  folder: string,
): readonly AuditSource[] {
  const raw = server.audit === undefined ? [] : Array.isArray(server.audit) ? server.audit : [server.audit]
  return (raw as readonly RawSource[]).map((source) => resolveSource(source, server, cluster, folder))
}

function resolveSource(
  raw: RawSource,
  server: RawServer,
  { databases, hosts }: Pick<RawCluster, 'databases' | 'hosts'>,
  folder: string,
): AuditSource {
  const form = { format: formatOf(raw), timeZone: raw.timeZone ?? null, category: raw.category ?? null }
  const host = raw.host ?? server.host ?? ''
  if (raw.sql !== undefined) {
    const database = raw.database ?? server.database ?? ''
    const usual = databases.find(({ name }) => name === database)?.searchPath
    return { kind: 'sql', sql: raw.sql, database, searchPath: resolveSearchPath(raw.searchPath ?? usual), form }
  }
  if (raw.file !== undefined) return { kind: 'file', file: raw.file, host, form }
  const isHere = hosts.some(({ name, local }) => name === host && local === true)
  const command = isHere ? resolveLocalCommand(raw.command ?? [], folder) : (raw.command ?? [])
  return { kind: 'command', command, host, form }
}

function formatOf({ columns, pattern, fields }: RawSource): AuditFormat {
  if (columns) return { kind: 'csv', columns: columns.map((name) => (name === '-' ? null : name)) }
  const parsed = pattern === undefined ? null : parseLinePattern(pattern)
  if (parsed && !('problem' in parsed)) return { kind: 'text', pattern: parsed }
  const [time, who, category, what, from, result] = AUDIT_FIELDS.map((name) => fields?.[name] ?? name)
  return {
    kind: 'json',
    fields: {
      time: time ?? 'time',
      who: who ?? 'who',
      category: category ?? 'category',
      what: what ?? 'what',
      from: from ?? 'from',
      result: result ?? 'result',
    },
  }
}

/** `/opt/app/audit.log on h1`, `a query on db-1`. Arguments of programs may hold secrets. */
export function auditSourceText(source: AuditSource): string {
  switch (source.kind) {
    case 'sql':
      return clean(`a query on ${source.database}`)
    case 'file':
      return clean(`${source.file} on ${source.host}`)
    case 'command':
      return clean(`${source.command[0]} on ${source.host}`)
  }
}
