// The details of one server, entry point or database, with ages: the page of `enter`.

import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { muted, silenceText } from '../../../model/alerts/silence.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import { isWhole } from '../../../model/picture/subject.ts'
import { findNode, type PaneNode, shownCluster } from '../../../state/select/cluster.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { withoutName } from '../../frame/format/fit-text.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { severityMark } from '../../frame/format/status-text.ts'
import { age, shortInstant } from '../../frame/format/values.ts'
import { type DetailSection, detailField, fieldListLines } from '../../frame/parts/field-list.ts'
import { currentKey } from '../../keys/names.ts'
import type { Viewport } from '../list/view.ts'
import { databaseSections } from './details-database.ts'
import { entryPointSections } from './details-entry-point.ts'
import { managerSection } from './details-manager.ts'
import { replicationSections } from './details-replication.ts'
import { serverSections } from './details-server.ts'

/** All lines of the open details; scrolling picks from them. */
export function detailLines(state: State, screen: Viewport): readonly Line[] {
  const { details } = state.navigation
  const cluster = shownCluster(state)
  if (!details || !cluster) return []
  const { glyphs, columns } = screen
  const node = cluster.picture ? findNode(cluster.picture, details.id) : null
  if (!cluster.picture || !node) {
    return [[span(` ${details.id} is no longer watched, or has not answered yet`, 'warning')]]
  }
  const [first, ...rest] = sectionsOf(cluster, cluster.picture, node, state.now, glyphs)
  const manager = node.pane === 'databases' ? [managerSection(cluster.picture, node.node, state.now)] : []
  const replication =
    node.pane === 'databases' ? replicationSections(cluster.picture, node.node, state.now, glyphs) : []
  const { problem } = node.node
  const trouble: DetailSection = {
    title: 'PROBLEM',
    age: problem ? `for ${age(problem.since, state.now)}` : '',
    fields: problem
      ? [
          ...detailField('what happened', problem.message, 'warning'),
          ...detailField('code', problem.code),
          ...detailField('what to do', problem.hint, 'strong'),
        ]
      : [],
  }
  const alerts = alertsOf(cluster, cluster.picture, node.node, state, screen)
  const events = happeningsOf(state, details.id, screen)
  const sections = [...(first ? [first] : []), trouble, alerts, ...manager, ...replication, ...rest, events]
  return fieldListLines(sections, columns, glyphs.ellipsis)
}

function sectionsOf(
  cluster: ClusterState,
  picture: Picture,
  found: PaneNode,
  now: number,
  glyphs: Glyphs,
): readonly DetailSection[] {
  switch (found.pane) {
    case 'servers':
      return serverSections(cluster, picture, found.node, now, glyphs)
    case 'entry-points':
      return entryPointSections(found.node, now, glyphs)
    case 'databases':
      return databaseSections(cluster, found.node, now, glyphs)
  }
}

function alertsOf(
  { silences }: ClusterState,
  picture: Picture,
  { id, name }: PaneNode['node'],
  state: State,
  { glyphs }: Viewport,
): DetailSection {
  const { now } = state
  const alerts = picture.alerts.filter(({ subject }) => subject.owner === id)
  return {
    title: 'ALERTS',
    age: '',
    fields: alerts.flatMap((alert): Line[] => {
      const quiet = muted(alert, silences, now)
      const next = nextStepAfter(alert)
      return [
        [
          severityMark(alert.severity, glyphs),
          span(` ${withoutName(alert.message, name, id)}`, quiet ? 'dim' : 'plain'),
          span(`  for ${age(alert.since, now)}`, 'dim'),
          // The details themselves are open already.
          ...(next.key === 'enter'
            ? []
            : [span('   '), span(currentKey(state, next.key), 'key'), span(` ${next.does}`, 'dim')]),
        ],
        ...(quiet ? [[span(`  ${silenceText(quiet, now)}`, 'dim')]] : []),
      ]
    }),
  }
}

const EVENTS_SHOWN = 20

function happeningsOf(state: State, id: string, { glyphs }: Viewport): DetailSection {
  const events = (shownCluster(state)?.events ?? []).filter(({ subject }) => isWhole(subject, id))
  return {
    title: 'EVENTS',
    age: '',
    fields: events
      .slice(0, EVENTS_SHOWN)
      .map(
        (event): Line => [
          span(`${shortInstant(event.at, state.now).padEnd(11)}  `, 'dim'),
          severityMark(event.severity, glyphs),
          span(` ${event.text}`),
        ],
      ),
  }
}
