// The columns of the hosts view.

import { availableShare } from '../../../model/measured/host.ts'
import type { FileSystemView } from '../../../model/picture/picture.ts'
import { isSameSubject, subjectOf } from '../../../model/picture/subject.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { age, bytes, perSecond, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { DUE_ORDER, DURATION_ORDER, RATE_ORDER, REMAINING_ORDER, SIZE_ORDER, TIME_ORDER } from '../list/sort-labels.ts'
import type { HostRow } from './rows.ts'
import {
  clockOffsetText,
  firstToFill,
  fullInText,
  loadPerCpu,
  memoryLeftText,
  postmasterSpan,
  sharePercentText,
  spaceSpan,
} from './text.ts'

export const HOST_COLUMNS: readonly ListColumn<HostRow>[] = [
  { ...nameColumn('name', 'NAME', 0, 8, 24), cell: ({ name }) => span(name), order: ({ name }) => name.toLowerCase() },
  {
    ...nameColumn('reached', 'REACHED', 5, 9, 26),
    cell: ({ accessText }) => span(accessText),
    order: ({ accessText }) => accessText,
  },
  {
    ...figureColumn('load', 'LOAD/CPU', 0, 8),
    cell: (row) => span(row.figures ? (loadPerCpu(row.figures)?.toFixed(2) ?? UNKNOWN_TEXT) : UNKNOWN_TEXT),
    order: (row) => row.figures && loadPerCpu(row.figures),
    greatestFirst: true,
  },
  {
    ...figureColumn('cpu', 'CPU', 2, 5),
    cell: (row) => span(sharePercentText(row.figures?.cpu?.busy ?? null)),
    order: (row) => row.figures?.cpu?.busy ?? null,
    greatestFirst: true,
  },
  {
    ...figureColumn('memory', 'MEMORY LEFT', 0, 14),
    cell: (row, { screen }) => span(memoryLeftText(row.figures, screen.glyphs)),
    sortLabels: REMAINING_ORDER,
    order: (row) => row.figures?.memory?.availableBytes ?? null,
  },
  {
    ...figureColumn('swap', 'SWAP USED', 8, 9),
    cell: (row) => span(bytes(row.figures?.swap?.usedBytes ?? null)),
    sortLabels: SIZE_ORDER,
    order: (row) => row.figures?.swap?.usedBytes ?? null,
    greatestFirst: true,
  },
  {
    ...figureColumn('data', 'DATA LEFT', 0, 14),
    cell: (row, context) => spaceCell(row, 'data', context),
    sortLabels: REMAINING_ORDER,
    order: (row) => shareOf(spaceOf(row, 'data')),
  },
  {
    ...figureColumn('wal', 'WAL LEFT', 6, 14),
    cell: (row, context) => (isShared(row) ? span('as data', 'dim') : spaceCell(row, 'wal', context)),
    sortLabels: REMAINING_ORDER,
    order: (row) => shareOf(spaceOf(row, 'wal')),
  },
  {
    ...figureColumn('full', 'FULL IN', 4, 7),
    cell: (row, { screen }) => {
      const first = firstToFill(spacesOf(row))
      return span(first ? fullInText(first, screen.glyphs.dash) : row.source.kind === 'host' ? UNKNOWN_TEXT : '')
    },
    sortLabels: DUE_ORDER,
    order: (row) => firstToFill(spacesOf(row))?.fullInSeconds ?? null,
  },
  {
    ...figureColumn('disk', 'DISK READ, WRITE', 10, 16),
    cell: ({ figures: of }, { screen }) =>
      pair(of?.disk?.readBytesPerSecond, of?.disk?.writtenBytesPerSecond, screen.glyphs),
    sortLabels: RATE_ORDER,
    order: ({ figures: of }) => (of?.disk ? of.disk.readBytesPerSecond + of.disk.writtenBytesPerSecond : null),
    greatestFirst: true,
  },
  {
    ...figureColumn('network', 'NETWORK IN, OUT', 11, 16),
    cell: ({ figures: of }, { screen }) =>
      pair(of?.network?.receivedBytesPerSecond, of?.network?.sentBytesPerSecond, screen.glyphs),
    sortLabels: RATE_ORDER,
    order: ({ figures: of }) =>
      of?.network ? of.network.receivedBytesPerSecond + of.network.sentBytesPerSecond : null,
    greatestFirst: true,
  },
  {
    ...figureColumn('clock', 'CLOCK', 7, 6),
    cell: clockCell,
    sortLabels: SIZE_ORDER,
    order: ({ source }) => (source.kind === 'host' ? Math.abs(source.view.facts?.clock?.offsetMs ?? 0) : null),
    greatestFirst: true,
  },
  {
    ...figureColumn('up', 'UP', 9, 5),
    cell: (row) => span(seconds(row.figures?.uptimeSeconds ?? null)),
    sortLabels: DURATION_ORDER,
    order: (row) => row.figures?.uptimeSeconds ?? null,
  },
  {
    ...textColumn('postmaster', 'POSTMASTER', 1, 10, 12),
    cell: ({ source }, { screen }) =>
      source.kind === 'host' && source.view.facts
        ? postmasterSpan(source.view.facts.postmaster, screen.glyphs)
        : span(source.kind === 'host' ? UNKNOWN_TEXT : ''),
    order: ({ source }) =>
      source.kind === 'host' && source.view.facts?.postmaster.state === 'known'
        ? source.view.facts.postmaster.value.state
        : null,
  },
  {
    ...figureColumn('age', 'AGE', 3, 4),
    cell: ({ at }, { now }) => span(age(at, now)),
    sortLabels: TIME_ORDER,
    order: ({ at }) => at,
  },
]

/** A host's clock is its databases' clock too: the alert may be about one of them. */
function clockCell({ source }: HostRow, { picture }: ListContext): TextSpan {
  if (source.kind !== 'host') return span('')
  const { id, nodeIds, facts } = source.view
  const alert = picture?.alerts.find(
    ({ rule, subject }) => rule === 'clock' && [id, ...nodeIds].includes(subject.owner),
  )
  return span(clockOffsetText(facts?.clock ?? null), alert?.severity ?? 'plain')
}

function spacesOf({ source }: HostRow): readonly FileSystemView[] {
  return source.kind === 'host' ? source.view.spaces : []
}

function spaceOf(row: HostRow, role: FileSystemView['role']): FileSystemView | null {
  return spacesOf(row).find((space) => space.role === role) ?? null
}

function shareOf(space: FileSystemView | null): number | null {
  return space?.space.state === 'known' ? availableShare(space.space.value) : null
}

/** WAL on the file system of the data directory is not listed twice. */
function isShared(row: HostRow): boolean {
  const [data, wal] = [spaceOf(row, 'data')?.space, spaceOf(row, 'wal')?.space]
  if (data?.state !== 'known' || wal?.state !== 'known') return false
  return data.value.mount !== null && data.value.mount === wal.value.mount
}

function spaceCell(row: HostRow, role: FileSystemView['role'], { picture, screen }: ListContext): TextSpan {
  if (row.source.kind !== 'host') return span('')
  const subject = subjectOf(row.source.view.id, role)
  const alert = picture?.alerts.find((each) => each.rule === 'disk' && isSameSubject(each.subject, subject))
  const style: TextStyle = alert?.severity ?? 'plain'
  const mark = alert ? `${screen.glyphs[alert.severity]} ` : ''
  const { text } = spaceSpan(spaceOf(row, role), style, screen.glyphs)
  return span(`${mark}${text}`, style)
}

function pair(one: number | undefined, other: number | undefined, glyphs: Glyphs): TextSpan {
  if (one === undefined || other === undefined) return span(UNKNOWN_TEXT)
  return span(`${perSecond(one)} ${glyphs.dot} ${perSecond(other)}`)
}
