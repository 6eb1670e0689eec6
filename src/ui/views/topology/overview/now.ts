// What flows now: commits, rollbacks, WAL and sessions of each database that takes writes.

import type { DatabaseView, FileSystemView, Picture } from '../../../../model/picture/picture.ts'
import { isPrimary, isReadAsPrimary } from '../../../../model/picture/roles.ts'
import { hiddenSessionsOf } from '../../../../model/sessions/hidden-sessions.ts'
import { type SessionStates, sessionStates } from '../../../../model/sessions/session-states.ts'
import { type ThroughputPoint, throughputCurve } from '../../../../model/sessions/throughput.ts'
import { connectionsForUsers } from '../../../../model/sessions/user-connections.ts'
import { cutLine, fitText, type Line, lineWidth, span, type TextSpan, textWidth } from '../../../frame/format/line.ts'
import { age, bytes, count, perSecond, rate, sparkline, UNKNOWN_TEXT } from '../../../frame/format/values.ts'
import { hostOf, type OverviewBlock, type OverviewInput } from './block.ts'

const LABEL = 11
const FIGURE = 10
const TAIL = 30
const START = 3 + LABEL + FIGURE + 2
const LONGEST_CURVE = 40
/** Less than this is drawn flat. */
const CALM_COMMITS = 10
const CALM_WAL_BYTES = 64 * 1024
const MOST_PRIMARIES = 2

export function nowBlocks(input: OverviewInput): readonly OverviewBlock[] {
  return primariesOf(input.picture).map((view) => ({
    id: `now ${view.id}`,
    isCalm: false,
    lines: (width) => nowLines(input, view, width),
  }))
}

/** Those that take writes; while none does, the one that did. */
export function primariesOf({ databases }: Picture): readonly DatabaseView[] {
  const taking = databases.filter((view) => isReadAsPrimary(view) && !view.problem)
  return (taking.length > 0 ? taking : databases.filter(isPrimary)).slice(0, MOST_PRIMARIES)
}

export function throughputPoints({ cluster, state }: OverviewInput, { id }: DatabaseView): readonly ThroughputPoint[] {
  const record = cluster.databases.find(({ spec }) => spec.id === id)
  return throughputCurve(record?.history ?? [], state.intervalMs)
}

function nowLines(input: OverviewInput, view: DatabaseView, width: number): readonly Line[] {
  const { state, glyphs } = input
  const { throughput, problem, readAt } = view
  const points = throughputPoints(input, view)
  const curveWidth = Math.min(LONGEST_CURVE, width - 3 - LABEL - FIGURE - TAIL - 4)
  const flow = (
    label: string,
    figure: string,
    why: string,
    values: readonly (number | null)[],
    calm: number,
    tail: Line,
  ) => {
    const curve = curveWidth < 8 ? '' : sparkline(values, curveWidth, glyphs.levels, calm)
    const drawn = curve === '' ? [] : [span(`${curve}  `, 'dim')]
    // Where both have no room, the reason of the row above holds for this one too.
    const hasRoom = START + textWidth(why) + 3 + lineWidth(tail) <= width
    const reason = hasRoom ? [span(why, 'dim'), span('   ')] : []
    const known = figure === UNKNOWN_TEXT ? reason : drawn
    return line([span(fitText(figure, FIGURE, 'right')), span('  '), ...known, ...tail], label)
  }
  const line = (rest: Line, label: string) =>
    cutLine([span(`   ${fitText(label, LABEL)}`, 'dim'), ...rest], width, glyphs.ellipsis)
  const old = problem && readAt !== null ? span(`  not read for ${age(readAt, state.now)}`, 'warning') : span('')
  return [
    cutLine([span(' NOW  ', 'title'), span(view.name, 'strong'), old], width, glyphs.ellipsis),
    flow(
      'commits/s',
      rate(throughput.commits),
      unknownCommits(view, points),
      points.map(({ commits }) => commits),
      CALM_COMMITS,
      rollbackSpans(view),
    ),
    flow(
      'WAL/s',
      perSecond(throughput.walBytes),
      problem ? NOT_READ : TOO_FEW,
      points.map(({ walBytes }) => walBytes),
      CALM_WAL_BYTES,
      freeSpans(input, view),
    ),
    line(sessionSpans(view), 'sessions'),
  ]
}

const NOT_READ = 'it is not read now'
const TOO_FEW = 'too few readings yet'

/** Why the rate of commits is unknown, if it is. */
function unknownCommits({ problem, pulse }: DatabaseView, points: readonly ThroughputPoint[]): string {
  if (problem) return NOT_READ
  if (pulse?.transactionCounters?.committed == null) return 'this server does not tell'
  return points.length < 4 ? TOO_FEW : 'the counters began anew'
}

function rollbackSpans({ throughput: { commits, rollbacks } }: DatabaseView): Line {
  if (commits === null || rollbacks === null) return []
  const all = commits + rollbacks
  const share = all > 0 ? ` (${percent(rollbacks / all)})` : ''
  return [span('rollbacks ', 'dim'), span(`${rate(rollbacks)}/s${share}`)]
}

function percent(share: number): string {
  const value = share * 100
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} %`
}

function freeSpans({ picture }: OverviewInput, view: DatabaseView): Line {
  const host = hostOf(picture, view)
  const label = span('disk free ', 'dim')
  if (!host) return [label, span(`${UNKNOWN_TEXT} no host configured`, 'dim')]
  const space = spaceFor(host.spaces)
  if (!space) return [label, span(`${UNKNOWN_TEXT} ${host.problem ? 'its host can’t be read' : 'not read yet'}`, 'dim')]
  if (space.space.state === 'unknown') return [label, span(`${UNKNOWN_TEXT} ${space.space.why}`, 'dim')]
  const { freePercent } = space
  const share = freePercent === null ? '' : ` (${Math.floor(freePercent)} %)`
  const about = { rule: 'disk', owner: host.id }
  const alert = picture.alerts.find(({ rule, subject }) => rule === about.rule && subject.owner === about.owner)
  return [label, span(`${bytes(space.space.value.availableBytes)}${share}`, alert?.severity ?? 'plain')]
}

/** WAL fills its own file system first, where it has one. */
function spaceFor(spaces: readonly FileSystemView[]): FileSystemView | null {
  return spaces.find(({ role }) => role === 'wal') ?? spaces.find(({ role }) => role === 'data') ?? null
}

function sessionSpans({ sessions, pulse, problem }: DatabaseView): Line {
  if (!sessions || !pulse) return [span(fitText(UNKNOWN_TEXT, FIGURE, 'right'))]
  const total = `${count(sessions.total)}/${connectionsForUsers(sessions)}`
  const states = sessionStates(sessions)
  const known = states ? stateSpans(states) : [span(`${UNKNOWN_TEXT} ${hiddenSessionsOf(pulse)?.why ?? ''}`, 'dim')]
  const all = [span(fitText(total, FIGURE, 'right')), span('  '), ...known]
  return problem ? all.map(({ text }) => span(text, 'dim')) : all
}

function stateSpans({ running, waiting, idleInTransaction, idle }: SessionStates): readonly TextSpan[] {
  const part = (name: string, value: number, style: TextSpan['style'] = 'plain') => [
    span(`${name} `, 'dim'),
    span(`${value}   `, style),
  ]
  return [
    ...part('run', running),
    ...part('wait', waiting, waiting > 0 ? 'warning' : 'plain'),
    ...part('idle-tx', idleInTransaction),
    ...part('idle', idle),
  ]
}
