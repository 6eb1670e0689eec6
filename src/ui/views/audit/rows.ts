// The entries of a cluster as rows of the view of the audit: those of pgdeck and those of the applications, by time.

import { categoryOfText } from '../../../model/application-audit/category.ts'
import { type ApplicationAuditEntry, sureClockDifference } from '../../../model/application-audit/entry.ts'
import type { AuditCategory, AuditEntry, Principal } from '../../../model/events/audit-entry.ts'
import { type ExchangeOutage, exchangeOutages, isDuringOutage } from '../../../model/events/exchange-outage.ts'
import type { ServerType } from '../../../model/measured/spec.ts'
import { mirroredIds } from '../../../model/replication/mirrored-pair.ts'
import { isHistoryShown } from '../../../state/select/shown-state.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { memoizeLatest } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'

/** An entry of an application, with its source. */
export interface ApplicationEntryOfRow {
  readonly entry: ApplicationAuditEntry
  /** Its source, in words. */
  readonly from: string
  /** How far the clock of the source is ahead, in milliseconds; 0 if that is not sure. */
  readonly clockAheadMs: number
}

export interface AuditRow extends ViewRow {
  /** Milliseconds since the epoch, as written. */
  readonly at: number
  /** The same by the clock of this host: rows are in this order. */
  readonly placedAt: number
  readonly origin:
    | { readonly kind: 'pgdeck'; readonly entry: AuditEntry }
    | { readonly kind: 'application'; readonly application: ApplicationEntryOfRow }
  readonly who: string
  readonly category: AuditCategory | null
  readonly categoryText: string
  readonly what: string
  readonly result: string
  /** Id of the server or database; null for the cluster as a whole. */
  readonly server: string | null
  /** Display name of its server or database; its id if it is no longer watched; null for the cluster as a whole. */
  readonly name: string | null
  /** The kind of that node now; null for the cluster, and for a node that is no longer watched. */
  readonly serverType: ServerType | 'database' | null
  /** During an outage of the exchange of mirrored databases: the display name of the database of its side; null otherwise. */
  readonly outageSide: string | null
}

/** All entries of this cluster and of none in particular, the newest first. At a recorded moment only those before it. */
export function auditRows(state: State, cluster: ClusterState): readonly AuditRow[] {
  return rowsOf(state.auditEntries, cluster, isHistoryShown(state) ? state.now : null)
}

/** The outages of the exchange of mirrored databases that are known, the newest first; none in other clusters. */
export function auditOutages(state: State, cluster: ClusterState): readonly ExchangeOutage[] {
  return outagesOf(state.auditEntries, cluster)
}

const outagesOf = memoizeLatest((log: readonly AuditEntry[], { spec, picture }: ClusterState) => {
  const pair = mirroredIds(spec)
  return pair ? exchangeOutages(log.filter(isOf(spec.name)), pair, picture?.mirroring ?? []) : []
})

const rowsOf = memoizeLatest((log: readonly AuditEntry[], cluster: ClusterState, until: number | null) => {
  const outages = outagesOf(log, cluster)
  const all = [...log.filter(isOf(cluster.spec.name)).map(rowOfEntry), ...applicationRows(cluster)]
  const seen = new Map<string, number>()
  return all
    .filter(({ placedAt }) => until === null || placedAt <= until)
    .toSorted((one, other) => other.placedAt - one.placedAt)
    .toReversed()
    .map((row): AuditRow => {
      const times = seen.get(row.id) ?? 0
      seen.set(row.id, times + 1)
      const node = nodeOf(row.server, cluster)
      return {
        ...row,
        id: times === 0 ? row.id : `${row.id}:${times}`,
        subject: node && row.server,
        name: node?.name ?? row.server,
        serverType: node?.serverType ?? null,
        outageSide: isDuringOutage(outages, row.placedAt) ? sideOf(row.server, cluster) : null,
      }
    })
    .reverse()
})

type RowOfSource = Omit<AuditRow, 'name' | 'serverType' | 'outageSide' | 'subject'>

function isOf(name: string) {
  return ({ cluster }: AuditEntry) => cluster === name || cluster === null
}

function rowOfEntry(entry: AuditEntry): RowOfSource {
  const { at, server, category, what } = entry
  return {
    id: `${at}:${server ?? ''}:${category}:${what}`,
    at,
    placedAt: at,
    origin: { kind: 'pgdeck', entry },
    who: auditPrincipalText(entry),
    category,
    categoryText: category,
    what,
    result: auditResultText(entry.result),
    server,
  }
}

function applicationRows({ servers }: ClusterState): readonly RowOfSource[] {
  return servers.flatMap(({ spec, audits = [] }) =>
    audits.flatMap(({ entries, clockAheadMs }, index) => {
      const ahead = sureClockDifference(clockAheadMs)
      const from = spec.auditSources?.[index] ?? ''
      return entries.map((entry) =>
        rowOfApplication(spec.id, `${spec.id}:${index}`, { entry, from, clockAheadMs: ahead }),
      )
    }),
  )
}

function rowOfApplication(server: string, source: string, application: ApplicationEntryOfRow): RowOfSource {
  const { at, who, from, category, what, result } = application.entry
  const known = categoryOfText(category)
  return {
    id: `${at}:${source}:${who ?? ''}:${what}`,
    at,
    placedAt: at - application.clockAheadMs,
    origin: { kind: 'application', application },
    who: from === null ? (who ?? '?') : `${who ?? '?'} from ${from}`,
    category: known,
    categoryText: known ?? category ?? '?',
    what,
    result: result ?? '',
    server,
  }
}

function nodeOf(id: string | null, { servers, databases }: ClusterState) {
  const server = servers.find(({ spec }) => spec.id === id)
  if (server) return { name: server.displayName, serverType: server.spec.type }
  const database = databases.find(({ spec }) => spec.id === id)
  return database ? ({ name: database.displayName, serverType: 'database' } as const) : null
}

/** The display name of the database that the server uses, or that it is. */
function sideOf(id: string | null, { servers, databases }: ClusterState): string | null {
  const databaseId = servers.find(({ spec }) => spec.id === id)?.spec.databaseId ?? id
  return databases.find(({ spec }) => spec.id === databaseId)?.displayName ?? null
}

/** `ann from 10.0.0.9`. */
function principalText({ user, ssh }: Principal): string {
  return ssh === null ? user : `${user} from ${ssh}`
}

/**
 * The user of an action, or the user whose pgdeck saw a change of state: nobody must be taken for the cause of a
 * change that he saw.
 */
function auditPrincipalText({ category, who }: AuditEntry): string {
  return category === 'resource' ? `seen by ${principalText(who)}` : principalText(who)
}

/** The outcome of an action, in one line; empty for an entry without an action. */
function auditResultText(result: unknown): string {
  if (result === null || result === undefined) return ''
  return typeof result === 'string' ? result : JSON.stringify(result)
}
