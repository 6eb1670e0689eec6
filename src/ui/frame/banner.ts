// The next decision: what is critical now, who serves the users, and the loss of a failover.

import { lossPhrase } from '../../model/failover/loss-text.ts'
import { alertKey } from '../../model/picture/alert.ts'
import type { Alert, AlertRule, DatabaseView, FailoverEstimate, Picture } from '../../model/picture/picture.ts'
import { closedRestoreGate } from '../../model/picture/restore-gate.ts'
import { isWhole } from '../../model/picture/subject.ts'
import { listText } from '../../model/values/text.ts'
import { displayNameOf, findSubjectNode, mostUrgentAlert, shownCluster } from '../../state/select/cluster.ts'
import type { ClusterState, State } from '../../state/state.ts'
import { shownAction } from '../keys/bindings/action-input.ts'
import { currentActionKey } from '../keys/names.ts'
import type { Viewport } from '../views/list/view.ts'
import { fittingLine } from './banner-names.ts'
import { withoutName } from './format/fit-text.ts'
import { LONGEST_LABEL_NAME, nodeNames, withFittingNames } from './format/fitting-names.ts'
import type { Glyphs } from './format/glyphs.ts'
import { cutLine, EMPTY_LINE, type Line, lineWidth, span, type TextSpan } from './format/line.ts'
import { mirroringText } from './format/mirroring.ts'
import { shortName } from './format/short-names.ts'
import { accessLabel } from './format/status-text.ts'
import { isManagersRefusal, standstillText, takeoverWords, warningsBesideTakeover } from './format/takeover-text.ts'
import { age, seconds } from './format/values.ts'
import { downPrimary, outageChoices, outageText, usersHeadline } from './outage.ts'
import { alsoServingSpans, commitsWaitSpans, label, noServingSpan, servingLine } from './serving-line.ts'

const HEADLINES: Partial<Readonly<Record<AlertRule, string>>> = {
  'split-brain': 'SPLIT BRAIN',
  'other-history': 'ANOTHER HISTORY',
  'nobody-serves': 'NO SERVER SERVES THE USERS',
  'commits-wait': 'COMMITS WAIT',
  'primary-read-only': 'PRIMARY READ-ONLY',
  'database-inactive': 'DATABASE DOWN',
  'server-inactive': 'SERVER DOWN',
  'replica-disconnected': 'REPLICA CUT OFF',
  'slot-lost': 'SLOT LOST',
  'manager-silent': 'MANAGER SILENT',
  'manager-agent-down': 'AGENT DOWN',
  'cut-off': 'THIS HOST MAY BE CUT OFF',
}

/** The banner in at most `lines` lines, the most important first. */
export function banner(state: State, cluster: ClusterState, screen: Viewport, lines: number): readonly Line[] {
  const { picture } = cluster
  if (!picture) return []
  const all: readonly ((named: Picture) => Line | null)[] = [
    (named) => criticalAlertLine(state, cluster, named, screen),
    ...(outageOf(cluster)
      ? [
          choiceLine(state, 0, screen),
          choiceLine(state, 1, screen),
          (named: Picture) => servingLine(cluster, named, screen),
          (named: Picture) => restoreGateLine(state, cluster, named),
        ]
      : [
          (named: Picture) => servingLine(cluster, named, screen),
          (named: Picture) => restoreGateLine(state, cluster, named),
          (named: Picture) => mirroringLine(named, screen) ?? failoverLine(cluster, named, screen),
        ]),
  ]
  return all
    .flatMap((make) => fittingLine(make, picture, screen) ?? [])
    .slice(0, lines)
    .map((each) => cutLine(each, screen.columns, screen.glyphs.ellipsis))
}

/** The banner in one line, for views on other subjects: who serves, and the worst alert at `now`. */
export function briefBanner(cluster: ClusterState, screen: Viewport, now: number, of?: string): Line {
  const { columns, glyphs } = screen
  const { picture } = cluster
  if (!picture) return EMPTY_LINE
  const { serving } = picture
  const worst = mostUrgentAlert(cluster, now)
  const served: readonly TextSpan[] = serving
    ? [
        span(displayNameOf(picture, serving.id), 'strong'),
        span(` (${accessLabel(serving.access)}`),
        ...commitsWaitSpans(picture),
        span(')'),
        ...alsoServingSpans(picture),
      ]
    : [noServingSpan(cluster, picture, glyphs)]
  const alert: readonly TextSpan[] = worst
    ? [span('   '), alertSpan(worst, briefly(picture, worst.alert), glyphs)]
    : [span('   no alert', 'dim')]
  const start = of === undefined ? [span(' Served by ', 'dim')] : [span(` ${of}`, 'accent'), span(' served by ', 'dim')]
  const whole = withFittingNames([...start, ...served, ...alert], nodeNames(cluster), columns, glyphs.ellipsis)
  return cutLine(whole, columns, glyphs.ellipsis)
}

/** A muted alert is marked, as in the list of alerts. */
function alertSpan(
  { alert, quiet }: NonNullable<ReturnType<typeof mostUrgentAlert>>,
  text: string,
  glyphs: Glyphs,
): TextSpan {
  const mark = glyphs[alert.severity]
  return quiet ? span(`${mark} (${quiet.kind}) ${text}`, 'dim') : span(`${mark} ${text}`, alert.severity)
}

function briefly(picture: Picture, { subject, message }: Alert): string {
  const node = findSubjectNode(picture, subject)?.node
  return node ? `${node.name} ${withoutName(message, node.name, node.id)}` : message
}

/** The primary that is down, once all nodes were asked: one that has not answered yet may serve. */
function outageOf({ complete, picture }: ClusterState): DatabaseView | null {
  return complete && picture ? downPrimary(picture) : null
}

/** One way out of an outage and its cost. Blockers of a promotion come first. */
function choiceLine(state: State, index: number, { glyphs }: Viewport): (named: Picture) => Line | null {
  return (named) => {
    const primary = downPrimary(named)
    const choice = primary && outageChoices(named, primary, state.now)[index]
    if (!choice) return null
    const { candidate, blockers } = named.failover
    const blocked = index === 1 && candidate !== null ? blockerSpans(named, blockers, glyphs.critical) : []
    const warning = choice.warning === undefined ? '' : `   ${glyphs.warning} ${choice.warning}`
    return [
      label(choice.label),
      ...blocked,
      ...(blocked.length > 0 ? [span('   ')] : []),
      ...choice.cost,
      span(warning, 'warning'),
      ...(index === 0 && canBeStarted(state, primary) ? startKey(state) : []),
    ]
  }
}

function startKey(state: State): readonly TextSpan[] {
  return [span('   '), span(currentActionKey(state, 'do-start', 'R'), 'key'), span(' starts it', 'dim')]
}

/** Whether pgdeck has access to its host. */
function canBeStarted(state: State, { id }: DatabaseView): boolean {
  const spec = shownCluster(state)?.spec
  const hostId = spec?.databases.find((each) => each.id === id)?.hostId
  return spec?.hosts.some((host) => host.id === hostId && host.access.kind !== 'none') ?? false
}

/** The number of lines that the banner needs. */
export function bannerHeight(cluster: ClusterState): number {
  if (!cluster.picture) return 0
  const gate = gatedNames(cluster, cluster.picture).length > 0 ? 1 : 0
  if (outageOf(cluster)) return 4 + gate
  return gate + (cluster.picture.alerts.some(({ severity }) => severity === 'critical') ? 3 : 2)
}

/** What must not start before the restore, while that is so. */
function restoreGateLine({ now }: State, cluster: ClusterState, picture: Picture): Line | null {
  const names = gatedNames(cluster, picture)
  const { actingPrimary: acting } = cluster
  if (!acting || names.length === 0) return null
  const by = displayNameOf(picture, acting.server ?? acting.database)
  return [
    label('Before the restore'),
    span(`do not start ${listText(names)}`, 'warning'),
    span(`   ${by} acts for ${age(acting.since, now)}`, 'dim'),
  ]
}

function gatedNames(cluster: ClusterState, picture: Picture): readonly string[] {
  const gate = closedRestoreGate(cluster, picture)
  return gate ? [...gate.servers, ...gate.databases].map((id) => displayNameOf(picture, id)) : []
}

/** The worst critical alert with the keys that lead to it. */
function criticalAlertLine(state: State, cluster: ClusterState, picture: Picture, screen: Viewport): Line | null {
  const { glyphs, columns } = screen
  const found = mostUrgentAlert({ ...cluster, picture }, state.now, 'critical')
  if (!found) return null
  const { alert: worst, quiet } = found
  const headline =
    usersHeadline(picture, worst) ?? HEADLINES[worst.rule] ?? worst.rule.replaceAll('-', ' ').toUpperCase()
  const key = keyTo(state, cluster, worst)
  const start: Line = [span(' '), span(` ${glyphs.critical} ${headline} `, quiet ? 'critical' : 'alarm'), span('  ')]
  const end: Line = key === null ? [] : [span('   '), span(key, 'key'), span(' details', 'dim')]
  const room = columns - lineWidth(start) - lineWidth(end) - 1
  const during = worst.during === undefined ? '' : ` (while ${worst.during})`
  const text = `${alarmText(picture, worst, headline, state.now)}${during}`
  const message = quiet ? span(`(${quiet.kind}) ${text}`, 'dim') : span(text, 'critical')
  return [...start, ...cutLine([message], room, glyphs.ellipsis), ...end]
}

/** The headline tells that something is down; the following lines tell which and why. */
function alarmText(picture: Picture, { rule, subject, message }: Alert, headline: string, now: number): string {
  const down = downPrimary(picture)
  if (down && (rule === 'nobody-serves' || isWhole(subject, down.id))) return outageText(picture, down, now)
  const node = findSubjectNode(picture, subject)?.node
  if (!node?.problem || (rule !== 'database-inactive' && rule !== 'server-inactive'))
    return withoutName(message, headline).replace(/(\d+ sessions) wait for locks, (.*) behind process/, '$1, $2 behind')
  return `${node.name}: ${withoutName(node.problem.message, node.name, node.id)}`
}

/** The key that goes to this alert; null where it is open already, or keys belong to a plan. */
function keyTo(state: State, cluster: ClusterState, worst: Alert): string | null {
  const { view, details } = state.navigation
  if (shownAction(state) || view === 'alerts' || details?.id === worst.subject.owner) return null
  const gone = mostUrgentAlert(cluster, state.now)?.alert
  return gone && alertKey(gone) === alertKey(worst) ? currentActionKey(state, 'worst-alert', '!') : null
}

/** Mirrored databases promote nothing: the loss of a failure is what one database lacks of the other. */
function mirroringLine(picture: Picture, { glyphs }: Viewport): Line | null {
  const mirroring = mirroringText(picture, glyphs)
  if (!mirroring) return null
  const mark = mirroring.style === 'warning' ? `${glyphs.warning} ` : ''
  return [label(mirroring.label), span(`${mark}${mirroring.text}`, mirroring.style)]
}

function failoverLine({ complete }: ClusterState, picture: Picture, { glyphs }: Viewport): Line {
  const { failover: estimate } = picture
  // A database that has not answered yet is not down, and may be the candidate.
  if (!complete && (estimate.candidate === null || estimate.basis === 'last-seen'))
    return [label('Failover'), span(`${glyphs.unknown} not read yet`)]
  if (estimate.ifFails === null) {
    const why = standstillText(picture)
    if (why !== null) return [label('Failover'), span(`${glyphs.critical} ${why}`, 'critical')]
    return [label('Failover'), span('there is no known primary to fail over from')]
  }
  const seen = estimate.basis === 'last-seen'
  const names = [...picture.databases, ...picture.servers].map(({ name }) => name)
  const primary = shortName(
    span(displayNameOf(picture, estimate.ifFails)).text,
    names,
    LONGEST_LABEL_NAME,
    glyphs.ellipsis,
  )
  const start = label(`If ${primary} ${seen ? 'stays down' : 'fails now'}`)
  const [warning] = warningsBesideTakeover(picture)
  const cost = costSpans(picture, estimate)
  const blockers = blockerSpans(picture, estimate.blockers, glyphs.critical)
  // Without a candidate the only text is the reason. A split brain is to be ended whoever could be promoted.
  if (blockers.length > 0 && estimate.candidate === null && !isSplit(picture)) {
    return isManagersRefusal(picture, estimate.blockers[0])
      ? [start, ...blockers]
      : [start, ...cost, span('   '), ...blockers]
  }
  if (blockers.length > 0) return [start, ...blockers, span('   '), ...cost]
  return [start, ...cost, span(warning ? `   ${glyphs.warning} ${warning}` : '', 'warning')]
}

/** What must be done before a promotion. It comes first, so that no narrow screen cuts it off. */
function blockerSpans(picture: Picture, blockers: readonly string[], mark: string): readonly TextSpan[] {
  const [first] = blockers
  if (first === undefined) return []
  const text = isSplit(picture) ? first.replace(/^split brain:/, 'end the split first:') : first
  return [span(`${mark} ${text}${blockers.length > 1 ? ` (and ${blockers.length - 1} more)` : ''}`, 'critical')]
}

function isSplit({ alerts }: Picture): boolean {
  return alerts.some(({ rule }) => rule === 'split-brain')
}

function costSpans(picture: Picture, estimate: FailoverEstimate): readonly TextSpan[] {
  if (estimate.candidate === null) return [span('no standby can take over', 'warning')]
  const { before, after, by } = takeoverWords(picture)
  // A manager waits first: how soon a standby is writable after its promotion is the smaller part.
  const writable = by === 'manager' ? null : estimate.writableInSeconds
  return [
    span(before, by === 'nobody' ? 'warning' : 'plain'),
    span(displayNameOf(picture, estimate.candidate), 'strong'),
    span(`${after}: `),
    span(lossPhrase(estimate), estimate.lossBound === 'at-least' ? 'warning' : 'plain'),
    span(writable === null ? '' : `, writable in about ${seconds(writable)}`),
  ]
}
