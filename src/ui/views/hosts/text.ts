// The texts of the hosts view: shares, rates, clocks, processes, and why a figure is unknown.

import type { HostFacts, Known, PostmasterState } from '../../../model/measured/host.ts'
import type { FileSystemView, HostView } from '../../../model/picture/picture.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { bytes, milliseconds, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import type { HostRow, HostRowFigures } from './rows.ts'

/** A trend of minutes predicts nothing beyond this. */
const FORESEEABLE_SECONDS = 30 * 86_400

/** `12 %` of a share from 0 to 1. */
export function sharePercentText(share: number | null): string {
  return share === null ? UNKNOWN_TEXT : `${Math.round(share * 100)} %`
}

/** Load over the last minute for each processor: from 1 on, some processes wait. */
export function loadPerCpu({ load, cpus }: HostRowFigures): number | null {
  return load && cpus ? load[0] / cpus : null
}

/** `23 GB · 74 %`: memory that programs can still use. */
export function memoryLeftText(figures: HostRowFigures | null, glyphs: Glyphs): string {
  const memory = figures?.memory
  if (!memory) return UNKNOWN_TEXT
  return `${bytes(memory.availableBytes)} ${glyphs.dot} ${sharePercentText(memory.availableBytes / Math.max(1, memory.totalBytes))}`
}

/** The space of one file system, marked by its alert. */
export function spaceSpan(space: FileSystemView | null, style: TextStyle, glyphs: Glyphs): TextSpan {
  if (!space || space.space.state === 'unknown') return span(UNKNOWN_TEXT)
  const { availableBytes } = space.space.value
  const share = space.freePercent === null ? UNKNOWN_TEXT : `${Math.floor(space.freePercent)} %`
  return span(`${bytes(availableBytes)} ${glyphs.dot} ${share}`, style)
}

/** `4 h` until it is full; a dash if it does not fill. */
export function fullInText(space: FileSystemView, dash: string): string {
  if (space.fillingBytesPerSecond === null) return UNKNOWN_TEXT
  const { fullInSeconds } = space
  return fullInSeconds === null || fullInSeconds > FORESEEABLE_SECONDS ? dash : seconds(fullInSeconds)
}

/** The file system that is full first; null if none of them fills, or nothing is known. */
export function firstToFill(spaces: readonly FileSystemView[]): FileSystemView | null {
  const filling = spaces.filter(({ fillingBytesPerSecond }) => fillingBytesPerSecond !== null)
  const soon = ({ fullInSeconds }: FileSystemView) => fullInSeconds ?? Number.POSITIVE_INFINITY
  return [...filling].sort((a, b) => soon(a) - soon(b))[0] ?? null
}

/** `+1.5 s`: the host's clock minus ours. */
export function clockOffsetText(clock: HostFacts['clock']): string {
  if (!clock) return UNKNOWN_TEXT
  const { offsetMs } = clock
  return `${offsetMs < 0 ? '-' : '+'}${milliseconds(Math.abs(offsetMs))}`
}

/** The process of PostgreSQL in a word; empty if none is looked for. */
export function postmasterSpan(finding: Known<PostmasterState>, glyphs: Glyphs): TextSpan {
  if (finding.state === 'unknown') return span(UNKNOWN_TEXT)
  switch (finding.value.state) {
    case 'running':
      return span(`${glyphs.ok} running`, 'ok')
    case 'stopped':
      return span(`${glyphs.critical} stopped`, 'critical')
    case 'crashed':
      return span(`${glyphs.critical} crashed`, 'critical')
  }
}

/** Why a host can't be read, and how to change that; null if figures are there or on their way. */
export function missingFiguresText({ source, problem, figures }: HostRow): { why: string; what: string | null } | null {
  if (figures) return null
  if (problem) return { why: problem.message, what: problem.hint }
  if (source.kind === 'nobody') return noWay(source.view)
  if (source.kind !== 'sql' || !source.queryResult.value) return null
  const { missing, database } = source.queryResult.value
  if (missing.length === 0) return { why: 'its server reports no load', what: null }
  const grants = missing.map(({ grant }) => `${grant};`).join(' ')
  const what = `in database ${database}: ${grants} or give the host "ssh" in the config`
  return { why: 'this role may not read its files', what }
}

function noWay({ id }: HostView) {
  return { why: 'no access', what: `add "ssh": "user@address" or "local": true to host ${id} in the config` }
}
