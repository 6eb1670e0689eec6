// The entries of the audit log as rows of its view: those of this cluster, by subject.

import type { AuditEntry, Principal } from '../../../model/events/audit-entry.ts'
import type { ServerType } from '../../../model/measured/spec.ts'
import { isHistoryShown } from '../../../state/select/shown-state.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { memoizeLatest } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'

export interface AuditRow extends ViewRow {
  readonly entry: AuditEntry
  /** Display name of its server or database; its id if it is no longer watched; null for the cluster as a whole. */
  readonly name: string | null
  /** The kind of that node now; null for the cluster, and for a node that is no longer watched. */
  readonly serverType: ServerType | 'database' | null
}

/** All entries of this cluster and of none in particular, the newest first. At a recorded moment only those before it. */
export function auditRows(state: State, cluster: ClusterState): readonly AuditRow[] {
  return rowsOf(
    state.auditEntries,
    cluster.spec.name,
    subjectsKey(cluster),
    isHistoryShown(state) ? state.now : null,
    cluster,
  )
}

const rowsOf = memoizeLatest(
  (trail: readonly AuditEntry[], name: string, _subjects: string, until: number | null, cluster: ClusterState) => {
    const seen = new Map<string, number>()
    return trail
      .filter((entry) => (entry.cluster === name || entry.cluster === null) && (until === null || entry.at <= until))
      .toReversed()
      .map((entry): AuditRow => {
        const { at, server, category, what } = entry
        const id = `${at}:${server ?? ''}:${category}:${what}`
        const times = seen.get(id) ?? 0
        seen.set(id, times + 1)
        const node = subjectOf(server, cluster)
        return {
          id: times === 0 ? id : `${id}:${times}`,
          subject: node && server,
          entry,
          name: node?.name ?? server,
          serverType: node?.serverType ?? null,
        }
      })
      .reverse()
  },
)

/** Besides the audit log, rows depend on names and on the nodes that exist. */
function subjectsKey({ servers, databases }: ClusterState): string {
  return [...servers, ...databases].map(({ spec, displayName }) => `${spec.id}=${displayName}`).join('\n')
}

function subjectOf(id: string | null, { servers, databases }: ClusterState) {
  const server = servers.find(({ spec }) => spec.id === id)
  if (server) return { name: server.displayName, serverType: server.spec.type }
  const database = databases.find(({ spec }) => spec.id === id)
  return database ? ({ name: database.displayName, serverType: 'database' } as const) : null
}

/** `ann from 10.0.0.9`. */
export function principalText({ user, ssh }: Principal): string {
  return ssh === null ? user : `${user} from ${ssh}`
}

/**
 * The user of an action, or the user whose pgdeck saw a change of state: nobody must be taken for the cause of a
 * change that he saw.
 */
export function auditPrincipalText({ category, who }: AuditEntry): string {
  return category === 'resource' ? `seen by ${principalText(who)}` : principalText(who)
}

/** The outcome of an action, in one line; empty for an entry without an action. */
export function auditResultText(result: unknown): string {
  if (result === null || result === undefined) return ''
  return typeof result === 'string' ? result : JSON.stringify(result)
}
