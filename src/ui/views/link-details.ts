// Details of a replication link: what each end says of it, stage by stage, and how the lag went lately.

import { lagCurve } from '../../model/lag-curve.ts'
import { formatLsn, type Lsn } from '../../model/lsn.ts'
import { formatBytes, formatSeconds } from '../../model/quantity.ts'
import { HISTORY_LENGTH } from '../../model/snapshot.ts'
import { parseSyncStandbys } from '../../model/sync-standbys.ts'
import { fit, type Line, type Style, span } from '../format/line.ts'
import { age, bytes, count, instant, seconds, UNKNOWN } from '../format/values.ts'
import { type ChartPoint, chart } from '../parts/chart.ts'
import { type Fact, fact, type Section } from '../parts/sheet.ts'
import { barScale, catchUpSpan, lagSeverity, rateText, silenceOf, stageBar, stateSpan } from './link-columns.ts'
import type { LinkRow } from './link-rows.ts'
import type { Scene } from './list-shape.ts'

const INDENT = 3
const CHART_ROWS = 8
/** Of the curve below the table, its time included. */
const TALLEST = 14
/** One cell for each reading that is kept is all there is to draw. */
const LONGEST = HISTORY_LENGTH + 12
/** A lag that never passed this is drawn as the calm it is, in bytes. */
const CALM_BYTES = 64 * 1024
const STAGE = 12
const POSITION = 16

/** Everything known of a link, in sections. */
export function linkSections(row: LinkRow, scene: Scene): readonly Section[] {
  return [
    linkSection(row, scene),
    curveSection(row, scene),
    stagesSection(row, scene),
    senderSection(row, scene),
    receiverSection(row, scene),
    slotSection(row, scene),
  ]
}

function linkSection(row: LinkRow, scene: Scene): Section {
  const { link, dispute } = row
  const { glyphs } = scene.screen
  const state = stateSpan(row, scene)
  const catchUp = catchUpSpan(row.catchUp)
  return {
    title: `LINK ${link.upstreamName} ${glyphs.arrow} ${link.downstreamName}`,
    age: link.configured ? '' : 'found, not watched',
    facts: [
      ...fact('state', state.text, state.style),
      ...fact('the ends differ', dispute, 'warning'),
      ...fact('behind', lagSentence(row), lagSeverity(row, scene.picture) ?? 'plain'),
      ...fact('caught up in', catchUp.text, catchUp.style),
      ...fact('source writes', rateText(row.writes)),
      ...fact('it receives', rateText(row.receives)),
      ...fact('it replays', rateText(row.replays)),
      ...fact('commits wait for it', syncSentence(row)),
      ...fact('last heard of', silenceOf(row) === null ? UNKNOWN : `${seconds(silenceOf(row))} ago`),
      ...fact('slot', link.slot ?? 'none'),
      ...fact('matched by', link.evidence.join('; ') || null),
    ],
  }
}

function lagSentence({ link: { lag } }: LinkRow): string {
  if (lag.bytes === null) return UNKNOWN
  return lag.seconds === null ? bytes(lag.bytes) : `${bytes(lag.bytes)}, ${seconds(lag.seconds)}`
}

function syncSentence({ sync, upstream }: LinkRow): string {
  const setting = upstream?.pulse?.synchronousStandbyNames ?? null
  if (setting === null) return sync ?? UNKNOWN
  const standbys = parseSyncStandbys(setting)
  if (!standbys) return 'no: synchronous_standby_names is empty'
  const rule = `${standbys.method === 'any' ? 'any' : 'the first'} ${standbys.count} of ${standbys.names.join(', ')}`
  if (sync === 'async') return `no (async): they wait for ${rule}`
  return `${sync ?? UNKNOWN}: they wait for ${rule}`
}

function curveSection(row: LinkRow, scene: Scene): Section {
  const { points, told } = pastOf(row)
  if (points.length < 2) return { title: 'LAG LATELY', age: '', facts: fact('curve', 'too little has been seen yet') }
  const drawn = curve(points, scene, CHART_ROWS + 2)
  return { title: 'LAG LATELY', age: told, facts: drawn.length > 0 ? drawn : fact('lately', told) }
}

/** The lag curve of the selected link, below the table. */
export function linkBelow(row: LinkRow, scene: Scene, room: number): readonly Line[] {
  const { points, told } = pastOf(row)
  const drawn = points.length < 2 ? [] : curve(points, scene, Math.min(room - 1, TALLEST))
  if (drawn.length === 0) return []
  const title: Line = [span(` LAG OF ${row.link.downstreamName}`, 'title'), span(`  ${told}`, 'dim')]
  return [title, ...drawn.map((each): Line => [span(' '.repeat(INDENT)), ...each])]
}

function pastOf({ upstreamHistory, downstreamHistory }: LinkRow): {
  readonly points: readonly ChartPoint[]
  readonly told: string
} {
  const points = lagCurve(upstreamHistory, downstreamHistory).map(({ at, bytes: value }) => ({ at, value }))
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]))
  const told = known.length === 0 ? '' : `at most ${bytes(Math.max(...known))}, now ${bytes(known.at(-1) ?? null)}`
  return { points: known.length < 2 ? [] : points, told }
}

function curve(points: readonly ChartPoint[], { now, cluster, screen }: Scene, height: number): readonly Line[] {
  const { warning, critical } = cluster.spec.thresholds.replicationLagBytes
  const { glyphs, columns } = screen
  return chart({
    points,
    now,
    width: Math.min(columns - INDENT - 1, LONGEST),
    height,
    levels: glyphs.levels,
    rule: glyphs.rule,
    side: glyphs.trunk,
    floor: CALM_BYTES,
    label: formatBytes,
    ago: formatSeconds,
    style: (value): Style => (value >= critical ? 'critical' : value >= warning ? 'warning' : 'plain'),
  })
}

function stagesSection(row: LinkRow, scene: Scene): Section {
  const { link, receiver, upstream, downstream } = row
  const { sender, lag } = link
  const standby = downstream?.pulse?.position.kind === 'standby' ? downstream.pulse.position : null
  const cell = (text: string) => fit(text, POSITION, 'right', scene.screen.glyphs.ellipsis)
  const line = (stage: string, one: string, other: string, behind: number | null, late: number | null): Line => [
    span(fit(stage, STAGE), 'dim'),
    span(cell(one) + cell(other) + cell(bytes(behind))),
    span(cell(late === null ? '' : seconds(late)), 'dim'),
  ]
  const at = upstream?.lsn == null ? UNKNOWN : formatLsn(upstream.lsn)
  const head = [fit('', STAGE), cell(`${link.upstreamName} says`), cell(`${link.downstreamName} says`), cell('behind')]
  return {
    title: 'STAGE BY STAGE',
    age: `bytes from the position of ${link.upstreamName}`,
    facts: [
      [span(head.join('') + cell('delay'), 'dim')],
      line('end of log', at, position(receiver?.latestEndLsn), 0, null),
      line('sent', position(sender?.sentLsn), '', lag.sentBytes, null),
      line('written', position(sender?.writtenLsn), '', lag.writtenBytes, sender?.writeLagSeconds ?? null),
      line(
        'flushed',
        position(sender?.flushedLsn),
        position(standby?.receivedLsn),
        lag.flushedBytes,
        sender?.flushLagSeconds ?? null,
      ),
      line(
        'replayed',
        position(sender?.replayedLsn),
        position(standby?.replayedLsn),
        lag.replayedBytes,
        sender?.replayLagSeconds ?? null,
      ),
      ...barLine(row, scene),
    ],
  }
}

function barLine({ link }: LinkRow, scene: Scene): readonly Line[] {
  const { glyphs } = scene.screen
  const bar = stageBar(link.lag, barScale(scene), 4 * POSITION, glyphs)
  return bar === '' ? [] : [[span(' '.repeat(STAGE)), span(bar, lagStyle(link.lag.bytes))]]
}

function lagStyle(behind: number | null): Style {
  return behind ? 'plain' : 'dim'
}

function position(lsn: Lsn | null | undefined): string {
  return lsn == null ? UNKNOWN : formatLsn(lsn)
}

function senderSection({ link, upstream }: LinkRow, { now }: Scene): Section {
  const { sender } = link
  const read = upstream?.readAt == null ? 'not read' : `read ${age(upstream.readAt, now)} ago`
  const title = `THE SENDER, BY ${link.upstreamName}`
  if (!upstream) return { title, age: '', facts: fact('sender', 'its source is not watched') }
  if (!sender) return { title, age: read, facts: fact('sender', 'none for this standby', 'warning') }
  return {
    title,
    age: read,
    facts: [
      ...fact('state', sender.state ?? UNKNOWN, sender.state === 'streaming' ? 'plain' : 'warning'),
      ...fact('application name', sender.applicationName || 'none'),
      ...fact('role', sender.userName ?? UNKNOWN),
      ...fact(
        'connected from',
        sender.address === null ? 'a Unix socket' : `${sender.address}:${sender.port ?? UNKNOWN}`,
      ),
      ...fact('process', `pid ${sender.pid}`),
      ...fact(
        'since',
        sender.startedAt === null ? UNKNOWN : `${instant(sender.startedAt)} (${age(sender.startedAt, now)})`,
      ),
      ...fact('last reply', sender.replyAgeSeconds === null ? UNKNOWN : `${seconds(sender.replyAgeSeconds)} ago`),
    ],
  }
}

function receiverSection({ link, downstream, receiver }: LinkRow, { now }: Scene): Section {
  const read = downstream?.readAt == null ? 'not read' : `read ${age(downstream.readAt, now)} ago`
  const title = `THE RECEIVER, BY ${link.downstreamName}`
  if (!downstream)
    return { title, age: '', facts: fact('receiver', 'this standby is not watched: add it to the config') }
  const standby = downstream.pulse?.position.kind === 'standby' ? downstream.pulse.position : null
  const commitAt = standby?.lastReplayedCommitAt ?? null
  const problem: readonly Fact[] = fact('problem', downstream.problem?.message ?? null, 'warning')
  const replay: readonly Fact[] = standby
    ? [
        ...fact('replay', standby.pause, standby.pause === 'not paused' ? 'plain' : 'warning'),
        ...fact(
          'last replayed commit',
          commitAt === null ? UNKNOWN : `${instant(commitAt)} (${age(commitAt, now)} ago)`,
        ),
        ...fact('apply lag', seconds(standby.applyLagSeconds)),
      ]
    : []
  if (!receiver) {
    return { title, age: read, facts: [...problem, ...fact('receiver', 'not running', 'warning'), ...replay] }
  }
  return {
    title,
    age: read,
    facts: [
      ...problem,
      ...fact('state', receiver.status ?? UNKNOWN, receiver.status === 'streaming' ? 'plain' : 'warning'),
      ...fact(
        'connected to',
        receiver.senderHost ? `${receiver.senderHost}:${receiver.senderPort ?? UNKNOWN}` : UNKNOWN,
      ),
      ...fact('slot', receiver.slot || 'none'),
      ...fact('timeline', count(receiver.receivedTimeline)),
      ...fact('last message', receiver.silenceSeconds === null ? UNKNOWN : `${seconds(receiver.silenceSeconds)} ago`),
      ...replay,
    ],
  }
}

function slotSection({ link, upstream }: LinkRow, { picture, now }: Scene): Section {
  const slot = picture?.slots.find(({ databaseId, name }) => databaseId === upstream?.id && name === link.slot)
  if (!slot) return { title: 'SLOT', age: '', facts: [] }
  const isLost = slot.walStatus === 'lost' || slot.walStatus === 'unreserved'
  const idle = slot.inactiveSince === null ? 'no' : `no, for ${age(slot.inactiveSince, now)}`
  return {
    title: `SLOT ${slot.name}`,
    age: '',
    facts: [
      ...fact('in use', slot.active ? 'yes' : idle, slot.active ? 'plain' : 'warning'),
      ...fact('keeps', bytes(slot.retainedBytes)),
      ...fact('WAL', slot.walStatus ?? UNKNOWN, isLost ? 'critical' : 'plain'),
      ...fact('safe for', slot.safeBytes === null ? 'no limit is set' : `${bytes(slot.safeBytes)} more`),
      ...fact('invalidated', slot.invalidationReason, 'critical'),
    ],
  }
}
