// Which cluster and which pane the screen shows.

import { muted, type Silence } from '../../model/alerts/silence.ts'
import type { EntryPointView } from '../../model/measured/entry-points/entry-point-view.ts'
import type { Alert, AlertRule, DatabaseView, Health, Picture, ServerView } from '../../model/picture/picture.ts'
import { isWhole, type Subject } from '../../model/picture/subject.ts'
import type { PaneId } from '../navigation.ts'
import type { ClusterState, State } from '../state.ts'

/** Returns the cluster on the screen: the requested one, else the first; null if none is watched. */
export function shownCluster(state: State): ClusterState | null {
  const { cluster } = state.navigation
  return state.clusters.find(({ spec }) => spec.name === cluster) ?? state.clusters[0] ?? null
}

const WORST_FIRST: readonly Health[] = ['critical', 'warning', 'unknown', 'ok']

/** Returns the cluster in the worst health, the first of several; null if none is watched. */
export function worstCluster({ clusters }: Pick<State, 'clusters'>): ClusterState | null {
  const rank = ({ picture }: ClusterState) => WORST_FIRST.indexOf(picture?.health ?? 'unknown')
  return clusters.reduce<ClusterState | null>(
    (worst, each) => (worst && rank(worst) <= rank(each) ? worst : each),
    null,
  )
}

/** True if the screen shows all of several clusters instead of one. */
export function showsFleet({ navigation, clusters }: State): boolean {
  return navigation.view === 'fleet' && navigation.details === null && clusters.length > 1
}

/** The panes of the topology with content: without application servers there is no servers pane, and so on. */
export function shownPanes(cluster: ClusterState): readonly PaneId[] {
  const { servers, poolers, proxies, addresses } = cluster.spec
  return [
    ...(servers.length > 0 ? (['servers'] as const) : []),
    ...(poolers || proxies || addresses ? (['entry-points'] as const) : []),
    'databases',
    'events',
  ]
}

/** The pane of a view that receives the keys: the one last focused, else the first of servers and databases. */
export function paneWithFocus(state: State, panes: readonly PaneId[]): PaneId {
  const { pane } = state.navigation
  return panes.includes(pane) ? pane : (panes.find((each) => each !== 'entry-points') ?? pane)
}

/** The display name of a server or database id; the id itself if it is neither. */
export function displayNameOf(picture: Picture, id: string | null): string {
  if (id === null) return '?'
  return findNode(picture, id)?.node.name ?? id
}

/** The address of a server or database in messages, `host:port`; empty for anything else. */
export function nodeAddress(cluster: ClusterState, subject: Subject): string {
  const database = cluster.databases.find(({ spec }) => isWhole(subject, spec.id))?.spec
  if (database) return `${database.host}:${database.port}`
  const entryPoint = cluster.entryPoints?.find(({ spec }) => isWhole(subject, spec.id))
  if (entryPoint) {
    if (entryPoint.kind === 'proxy') return ''
    return `${entryPoint.spec.host}:${entryPoint.spec.port}`
  }
  const server = cluster.servers.find(({ spec }) => isWhole(subject, spec.id))?.spec
  return server && URL.canParse(server.url) ? `${new URL(server.url).hostname}:${server.port}` : ''
}

export type PaneNode =
  | { readonly pane: 'servers'; readonly node: ServerView }
  | { readonly pane: 'entry-points'; readonly node: EntryPointView }
  | { readonly pane: 'databases'; readonly node: DatabaseView }

/** The server, entry point or database with this id. */
export function findNode(picture: Picture, id: string): PaneNode | null {
  const server = picture.servers.find((candidate) => candidate.id === id)
  if (server) return { pane: 'servers', node: server }
  const entryPoint = picture.entryPoints.find((candidate) => candidate.id === id)
  if (entryPoint) return { pane: 'entry-points', node: entryPoint }
  const database = picture.databases.find((candidate) => candidate.id === id)
  return database ? { pane: 'databases', node: database } : null
}

/** The type of a server, or the role of a database: what serves the users is one of them. null for anything else. */
export function servingKind(found: PaneNode | null): ServerView['type'] | DatabaseView['role'] | null {
  if (found?.pane === 'servers') return found.node.type
  return found?.pane === 'databases' ? found.node.role : null
}

/** The server, entry point or database that an alert or event is about as a whole; null for a part of it, a host or the cluster. */
export function findSubjectNode(picture: Picture, { owner, part }: Subject): PaneNode | null {
  return part === null ? findNode(picture, owner) : null
}

/** Active alerts, the worst first, then the oldest. */
export function alertsBySeverity(picture: Picture): readonly Alert[] {
  const weight = (alert: Alert) => (alert.severity === 'critical' ? 0 : 1)
  return [...picture.alerts].sort((a, b) => weight(a) - weight(b) || a.since - b.since)
}

/** What concerns all users, or whatever is seen from here, comes before what is down. */
const FIRST: readonly AlertRule[] = ['split-brain', 'nobody-serves', 'primary-read-only', 'commits-wait', 'cut-off']

function urgency({ rule, severity }: Alert): number {
  const place = FIRST.indexOf(rule)
  return severity === 'critical' && place >= 0 ? place : FIRST.length
}

/**
 * The alert to show if there is room for one: the worst that is not muted, else the worst with its silence. `of`: only
 * of that severity.
 */
export function mostUrgentAlert(
  { picture, silences }: Pick<ClusterState, 'picture' | 'silences'>,
  now: number,
  of: Alert['severity'] | null = null,
): { readonly alert: Alert; readonly quiet: Silence | null } | null {
  const all = (picture ? alertsBySeverity(picture) : [])
    .filter(({ severity }) => of === null || severity === of)
    .toSorted((a, b) => (a.severity === b.severity ? urgency(a) - urgency(b) : 0))
    .map((alert) => ({ alert, quiet: muted(alert, silences, now) }))
  return all.find(({ quiet }) => quiet === null) ?? all[0] ?? null
}
