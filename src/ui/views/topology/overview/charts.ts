// Commits and WAL over time, side by side, where a large terminal has nothing else to show.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { formatBytes, formatSeconds } from '../../../../model/values/units.ts'
import { type Line, span } from '../../../frame/format/line.ts'
import { rate } from '../../../frame/format/values.ts'
import { chart } from '../../../frame/parts/chart.ts'
import { beside } from './beside.ts'
import type { OverviewInput } from './block.ts'
import { primariesOf, throughputPoints } from './now.ts'

/** Lower charts show less than the small curves. */
export const LEAST_CHART_ROWS = 7
const TALLEST = 24
const SHORTEST_MS = 30_000

/** Charts of the first primary in at most `rows` lines; none if too little is known. */
export function throughputCharts(input: OverviewInput, width: number, rows: number): readonly Line[] {
  const [view] = primariesOf(input.picture)
  const height = Math.min(TALLEST, rows) - 1
  if (!view || rows < LEAST_CHART_ROWS || input.glyphs.levels === '') return []
  const half = Math.floor((width - 3) / 2)
  const commits = chartOf(input, view, { width: half, height, of: 'commits' })
  const wal = chartOf(input, view, { width: width - half - 3, height, of: 'walBytes' })
  if (commits.length === 0) return wal
  return wal.length === 0 ? commits : beside(commits, wal, half, '   ')
}

function chartOf(
  input: OverviewInput,
  view: DatabaseView,
  { width, height, of }: { readonly width: number; readonly height: number; readonly of: 'commits' | 'walBytes' },
): readonly Line[] {
  const { state, glyphs } = input
  const isCommits = of === 'commits'
  const drawn = chart({
    points: throughputPoints(input, view).map((point) => ({ at: point.at, value: point[of] })),
    now: state.now,
    width: width - 2,
    height,
    levels: glyphs.levels,
    rule: glyphs.rule,
    side: glyphs.trunk,
    shortestMs: SHORTEST_MS,
    floor: isCommits ? 10 : 64 * 1024,
    kilo: isCommits ? 1000 : 1024,
    label: isCommits ? (value) => rate(value) : (value) => `${formatBytes(value)}/s`,
    ago: formatSeconds,
    // It is no problem: the large area stays quieter than what is.
    style: () => 'dim',
  })
  if (drawn.length === 0) return []
  const title = isCommits ? 'COMMITS/S' : 'WAL/S'
  return [[span(` ${title}`, 'title'), span(`  ${view.name}`, 'dim')], ...drawn]
}
