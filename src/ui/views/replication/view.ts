// View 2: each replication link with its lag by stage, in bytes and seconds.

import { syncStandbyCount } from '../../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { walWriteRate } from '../../../model/replication/rates.ts'
import { parseSyncStandbys } from '../../../model/replication/sync/sync-standbys.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import { withoutName } from '../../frame/format/fit-text.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { mirroringText } from '../../frame/format/mirroring.ts'
import { age, bytes, count, perSecond, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListContext } from '../list/list-options.ts'
import { LINK_COLUMNS, lagBarScale } from './columns.ts'
import { linkSections } from './details.ts'
import { lagCurvePreview } from './lag-curve.ts'
import { otherSenderLines } from './other-senders.ts'
import { type LinkRow, linkRows } from './rows.ts'

export const replicationView = listView({
  id: 'replication',
  key: '2',
  title: 'replication',
  needs: [],
  guide: [
    'TO SEND, TO WRITE, TO FLUSH, TO REPLAY: bytes of WAL from the upstream’s position to that stage at the standby.',
    'BEHIND: the age of the oldest commit not yet replayed; 0 when all is replayed, however quiet the upstream.',
    'RECEIVES, REPLAYS: rates of the last half minute. CATCH UP: at these rates; never: the upstream writes faster.',
    'SYNC: whether commits wait for it: async; sync and its priority; quorum and how many must confirm.',
    'REPLAYS 0 while TO REPLAY is above 0: replay stands still. The alert replay-stalled names the wait and the session.',
    'commits wait for: the synchronous standbys of a primary. With too few, every commit waits (alert commits-wait).',
    'LAST MSG: time since the last message between walsender and walreceiver.',
    'archive: no connection; the standby restores WAL files (restore_command). What is not archived yet is no lag for alerts.',
    'also sends to: a base backup, change data capture (capture), a logical subscriber (logical), or the old connection of a standby that has a newer one (stale).',
  ],
  summary,
  isKnown: ({ picture }) => picture !== null,
  panes: [
    listPane<LinkRow>({
      name: 'links',
      rowNoun: 'links',
      columns: LINK_COLUMNS,
      rows: (_state, cluster) => linkRows(cluster),
      search: ({ link, sync }) => [
        link.upstreamName,
        link.downstreamName,
        link.downstreamAddress,
        link.state,
        sync,
        link.slot,
      ],
      empty: whyNone,
      rowStyle: (row, context) => ({ stale: isOld(row), note: noteOf(row, context) }),
      preview: lagCurvePreview,
      sections: linkSections,
      goneText: 'this link is gone: its standby has another upstream, or none',
    }),
  ],
})

function isOld({ upstream, downstream }: LinkRow): boolean {
  return upstream?.stale === true || downstream?.stale === true
}

/** Which end can't be read, so that its figures are old, or how the ends differ. The lag itself remains. */
function noteOf({ upstream, downstream, contradiction, link: { lag } }: LinkRow, { now, screen }: ListContext) {
  const dot = ` ${screen.glyphs.dot} `
  const late = lag.seconds ? `${seconds(lag.seconds)} behind${dot}` : ''
  const end = downstream?.problem ? downstream : upstream?.problem ? upstream : null
  if (!end?.problem)
    return contradiction === null ? null : { after: ['to replay'], span: span(late + contradiction, 'warning') }
  const { name, id, host, port, readAt, problem } = end
  const read = readAt === null ? 'never read' : `${age(readAt, now)} old`
  const message = withoutName(problem.message, name, id, `${host}:${port}`)
  return { after: ['to replay'], span: span(`${late}${read}${dot}${name}: ${message}`, 'warning') }
}

function whyNone({ picture, cluster, screen }: ListContext): string {
  if (!picture) return 'waiting for the first answers'
  const silent = picture.databases.filter(({ pulse }) => !pulse)
  if (silent.length === picture.databases.length)
    return 'no database has been read yet: the replication links are unknown'
  const names = cluster.databases.length === 1 ? 'the one database watched' : 'any of the databases watched'
  const mirrored = mirroringText(picture, screen.glyphs) === null ? '' : ': they exchange changes, as shown above'
  const nobody = `no standby receives from ${names}, and none is a standby itself${mirrored}`
  return silent.length === 0
    ? nobody
    : `${nobody}, not counting ${silent.map(({ name }) => name).join(', ')} (not read)`
}

/** The WAL rate of each primary, the standbys that its commits wait for, and the legend of the bar. */
function summary(context: ListContext): readonly Line[] {
  const { picture } = context
  if (!picture) return []
  const primaries = picture.databases.filter((view) => isPrimary(view) && view.pulse !== null)
  const mirroring = mirroringText(picture, context.screen.glyphs)
  const mirroringLines: readonly Line[] = mirroring
    ? [[span(` ${mirroring.label} `, 'strong'), span(mirroring.text, mirroring.style)]]
    : []
  const primaryLines = primaries.map((primary) => primaryLine(primary, picture, context))
  const lines = [...mirroringLines, ...primaryLines, ...otherSenderLines(picture, context.now)]
  return picture.links.length === 0 ? lines : [...lines, ...legend(context)]
}

function primaryLine(
  { id, name, lsn, timeline, pulse, readAt, stale }: DatabaseView,
  picture: Picture,
  context: ListContext,
): Line {
  const at = lsn === null ? UNKNOWN_TEXT : formatLsn(lsn)
  if (stale) {
    return [
      span(` ${name}`, 'strong'),
      span(` was at ${at} when last read, ${age(readAt, context.now)} ago`, 'warning'),
    ]
  }
  const history = context.cluster.databases.find(({ spec }) => spec.id === id)?.history ?? []
  const standbys = parseSyncStandbys(pulse?.synchronousStandbyNames ?? '')
  return [
    span(` ${name}`, 'strong'),
    span(' writes ', 'dim'),
    span(perSecond(walWriteRate(history))),
    span(' at ', 'dim'),
    span(at),
    span(', timeline ', 'dim'),
    span(count(timeline)),
    span('   commits wait for ', 'dim'),
    ...(standbys ? waitedFor(standbys, picture, id) : [span('no standby')]),
  ]
}

/** The standbys that commits wait for, and whether enough of them are connected: otherwise every commit hangs. */
function waitedFor(
  { method, count: wanted, names }: NonNullable<ReturnType<typeof parseSyncStandbys>>,
  picture: Picture,
  primary: string,
): readonly TextSpan[] {
  const there = syncStandbyCount(picture, primary)
  const text = span(`${method === 'any' ? 'any' : 'the first'} ${wanted} of ${names.join(', ')}`)
  if (there === null) return [text, span(`   ${UNKNOWN_TEXT} connected: hidden from this role`, 'warning')]
  return there >= wanted ? [text] : [text, span(`   only ${there} connected: commits wait`, 'critical')]
}

function legend(context: ListContext): readonly Line[] {
  const { stages } = context.screen.glyphs
  if (stages === '') return []
  const [send, write, flush, replay] = stages
  const text = `${send} to send  ${write} to write  ${flush} to flush  ${replay} to replay`
  return [[span(` Bar: ${text}; a full one is ${bytes(lagBarScale(context))}`, 'dim')]]
}
