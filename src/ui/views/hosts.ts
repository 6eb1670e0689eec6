// View 6: hosts. Load, memory, disks and what runs there, this host too.

import { availableShare, HOST_INTERVAL_MS } from '../../model/host.ts'
import type { Picture, SpaceView } from '../../model/picture.ts'
import { isStale } from '../../model/sight.ts'
import type { Glyphs } from '../format/glyphs.ts'
import { type Line, type Span, type Style, span } from '../format/line.ts'
import { age, bytes, plural, seconds, UNKNOWN } from '../format/values.ts'
import { figures, words } from '../parts/table.ts'
import { hostSections } from './details-host.ts'
import { type HostRow, hostRows, tenantsOf } from './host-rows.ts'
import {
  clockText,
  fullFirst,
  fullIn,
  loadPerCpu,
  memoryLeft,
  missingWords,
  percent,
  perSecond,
  postmasterSpan,
  spaceSpan,
} from './host-words.ts'
import { listPane, listView } from './list.ts'
import type { ListColumn, RowLook, Scene } from './list-shape.ts'

const COLUMNS: readonly ListColumn<HostRow>[] = [
  { ...words('name', 'NAME', 0, 8, 24), cell: ({ name }) => span(name), order: ({ name }) => name.toLowerCase() },
  { ...words('reached', 'REACHED', 3, 9, 26), cell: ({ reached }) => span(reached), order: ({ reached }) => reached },
  {
    ...figures('load', 'LOAD/CPU', 0, 8),
    cell: (row) => span(row.figures ? (loadPerCpu(row.figures)?.toFixed(2) ?? UNKNOWN) : UNKNOWN),
    order: (row) => row.figures && loadPerCpu(row.figures),
    greatestFirst: true,
  },
  {
    ...figures('cpu', 'CPU', 1, 5),
    cell: (row) => span(percent(row.figures?.cpu?.busy ?? null)),
    order: (row) => row.figures?.cpu?.busy ?? null,
    greatestFirst: true,
  },
  {
    ...figures('memory', 'MEMORY LEFT', 0, 14),
    cell: (row, { screen }) => span(memoryLeft(row.figures, screen.glyphs)),
    order: (row) => row.figures?.memory?.availableBytes ?? null,
  },
  {
    ...figures('swap', 'SWAP USED', 6, 9),
    cell: (row) => span(bytes(row.figures?.swap?.usedBytes ?? null)),
    order: (row) => row.figures?.swap?.usedBytes ?? null,
    greatestFirst: true,
  },
  {
    ...figures('data', 'DATA LEFT', 0, 14),
    cell: (row, scene) => spaceCell(row, 'data', scene),
    order: (row) => shareOf(spaceOf(row, 'data')),
  },
  {
    ...figures('wal', 'WAL LEFT', 4, 14),
    cell: (row, scene) => (isShared(row) ? span('as data', 'dim') : spaceCell(row, 'wal', scene)),
    order: (row) => shareOf(spaceOf(row, 'wal')),
  },
  {
    ...figures('full', 'FULL IN', 2, 7),
    cell: (row, { screen }) => {
      const first = fullFirst(spacesOf(row))
      return span(first ? fullIn(first, screen.glyphs.dash) : row.teller.kind === 'host' ? UNKNOWN : '')
    },
    order: (row) => fullFirst(spacesOf(row))?.fullInSeconds ?? null,
  },
  {
    ...figures('disk', 'DISK READ, WRITE', 7, 16),
    cell: ({ figures: of }, { screen }) =>
      pair(of?.disk?.readBytesPerSecond, of?.disk?.writtenBytesPerSecond, screen.glyphs),
    order: ({ figures: of }) => (of?.disk ? of.disk.readBytesPerSecond + of.disk.writtenBytesPerSecond : null),
    greatestFirst: true,
  },
  {
    ...figures('network', 'NETWORK IN, OUT', 8, 16),
    cell: ({ figures: of }, { screen }) =>
      pair(of?.network?.receivedBytesPerSecond, of?.network?.sentBytesPerSecond, screen.glyphs),
    order: ({ figures: of }) =>
      of?.network ? of.network.receivedBytesPerSecond + of.network.sentBytesPerSecond : null,
    greatestFirst: true,
  },
  {
    ...figures('clock', 'CLOCK', 5, 6),
    cell: ({ teller }) => span(teller.kind === 'host' ? clockText(teller.view.facts?.clock ?? null) : ''),
    order: ({ teller }) => (teller.kind === 'host' ? Math.abs(teller.view.facts?.clock?.offsetMs ?? 0) : null),
    greatestFirst: true,
  },
  {
    ...figures('up', 'UP', 6, 5),
    cell: (row) => span(seconds(row.figures?.uptimeSeconds ?? null)),
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
  { ...figures('age', 'AGE', 2, 4), cell: ({ at }, { now }) => span(age(at, now)), order: ({ at }) => at },
]

export const hosts = listView({
  id: 'hosts',
  key: '6',
  title: 'hosts',
  needs: ['hostFiles'],
  guide: [
    'LOAD/CPU is the load of the last minute for each processor: from 1 on, some wait for their turn.',
    'MEMORY LEFT and DATA LEFT are what programs and an unprivileged user can still take. FULL IN follows the trend of the last ten minutes.',
    'CLOCK is what the host’s clock shows more than this host’s.',
    'Hosts are read every 5 s: over ssh, here ("local"), or through SQL where the role may read server files.',
  ],
  summary: (scene) => [ownLine(scene), ...problemLines(scene)],
  panes: [
    listPane<HostRow>({
      name: 'hosts',
      rowsAre: 'hosts',
      columns: COLUMNS,
      rows: hostRows,
      search: ({ name, reached, problem }) => [name, reached, problem?.message ?? null],
      empty: () => 'no host is watched',
      look,
      sections: (row, scene) => hostSections(row, tenantsOf(row, scene.cluster), scene),
      gone: 'this host is no longer in the config',
    }),
  ],
})

function look(row: HostRow, { state, now, screen }: Scene): RowLook {
  const missing = missingWords(row)
  if (missing) {
    const text = `${missing.why}${missing.what === null ? '' : ` ${screen.glyphs.dot} ${missing.what}`}`
    return { note: { after: ['name', 'reached'], span: span(text, row.problem ? 'warning' : 'dim') } }
  }
  if (row.at === null) return { note: { after: ['name', 'reached'], span: span('not read yet', 'dim') } }
  return { stale: row.problem !== null || (!state.paused && isOld(row, now)) }
}

function isOld({ at, everyMs }: HostRow, now: number): boolean {
  return at !== null && isStale({ state: 'fresh', value: null, at }, everyMs, now)
}

/** So that "everything is down" can be told from "this host is cut off". */
function ownLine({ state, picture, screen }: Scene): Line {
  const { glyphs } = screen
  const { host } = state
  const cutOff = picture?.alerts.find(({ rule }) => rule === 'cut-off')
  if (host.state === 'fresh' && host.value.interfaces.length === 0) {
    const text = 'no network interface of this host is up but loopback: it is this host that is cut off'
    return [span(` ${glyphs.critical} `, 'critical'), span(text, 'critical')]
  }
  if (cutOff) return [span(` ${glyphs.warning} `, 'warning'), span(cutOff.message, 'warning')]
  const up = host.state === 'fresh' ? `${host.value.interfaces.join(', ')} up, ` : ''
  return [span(`   this host sees ${up}${answering(picture)}`)]
}

function answering(picture: Picture | null): string {
  const targets = [...(picture?.databases ?? []), ...(picture?.servers ?? [])]
  const answer = targets.filter(({ readAt, problem }) => readAt !== null && problem === null)
  return `${answer.length} of ${plural(targets.length, 'target')} answering`
}

/** Hosts whose figures stand still though they were read before: why, once. */
function problemLines({ state, cluster, screen, now }: Scene): readonly Line[] {
  return hostRows(state, cluster).flatMap(({ name, problem, figures: old, at }): Line[] => {
    if (!problem || !old) return []
    const text = `${name}: ${problem.message}; its figures are ${age(at, now)} old`
    return [[span(` ${screen.glyphs.warning} `, 'warning'), span(text, 'warning')]]
  })
}

function spacesOf({ teller }: HostRow): readonly SpaceView[] {
  return teller.kind === 'host' ? teller.view.spaces : []
}

function spaceOf(row: HostRow, role: SpaceView['role']): SpaceView | null {
  return spacesOf(row).find((space) => space.role === role) ?? null
}

function shareOf(space: SpaceView | null): number | null {
  return space?.space.state === 'known' ? availableShare(space.space.value) : null
}

/** WAL on the data directory's own file system is not told twice. */
function isShared(row: HostRow): boolean {
  const [data, wal] = [spaceOf(row, 'data')?.space, spaceOf(row, 'wal')?.space]
  if (data?.state !== 'known' || wal?.state !== 'known') return false
  return data.value.mount !== null && data.value.mount === wal.value.mount
}

function spaceCell(row: HostRow, role: SpaceView['role'], { picture, screen }: Scene): Span {
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
