// The columns of the hosts view.

import { availableShare } from '../../../model/measured/host.ts'
import type { FileSystemView } from '../../../model/picture/picture.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Span, type Style, span } from '../../frame/format/line.ts'
import { age, bytes, perSecond, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { figures, words } from '../../frame/parts/table.ts'
import type { ListColumn, Scene } from '../list/list-options.ts'
import { DUE, RATES, ROOM, SIZES, SPANS, TIMES } from '../list/sort-labels.ts'
import type { HostRow } from './rows.ts'
import { clockText, fullFirst, fullIn, loadPerCpu, memoryLeft, percent, postmasterSpan, spaceSpan } from './text.ts'

export const HOST_COLUMNS: readonly ListColumn<HostRow>[] = [
  { ...words('name', 'NAME', 0, 8, 24), cell: ({ name }) => span(name), order: ({ name }) => name.toLowerCase() },
  { ...words('reached', 'REACHED', 5, 9, 26), cell: ({ reached }) => span(reached), order: ({ reached }) => reached },
  {
    ...figures('load', 'LOAD/CPU', 0, 8),
    cell: (row) => span(row.figures ? (loadPerCpu(row.figures)?.toFixed(2) ?? UNKNOWN) : UNKNOWN),
    order: (row) => row.figures && loadPerCpu(row.figures),
    greatestFirst: true,
  },
  {
    ...figures('cpu', 'CPU', 2, 5),
    cell: (row) => span(percent(row.figures?.cpu?.busy ?? null)),
    order: (row) => row.figures?.cpu?.busy ?? null,
    greatestFirst: true,
  },
  {
    ...figures('memory', 'MEMORY LEFT', 0, 14),
    cell: (row, { screen }) => span(memoryLeft(row.figures, screen.glyphs)),
    reads: ROOM,
    order: (row) => row.figures?.memory?.availableBytes ?? null,
  },
  {
    ...figures('swap', 'SWAP USED', 8, 9),
    cell: (row) => span(bytes(row.figures?.swap?.usedBytes ?? null)),
    reads: SIZES,
    order: (row) => row.figures?.swap?.usedBytes ?? null,
    greatestFirst: true,
  },
  {
    ...figures('data', 'DATA LEFT', 0, 14),
    cell: (row, scene) => spaceCell(row, 'data', scene),
    reads: ROOM,
    order: (row) => shareOf(spaceOf(row, 'data')),
  },
  {
    ...figures('wal', 'WAL LEFT', 6, 14),
    cell: (row, scene) => (isShared(row) ? span('as data', 'dim') : spaceCell(row, 'wal', scene)),
    reads: ROOM,
    order: (row) => shareOf(spaceOf(row, 'wal')),
  },
  {
    ...figures('full', 'FULL IN', 4, 7),
    cell: (row, { screen }) => {
      const first = fullFirst(spacesOf(row))
      return span(first ? fullIn(first, screen.glyphs.dash) : row.teller.kind === 'host' ? UNKNOWN : '')
    },
    reads: DUE,
    order: (row) => fullFirst(spacesOf(row))?.fullInSeconds ?? null,
  },
  {
    ...figures('disk', 'DISK READ, WRITE', 10, 16),
    cell: ({ figures: of }, { screen }) =>
      pair(of?.disk?.readBytesPerSecond, of?.disk?.writtenBytesPerSecond, screen.glyphs),
    reads: RATES,
    order: ({ figures: of }) => (of?.disk ? of.disk.readBytesPerSecond + of.disk.writtenBytesPerSecond : null),
    greatestFirst: true,
  },
  {
    ...figures('network', 'NETWORK IN, OUT', 11, 16),
    cell: ({ figures: of }, { screen }) =>
      pair(of?.network?.receivedBytesPerSecond, of?.network?.sentBytesPerSecond, screen.glyphs),
    reads: RATES,
    order: ({ figures: of }) =>
      of?.network ? of.network.receivedBytesPerSecond + of.network.sentBytesPerSecond : null,
    greatestFirst: true,
  },
  {
    ...figures('clock', 'CLOCK', 7, 6),
    cell: clockCell,
    reads: SIZES,
    order: ({ teller }) => (teller.kind === 'host' ? Math.abs(teller.view.facts?.clock?.offsetMs ?? 0) : null),
    greatestFirst: true,
  },
  {
    ...figures('up', 'UP', 9, 5),
    cell: (row) => span(seconds(row.figures?.uptimeSeconds ?? null)),
    reads: SPANS,
    order: (row) => row.figures?.uptimeSeconds ?? null,
  },
  {
    ...words('postmaster', 'POSTMASTER', 1, 10, 12),
    cell: ({ teller }, { screen }) =>
      teller.kind === 'host' && teller.view.facts
        ? postmasterSpan(teller.view.facts.postmaster, screen.glyphs)
        : span(teller.kind === 'host' ? UNKNOWN : ''),
    order: ({ teller }) =>
      teller.kind === 'host' && teller.view.facts?.postmaster.state === 'known'
        ? teller.view.facts.postmaster.value.state
        : null,
  },
  {
    ...figures('age', 'AGE', 3, 4),
    cell: ({ at }, { now }) => span(age(at, now)),
    reads: TIMES,
    order: ({ at }) => at,
  },
]

/** A host's clock is its databases' too: the alert may be about one of those. */
function clockCell({ teller }: HostRow, { picture }: Scene): Span {
  if (teller.kind !== 'host') return span('')
  const { id, tenants, facts } = teller.view
  const alert = picture?.alerts.find(({ rule, subject }) => rule === 'clock' && [id, ...tenants].includes(subject))
  return span(clockText(facts?.clock ?? null), alert?.severity ?? 'plain')
}

function spacesOf({ teller }: HostRow): readonly FileSystemView[] {
  return teller.kind === 'host' ? teller.view.spaces : []
}

function spaceOf(row: HostRow, role: FileSystemView['role']): FileSystemView | null {
  return spacesOf(row).find((space) => space.role === role) ?? null
}

function shareOf(space: FileSystemView | null): number | null {
  return space?.space.state === 'known' ? availableShare(space.space.value) : null
}

/** WAL on the data directory's own file system is not told twice. */
function isShared(row: HostRow): boolean {
  const [data, wal] = [spaceOf(row, 'data')?.space, spaceOf(row, 'wal')?.space]
  if (data?.state !== 'known' || wal?.state !== 'known') return false
  return data.value.mount !== null && data.value.mount === wal.value.mount
}

function spaceCell(row: HostRow, role: FileSystemView['role'], { picture, screen }: Scene): Span {
  if (row.teller.kind !== 'host') return span('')
  const subject = `${row.teller.view.id}/${role}`
  const alert = picture?.alerts.find((each) => each.rule === 'disk' && each.subject === subject)
  const style: Style = alert?.severity ?? 'plain'
  const mark = alert ? `${screen.glyphs[alert.severity]} ` : ''
  const { text } = spaceSpan(spaceOf(row, role), style, screen.glyphs)
  return span(`${mark}${text}`, style)
}

function pair(one: number | undefined, other: number | undefined, glyphs: Glyphs): Span {
  if (one === undefined || other === undefined) return span(UNKNOWN)
  return span(`${perSecond(one)} ${glyphs.dot} ${perSecond(other)}`)
}
