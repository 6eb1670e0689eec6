// `pgdeck status` for people: every figure with its unit and age, every problem with the next step.

import { muted, silenceText } from '../../../model/alerts/silence.ts'
import type { EntryPointView } from '../../../model/measured/entry-points/entry-point-view.ts'
import type {
  DatabaseView,
  LinkView,
  OngoingFault,
  Picture,
  ServerView,
  SlotView,
} from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { isWhole } from '../../../model/picture/subject.ts'
import { connectionsForUsers } from '../../../model/sessions/user-connections.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import { refusedFunctionText } from '../../../model/values/refused-function.ts'
import { figuresReadAt } from '../../../state/documents/status-json.ts'
import { alertsBySeverity, displayNameOf } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import { UNICODE_GLYPHS } from '../../../ui/frame/format/glyphs.ts'
import { type Line, line, span } from '../../../ui/frame/format/line.ts'
import {
  accessLabel,
  entryPointStatusSpan,
  lagStageText,
  lagText,
  portSpan,
  roleText,
  severityMark,
  statusSpan,
  upCountText,
} from '../../../ui/frame/format/status-text.ts'
import { age, bytes, count, milliseconds, plural, seconds, UNKNOWN_TEXT } from '../../../ui/frame/format/values.ts'
import { clusterSummary, headline, sectionHeading } from '../../text/headline.ts'
import { type TextColumn, textTable } from '../../text/print.ts'

/** The status of the clusters as lines. `now` is the reference of all ages. */
export function statusLines(clusters: readonly ClusterState[], now: number): readonly Line[] {
  return clusters.flatMap((cluster, index) => [...(index > 0 ? [line('')] : []), ...clusterLines(cluster, now)])
}

function clusterLines(cluster: ClusterState, now: number): readonly Line[] {
  const { picture } = cluster
  if (picture === null) return [line(span(cluster.spec.name, 'title'), '  nothing was read yet')]
  return [
    headline(cluster, picture),
    ...clusterSummary(cluster, picture),
    ...servers(picture, now),
    ...entryPoints(picture, now),
    ...databases(cluster, picture, now),
    ...links(picture),
    ...slots(picture),
    ...alerts(cluster, picture, now),
  ]
}

function servers(picture: Picture, now: number): readonly Line[] {
  if (picture.servers.length === 0) return []
  const columns: readonly TextColumn<ServerView>[] = [
    left('NAME', ({ name }) => name),
    left('TYPE', ({ type }) => type),
    left('STATUS', ({ id, status }) => statusSpan(status, 'server', worst(picture, id), UNICODE_GLYPHS)),
    left('ACCESS', ({ access }) => accessLabel(access)),
    left('PORT', ({ port, portOpen }) => portSpan(port, portOpen, UNICODE_GLYPHS)),
    right('SESSIONS', ({ sessions }) => count(sessions)),
    right('LATENCY', ({ latencyMs }) => milliseconds(latencyMs)),
    right('TLS', ({ tls }) => (tls === null ? '-' : `${tls.daysLeft} d`)),
    left('DNS NAME', ({ dnsName }) => dnsName),
    right('SINCE', ({ since }) => age(since, now)),
    right('READ', ({ readAt }) => ago(readAt, now)),
  ]
  return [
    ...sectionHeading('SERVERS', upCountText(picture.counts.servers)),
    ...textTable(columns, picture.servers),
    ...problems(picture.servers, now),
  ]
}

function entryPoints(picture: Picture, now: number): readonly Line[] {
  if (picture.entryPoints.length === 0) return []
  const columns: readonly TextColumn<EntryPointView>[] = [
    left('NAME', ({ name }) => name),
    left('TYPE', ({ kind }) => kind),
    left('STATUS', (view) => entryPointStatusSpan(view, worst(picture, view.id), UNICODE_GLYPHS)),
    left('LEADS TO', ({ leadsTo, readAt }) =>
      leadsTo.length > 0 ? leadsTo.map(({ name }) => name).join(', ') : readAt === null ? UNKNOWN_TEXT : 'nowhere',
    ),
    left('EXPECTS', ({ expects }) => expects),
    right('SESSIONS', ({ kind, sessions }) => (kind === 'address' ? '-' : count(sessions))),
    right('WAITING', ({ kind, waiting }) => (kind === 'address' ? '-' : count(waiting))),
    left('AT', ({ where }) => where),
    right('READ', ({ readAt }) => ago(readAt, now)),
  ]
  return [
    ...sectionHeading('ENTRY POINTS', 'where the applications connect'),
    ...textTable(columns, picture.entryPoints),
    ...problems(picture.entryPoints, now),
  ]
}

function databases(cluster: ClusterState, picture: Picture, now: number): readonly Line[] {
  if (picture.databases.length === 0) return []
  const columns: readonly TextColumn<DatabaseView>[] = [
    left('NAME', (database) => treeName(database)),
    left('TYPE', ({ type, version }) => `${type} ${version ?? UNKNOWN_TEXT}`),
    left('ROLE', ({ role }) => roleText(role)),
    left('STATUS', ({ id, status }) => statusSpan(status, 'database', worst(picture, id), UNICODE_GLYPHS)),
    left('PORT', ({ port, portOpen }) => portSpan(port, portOpen, UNICODE_GLYPHS)),
    right('SERVERS', ({ servers: users }) => `${count(users.active)}/${users.configured}`),
    right('SESSIONS', ({ sessions }) =>
      sessions === null ? UNKNOWN_TEXT : `${sessions.total ?? UNKNOWN_TEXT}/${connectionsForUsers(sessions)}`,
    ),
    right('LAG', (view) =>
      view.sameServerAs !== undefined
        ? `= ${displayNameOf(picture, view.sameServerAs)}`
        : isPrimary(view)
          ? '-'
          : view.lag === null
            ? UNKNOWN_TEXT
            : lagText(view.lag, UNICODE_GLYPHS),
    ),
    right('TL', ({ timeline }) => count(timeline)),
    right('LSN', ({ lsn }) => (lsn === null ? UNKNOWN_TEXT : formatLsn(lsn))),
    left('HOST', ({ host }) => host),
    right('READ', (database) => ago(figuresReadAt(cluster, database), now)),
  ]
  return [
    ...sectionHeading('DATABASES', upCountText(picture.counts.databases)),
    ...textTable(columns, picture.databases),
    ...problems(picture.databases, now),
    ...picture.databases.flatMap(hidden),
  ]
}

/** A figure that this role may not read is unknown: this is the reason, with the statement that grants it. */
function hidden({ name, pulse }: DatabaseView): readonly Line[] {
  const grants = [...new Set(pulse?.missing.map(({ grant }) => grant))]
  const refused = (pulse?.refused ?? []).map((part) =>
    line('  ', span(`${UNKNOWN_TEXT} ${name}: ${refusedFunctionText(part)}`)),
  )
  const denied = grants.flatMap((grant) => {
    const what = pulse?.missing.filter((missing) => missing.grant === grant).map((missing) => missing.what)
    return [
      line('  ', span(`${UNKNOWN_TEXT} ${name}: this role may not read ${what?.join('; ')}`)),
      line(`    ${UNICODE_GLYPHS.arrow} `, span(grant)),
    ]
  })
  return [...denied, ...refused]
}

function treeName({ name, depth, configured }: DatabaseView): string {
  const branch = depth === 0 ? '' : `${'   '.repeat(depth - 1)}${UNICODE_GLYPHS.branch} `
  return `${branch}${name}${configured ? '' : ' (found, not configured)'}`
}

function links(picture: Picture): readonly Line[] {
  if (picture.links.length === 0) return []
  const columns: readonly TextColumn<LinkView>[] = [
    left('FROM', ({ upstreamName }) => upstreamName),
    left('TO', ({ downstreamName, configured, kind }) => `${downstreamName}${noteOf(kind, configured)}`),
    left('STATE', ({ state }) => state),
    left('SYNC', ({ sync }) => sync ?? UNKNOWN_TEXT),
    left('SLOT', ({ slot }) => slot ?? '-'),
    right('SENT', ({ lag }) => lagStageText(lag.sentBytes, lag, UNICODE_GLYPHS)),
    right('WRITTEN', ({ lag }) => lagStageText(lag.writtenBytes, lag, UNICODE_GLYPHS)),
    right('FLUSHED', ({ lag }) => lagStageText(lag.flushedBytes, lag, UNICODE_GLYPHS)),
    right('REPLAYED', ({ lag }) => lagStageText(lag.replayedBytes, lag, UNICODE_GLYPHS)),
    right('SECONDS', ({ lag }) => seconds(lag.seconds)),
    right('CATCH UP', ({ catchUpSeconds }) => seconds(catchUpSeconds)),
    ...(picture.links.some(({ delaySeconds }) => (delaySeconds ?? 0) > 0)
      ? [right('DELAY', ({ delaySeconds }: LinkView) => (delaySeconds === 0 ? '-' : seconds(delaySeconds)))]
      : []),
  ]
  return [...sectionHeading('LINKS', 'how far behind each stage is'), ...textTable(columns, picture.links)]
}

function noteOf(kind: LinkView['kind'], configured: boolean): string {
  if (kind === 'archiver') return ' (archiver)'
  return configured ? '' : ' (not configured)'
}

function slots(picture: Picture): readonly Line[] {
  if (picture.slots.length === 0) return []
  const columns: readonly TextColumn<SlotView>[] = [
    left('DATABASE', ({ databaseId }) => displayNameOf(picture, databaseId)),
    left('SLOT', ({ name }) => name),
    left('TYPE', ({ type }) => type),
    left('STATE', ({ active }) => (active ? span('active') : span('inactive', 'warning'))),
    left('USED BY', ({ usedBy }) => (usedBy === null ? '-' : displayNameOf(picture, usedBy))),
    right('RETAINS', ({ retainedBytes }) => bytes(retainedBytes)),
    left('WAL', ({ walStatus }) => walStatus ?? UNKNOWN_TEXT),
    right('SAFE', ({ safeBytes }) => (safeBytes === null ? '-' : bytes(safeBytes))),
  ]
  return [...sectionHeading('SLOTS'), ...textTable(columns, picture.slots)]
}

function alerts({ silences }: ClusterState, picture: Picture, now: number): readonly Line[] {
  if (picture.alerts.length === 0) return []
  const lines = alertsBySeverity(picture).map((alert) => {
    const { severity, rule, message, since, during } = alert
    const quiet = muted(alert, silences, now)
    return line(
      '  ',
      severityMark(severity, UNICODE_GLYPHS),
      ` ${severity} `,
      span(`${rule}: ${message}`),
      ` (for ${age(since, now)}${during === undefined ? '' : `; started while ${during}`}${quiet ? `; ${silenceText(quiet, now)}` : ''})`,
    )
  })
  return [...sectionHeading('ALERTS', plural(picture.alerts.length, 'alert')), ...lines]
}

interface Troubled {
  readonly name: string
  readonly problem: OngoingFault | null
}

function problems(nodes: readonly Troubled[], now: number): readonly Line[] {
  return nodes.flatMap(({ name, problem }) => {
    if (problem === null) return []
    const message = line(
      '  ',
      span(`${UNICODE_GLYPHS.warning} ${name}: ${problem.message}`, 'warning'),
      ` (for ${age(problem.since, now)})`,
    )
    return problem.hint === null ? [message] : [message, line(`    ${UNICODE_GLYPHS.arrow} `, span(problem.hint))]
  })
}

function worst(picture: Picture, id: string) {
  return alertsBySeverity(picture).find(({ subject }) => isWhole(subject, id))?.severity ?? null
}

/** `3 s ago`; a reading of this round is `now`. */
function ago(readAt: number | null, now: number): string {
  if (readAt === null) return 'never'
  return now - readAt < 1000 ? 'now' : `${age(readAt, now)} ago`
}

function left<Row>(title: string, cell: TextColumn<Row>['cell']): TextColumn<Row> {
  return { title, align: 'left', cell }
}

function right<Row>(title: string, cell: TextColumn<Row>['cell']): TextColumn<Row> {
  return { title, align: 'right', cell }
}
