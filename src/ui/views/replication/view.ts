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
import { age, count, perSecond, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListContext } from '../list/list-options.ts'
import { behindSpan, WIDE } from './columns.ts'
import { linkSections } from './details.ts'
import { REPLICATION_COLUMNS } from './exchange-columns.ts'
import { exchangeSections } from './exchange-details.ts'
import { type ExchangeRow, exchangeRows, type ReplicationRow } from './exchange-rows.ts'
import { lagCurvePreview } from './lag-curve.ts'
import { otherSenderLines } from './other-senders.ts'
import { type LinkRow, linkRows } from './rows.ts'

export const replicationView = listView({
  id: 'replication',
  key: '2',
  title: 'replication',
  needs: [],
  guide: [
    'BEHIND: bytes of WAL not yet replayed, and the age of the oldest commit in them; 0 s when all is replayed, however quiet the upstream.',
    'last 5 min: the curve of these bytes. All links have one scale: a full cell is the greatest of them, at least the limit of the warning.',
    'The curve has the colour of the limits. Of a standby with a delay (recovery_min_apply_delay) only what it has not received counts for both.',
    'TO SEND, TO WRITE, TO FLUSH, TO REPLAY: bytes of WAL from the upstream’s position to that stage at the standby.',
    'RECEIVES, REPLAYS: rates of the last half minute. CATCH UP: at these rates; never: the upstream writes faster; late on purpose: within its delay.',
    'SYNC: whether commits wait for it: async; sync and its priority; quorum and how many must confirm.',
    'REPLAYS 0 while BEHIND is above 0 B: replay stands still. The alert replay-stalled names the wait and the session.',
    'commits wait for: the synchronous standbys of a primary. With too few, every commit waits (alert commits-wait).',
    'LAST MSG: time since the last message between walsender and walreceiver.',
    'mirror: a direction of a mirrored pair; BEHIND: what the other one has not taken over, and the age of its oldest change.',
    'GROWS BY: how fast that grows, or shrinks (-), over the last half minute. SINCE: since when it flows or is cut.',
    'archive: no connection; the standby restores WAL files (restore_command). What is not archived yet is no lag for alerts.',
    'also sends to: a base backup, change data capture (capture), a logical subscriber (logical), or the old connection of a standby that has a newer one (stale).',
  ],
  summary,
  isKnown: ({ picture }) => picture !== null,
  panes: [
    listPane<ReplicationRow>({
      name: 'links',
      rowNoun: 'links',
      columns: REPLICATION_COLUMNS,
      rows: (_state, cluster) => [...exchangeRows(cluster), ...linkRows(cluster)],
      search: searchedTexts,
      empty: whyNone,
      rowStyle: (row, context) => ({ stale: isOld(row), note: noteOf(row, context) }),
      preview: lagCurvePreview,
      sections: (row, context) => (row.kind === 'link' ? linkSections(row, context) : exchangeSections(row, context)),
      goneText: 'this link is gone: its standby has another upstream, or none',
    }),
  ],
})

function searchedTexts(row: ReplicationRow): readonly (string | null)[] {
  if (row.kind === 'exchange') return [row.fromName, row.toName, row.exchange.state, row.exchange.slot]
  const { link, sync } = row
  return [link.upstreamName, link.downstreamName, link.downstreamAddress, link.state, sync, link.slot]
}

function isOld(row: ReplicationRow): boolean {
  if (row.kind === 'exchange') return row.from?.stale === true
  return row.upstream?.stale === true || row.downstream?.stale === true
}

/** Why it is cut or unknown. Without an amount that reason takes its place. */
function exchangeNote({ exchange: { state, reason, behindBytes, behindChanges } }: ExchangeRow) {
  if (reason === null || state === 'flowing') return null
  const isKnown = behindBytes !== null || behindChanges !== null
  return { after: [isKnown ? 'behind' : 'state'], span: span(reason, 'warning') }
}

/** Which end can't be read, so that its figures are old, or how the ends differ. The lag itself remains. */
function noteOf(row: ReplicationRow, context: ListContext) {
  if (row.kind === 'exchange') return exchangeNote(row)
  const { upstream, downstream, contradiction } = row
  const dot = ` ${context.screen.glyphs.dot} `
  const end = downstream?.problem ? downstream : upstream?.problem ? upstream : null
  if (!end?.problem) return contradiction === null ? null : noteBeside(contradiction, row, context)
  const { name, id, host, port, readAt, problem } = end
  const read = readAt === null ? 'never read' : `${age(readAt, context.now)} old`
  const message = withoutName(problem.message, name, id, `${host}:${port}`)
  return noteBeside(`${read}${dot}${name}: ${message}`, row, context)
}

/** On a narrow screen it needs the place of all columns behind the state, and so includes the lag. */
function noteBeside(text: string, row: LinkRow, context: ListContext) {
  if (context.screen.columns >= WIDE) return { after: ['behind'], span: span(text, 'warning') }
  const lag = behindSpan(row, context).text.replace(/ +/g, ' ')
  return { after: ['state'], span: span(`${lag} ${context.screen.glyphs.dot} ${text}`, 'warning') }
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

/** The WAL rate of each primary, and the standbys that its commits wait for. */
function summary(context: ListContext): readonly Line[] {
  const { picture } = context
  if (!picture) return []
  const primaries = picture.databases.filter((view) => isPrimary(view) && view.pulse !== null)
  const mirroring = mirroringText(picture, context.screen.glyphs)
  const mirroringLines: readonly Line[] = mirroring
    ? [[span(` ${mirroring.label} `, 'strong'), span(mirroring.text, mirroring.style)]]
    : []
  const primaryLines = primaries.map((primary) => primaryLine(primary, picture, context))
  return [...mirroringLines, ...primaryLines, ...otherSenderLines(picture, context.now)]
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
