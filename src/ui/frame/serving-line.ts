// Who serves the users now, and who is next in line.

import { commitsWaitAlert } from '../../model/picture/commits-wait.ts'
import { elsewhereText } from '../../model/picture/neighbours.ts'
import type { Picture, Serving } from '../../model/picture/picture.ts'
import { newerThanServing } from '../../model/split-brain/advice.ts'
import { displayNameOf, findNode, servingKind } from '../../state/select/cluster.ts'
import type { ClusterState } from '../../state/state.ts'
import type { Viewport } from '../views/list/view.ts'
import type { Glyphs } from './format/glyphs.ts'
import { type Line, lineWidth, span, type TextSpan, textWidth } from './format/line.ts'
import { accessLabel } from './format/status-text.ts'

const LABEL = 22

/** That commits wait for a standby; nothing while they do not. */
export function commitsWaitSpans(picture: Picture): readonly TextSpan[] {
  const waits = commitsWaitAlert(picture)
  return waits ? [span(waits.severity === 'critical' ? ', commits wait' : ', commits may wait', waits.severity)] : []
}

/** The words at the left of a line of the banner. */
export function label(text: string): TextSpan {
  const { text: clean } = span(text)
  return span(` ${clean}${' '.repeat(Math.max(3, LABEL - textWidth(clean)))}`, 'dim')
}

/** Who serves, with which access; the next in line where there is space. */
export function servingLine(cluster: ClusterState, picture: Picture, screen: Viewport): Line {
  const whole = layOutServing(cluster, picture, screen, false)
  return lineWidth(whole) <= screen.columns ? whole : layOutServing(cluster, picture, screen, true)
}

/** `terse`: the next primary is more important than the type of the serving node. */
function layOutServing(cluster: ClusterState, picture: Picture, { glyphs }: Viewport, terse: boolean): Line {
  const start = label('Users are served by')
  if (!picture.serving) {
    return [
      start,
      noServingSpan(cluster, picture, glyphs),
      ...(cluster.complete ? nextInLineSpans(picture, terse) : []),
      ...scheduleSpans(picture),
    ]
  }
  const { id, access } = picture.serving
  const node = findNode(picture, id)
  const kind = servingKind(node) ?? ''
  const weak = access === 'read-only' || access === 'read-write-no-resets'
  // Of a read-only server that was promoted, only what it gives now is told.
  const isTold = kind !== '' && kind !== 'read-only' && kind !== accessLabel(access) && !terse
  return [
    start,
    span(displayNameOf(picture, id), 'strong'),
    span(isTold ? ` (${kind}, ` : ' ('),
    span(accessLabel(access), weak ? 'warning' : 'plain'),
    ...commitsWaitSpans(picture),
    span(')'),
    ...(picture.alsoServing.length > 0
      ? alsoServingSpans(picture)
      : (newerDatabaseSpans(picture, id) ?? nextInLineSpans(picture, terse))),
    ...scheduleSpans(picture),
  ]
}

/** Where the schedules run, unless it is the primary server as always. */
function scheduleSpans(picture: Picture): readonly TextSpan[] {
  const { schedules } = picture
  if (!schedules || schedules.state === 'unknown') return []
  if (schedules.state === 'stopped') return [span('   no schedules run', 'warning')]
  const runner = picture.servers.find(({ id }) => id === schedules.server)
  return runner?.type === 'primary' ? [] : [span(`   schedules run on ${displayNameOf(picture, schedules.server)}`)]
}

/** In a split brain there is no next primary. The banner must tell that another member has a newer timeline. */
function newerDatabaseSpans({ splitBrains }: Picture, serving: string): readonly TextSpan[] | null {
  const name = newerThanServing(splitBrains, serving)
  return name === null ? null : [span(`   but ${name} is newer`, 'critical')]
}

/** An unknown server of the users differs from none: the latter is an alert. */
export function noServingSpan({ complete }: ClusterState, picture: Picture, { unknown }: Glyphs): TextSpan {
  if (!complete) return span(`${unknown} not read yet`)
  if (picture.alerts.some(({ rule }) => rule === 'nobody-serves')) return span('nobody', 'critical')
  return span(`${unknown} not known${elsewhereText(picture)}`)
}

/** Mirrored databases with a cut link: each server continues to serve the users that reach it. */
export function alsoServingSpans(picture: Picture): readonly TextSpan[] {
  return picture.alsoServing.flatMap(({ id, access }) => [
    span(' and '),
    span(displayNameOf(picture, id), 'strong'),
    span(' ('),
    span(accessLabel(access), access === 'read-write' ? 'plain' : 'warning'),
    span(')'),
  ])
}

function nextInLineSpans(picture: Picture, terse: boolean): readonly TextSpan[] {
  if (picture.next.length === 0) return [span('   none next in line', 'dim')]
  const names = picture.next.map((each) => nextText(picture, each)).join(', then ')
  return [span(terse ? '   next ' : '   next in line ', 'dim'), span(names)]
}

function nextText(picture: Picture, { id, access }: Serving): string {
  return access === 'read-write' ? displayNameOf(picture, id) : `${displayNameOf(picture, id)} (${accessLabel(access)})`
}
