// The blocks of the home screen that the room allows: beside the tables on a wide terminal, else below them.

import { EMPTY_LINE, type Line, span } from '../../../frame/format/line.ts'
import { beside } from './beside.ts'
import type { OverviewBlock, OverviewInput } from './block.ts'
import { LEAST_CHART_ROWS, throughputCharts } from './charts.ts'
import { hostsBlock } from './hosts.ts'
import { lagsBlock } from './lags.ts'
import { nowBlocks } from './now.ts'
import { longestBlock, waitingBlock } from './standstill.ts'
import { backupBlock, certificatesBlock, slotsBlock } from './upkeep.ts'

/** From this width on, blocks stand beside the tables, which have all their columns then. */
const BESIDE_TABLES = 180
/** What the blocks beside them need; on a very wide screen they have a third. */
const BLOCKS = 70
const SHARE_OF_BLOCKS = 1 / 3
const BETWEEN = 3
/** With fewer lines, that all is well is not worth one. */
const ROOMY = 30

/** The width of the tables where blocks stand beside them; null: they have the whole width. */
export function tableWidth(columns: number, forScreenReader: boolean): number | null {
  if (columns < BESIDE_TABLES || forScreenReader) return null
  return columns - Math.max(BLOCKS, Math.floor(columns * SHARE_OF_BLOCKS))
}

interface Room {
  readonly columns: number
  /** Lines that the tables and everything else have. */
  readonly rows: number
  /** Lines that the blocks may take beyond those of the tables. */
  readonly spare: number
}

/** The tables with the blocks, in at most `tables.length + spare` lines. */
export function withOverview(input: OverviewInput, tables: readonly Line[], room: Room): readonly Line[] {
  // The lines of an overlay follow: what is read aloud before them stays short.
  const isBrief = input.glyphs.forScreenReader && input.state.navigation.overlay.kind !== 'none'
  const large = isBrief
    ? []
    : [...nowBlocks(input), lagsBlock(input), hostsBlock(input)].filter((block) => block !== null)
  const small = [
    waitingBlock(input),
    longestBlock(input),
    slotsBlock(input),
    backupBlock(input),
    certificatesBlock(input),
  ].filter((block) => block !== null)
  const told = small.filter(({ isCalm }) => !isCalm || (!isBrief && room.rows >= ROOMY))
  const left = tableWidth(room.columns, input.glyphs.forScreenReader)
  if (left === null) return [...tables, ...chosen(large, told, room)]
  const right = column(large, room.columns - left - BETWEEN, tables.length + room.spare)
  const bar = input.glyphs.trunk
  const top = beside(tables, right, left, ` ${bar} `)
  const below = chosen([], told, { ...room, spare: room.spare - (top.length - tables.length) })
  return [...top, ...below]
}

/** Lines that take the place of older events on a low screen: who holds up others. */
export function urgentRows(input: OverviewInput): number {
  return waitingBlock(input).isCalm ? 0 : 2
}

/** As many whole blocks as fit into `rows`, with a line between. */
function column(blocks: readonly OverviewBlock[], width: number, rows: number): readonly Line[] {
  let lines: readonly Line[] = []
  for (const block of blocks) {
    const more = block.lines(width)
    const next = [...lines, ...(lines.length > 0 ? [EMPTY_LINE] : []), ...more]
    if (more.length > 0 && next.length <= rows) lines = next
  }
  return lines
}

/** What is wrong goes first where not all fits; the order on the screen does not depend on that. */
function chosen(
  large: readonly OverviewBlock[],
  small: readonly OverviewBlock[],
  { columns, spare }: Room,
): readonly Line[] {
  const drawn = new Map([...large, ...small].map((block) => [block, block.lines(columns)]))
  const arranged = (wanted: ReadonlySet<OverviewBlock>): readonly Line[] => {
    const lines = (blocks: readonly OverviewBlock[]) =>
      blocks.flatMap((block) => (wanted.has(block) ? [drawn.get(block) ?? []] : []))
    const rest = lines(small).flat()
    const groups = [...lines(large), rest].filter(({ length }) => length > 0)
    return groups.flatMap((group) => [EMPTY_LINE, ...group])
  }
  const first = [...small.filter(({ isCalm }) => !isCalm), ...large, ...small.filter(({ isCalm }) => isCalm)]
  let wanted: ReadonlySet<OverviewBlock> = new Set()
  for (const block of first) {
    const more = new Set([...wanted, block])
    if (arranged(more).length <= spare) wanted = more
  }
  return arranged(wanted)
}

/** Charts below an empty line for what is left; nothing if that is too little. */
export function chartsBelow(input: OverviewInput, columns: number, rows: number): readonly Line[] {
  if (rows - 1 < LEAST_CHART_ROWS) return []
  const lines = throughputCharts(input, columns, rows - 1)
  return lines.length === 0 ? [] : [[span(' ')], ...lines]
}
