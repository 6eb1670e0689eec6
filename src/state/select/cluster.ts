// Which cluster and which pane the screen shows now.

import { muted, type Silence } from '../../model/alerts/silence.ts'
import type { Alert, DatabaseView, Health, Picture, ServerView } from '../../model/picture/picture.ts'
import { isWhole, type Subject } from '../../model/picture/subject.ts'
import type { PaneId } from '../navigation.ts'
import type { ClusterState, State } from '../state.ts'

/** The cluster on the screen: the one asked for, else the first; null when nothing is watched. */
export function shownCluster(state: State): ClusterState | null {
  const { cluster } = state.navigation
  return state.clusters.find(({ spec }) => spec.name === cluster) ?? state.clusters[0] ?? null
}

const WORST_FIRST: readonly Health[] = ['critical', 'warning', 'unknown', 'ok']

/** The cluster that is worst off, the first of several; null when nothing is watched. */
export function worstCluster({ clusters }: Pick<State, 'clusters'>): ClusterState | null {
  const rank = ({ picture }: ClusterState) => WORST_FIRST.indexOf(picture?.health ?? 'unknown')
  return clusters.reduce<ClusterState | null>(
    (worst, each) => (worst && rank(worst) <= rank(each) ? worst : each),
    null,
  )
}

/** True where the screen is about all clusters, of which there are several, and not about one of them. */
export function showsFleet({ navigation, clusters }: State): boolean {
  return navigation.view === 'fleet' && navigation.details === null && clusters.length > 1
}

/** The topology's panes that have something to show: a cluster of databases alone has no servers. */
export function shownPanes(cluster: ClusterState): readonly PaneId[] {
  return cluster.spec.servers.length > 0 ? ['servers', 'databases', 'events'] : ['databases', 'events']
}

/** Which of a view's panes has the keys: the one last focused, else the first. */
export function paneWithFocus(state: State, panes: readonly PaneId[]): PaneId {
  const { pane } = state.navigation
  return panes.includes(pane) ? pane : (panes[0] ?? pane)
}

/** The name to show for an id of a server or database; the id itself when it is neither. */
export function displayNameOf(picture: Picture, id: string | null): string {
  if (id === null) return '?'
  return findNode(picture, id)?.node.name ?? id
}

/** The address of a server or database as messages about it name it, `host:port`; empty for anything else. */
export function nodeAddress(cluster: ClusterState, subject: Subject): string {
  const database = cluster.databases.find(({ spec }) => isWhole(subject, spec.id))?.spec
  if (database) return `${database.host}:${database.port}`
  const server = cluster.servers.find(({ spec }) => isWhole(subject, spec.id))?.spec
  return server && URL.canParse(server.url) ? `${new URL(server.url).hostname}:${server.port}` : ''
}

export type PaneNode =
  | { readonly pane: 'servers'; readonly node: ServerView }
  | { readonly pane: 'databases'; readonly node: DatabaseView }

/** The server or database with this id. */
export function findNode(picture: Picture, id: string): PaneNode | null {
  const server = picture.servers.find((candidate) => candidate.id === id)
  if (server) return { pane: 'servers', node: server }
  const database = picture.databases.find((candidate) => candidate.id === id)
  return database ? { pane: 'databases', node: database } : null
}

/** The server or database that an alert or event is about as a whole; null for a part of one, a host or the cluster. */
export function findSubjectNode(picture: Picture, { owner, part }: Subject): PaneNode | null {
  return part === null ? findNode(picture, owner) : null
}

/** Alerts in force, the worst first, then the oldest. */
export function alertsBySeverity(picture: Picture): readonly Alert[] {
  const weight = (alert: Alert) => (alert.severity === 'critical' ? 0 : 1)
  return [...picture.alerts].sort((a, b) => weight(a) - weight(b) || a.since - b.since)
}

/** The alert to tell where there is room for one: the worst that is not muted, else the worst, and what mutes it. */
export function mostUrgentAlert(
  { picture, silences }: Pick<ClusterState, 'picture' | 'silences'>,
  now: number,
): { readonly alert: Alert; readonly quiet: Silence | null } | null {
  const all = (picture ? alertsBySeverity(picture) : []).map((alert) => ({ alert, quiet: muted(alert, silences, now) }))
  return all.find(({ quiet }) => quiet === null) ?? all[0] ?? null
}
