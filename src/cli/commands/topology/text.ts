// The topology as a tree for people: databases under their upstreams, servers with their databases.

import type { EntryPointView } from '../../../model/measured/entry-points/entry-point-view.ts'
import { linksFrom } from '../../../model/picture/neighbours.ts'
import type { OtherSenderView } from '../../../model/picture/other-sender.ts'
import type { DatabaseView, LinkView, Picture, ServerView } from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { isWhole } from '../../../model/picture/subject.ts'
import { alertsBySeverity, displayNameOf } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import { UNICODE_GLYPHS } from '../../../ui/frame/format/glyphs.ts'
import { type Line, line, span } from '../../../ui/frame/format/line.ts'
import { accessLabel, entryPointStatusSpan, lagText, statusSpan } from '../../../ui/frame/format/status-text.ts'
import { bytes, UNKNOWN_TEXT } from '../../../ui/frame/format/values.ts'
import { headline } from '../../text/headline.ts'
import { type TextColumn, textTable } from '../../text/print.ts'

/** A row of the drawn tree. */
interface Branch {
  readonly name: string
  readonly depth: number
  readonly what: string
  readonly status: ReturnType<typeof statusSpan>
  readonly detail: string
}

/** The trees of the clusters as lines. */
export function topologyTreeLines(clusters: readonly ClusterState[]): readonly Line[] {
  return clusters.flatMap((cluster, index) => {
    const gap = index > 0 ? [line('')] : []
    const { picture } = cluster
    if (picture === null) return [...gap, line(span(cluster.spec.name, 'title'), '  nothing was read yet')]
    return [...gap, headline(cluster, picture), ...textTable(COLUMNS, branches(picture)).slice(1)]
  })
}

const COLUMNS: readonly TextColumn<Branch>[] = [
  { title: '', align: 'left', cell: ({ name, depth }) => indented(name, depth) },
  { title: '', align: 'left', cell: ({ what }) => what },
  { title: '', align: 'left', cell: ({ status }) => status },
  { title: '', align: 'left', cell: ({ detail }) => detail },
]

function indented(name: string, depth: number): string {
  return depth === 0 ? name : `${'   '.repeat(depth - 1)}${UNICODE_GLYPHS.branch} ${name}`
}

function branches(picture: Picture): readonly Branch[] {
  const watched = new Set(picture.databases.map(({ id }) => id))
  const upstreams = picture.links.filter(({ upstreamId }) => upstreamId === null).map(upstream)
  const rows = picture.databases.flatMap((database) => [
    databaseBranch(picture, database),
    ...picture.servers
      .filter(({ databaseId }) => databaseId === database.id)
      .map((server) => serverBranch(picture, server, database.depth + 1)),
    ...linksFrom(picture, database.id)
      .filter(({ downstreamId }) => downstreamId === null)
      .map((link) => downstream(link, database.depth + 1)),
    ...picture.otherSenders
      .filter(({ databaseId }) => databaseId === database.id)
      .map((sender) => otherSender(sender, database.depth + 1)),
  ])
  const alone = picture.servers.filter(({ databaseId }) => databaseId === null || !watched.has(databaseId))
  const entryPoints = picture.entryPoints.map((view) => entryPointBranch(picture, view))
  return [...entryPoints, ...distinct(upstreams), ...rows, ...alone.map((server) => serverBranch(picture, server, 0))]
}

function databaseBranch(picture: Picture, database: DatabaseView): Branch {
  const { id, name, depth, role, status, lag, host, port, configured } = database
  const behind = isPrimary(database) ? null : `lag ${lag === null ? UNKNOWN_TEXT : lagText(lag, UNICODE_GLYPHS)}`
  const origin = configured ? null : 'found, not configured'
  return {
    name,
    depth,
    what: role === 'unknown' ? 'database' : role.replace('-', ' '),
    status: statusSpan(status, 'database', worst(picture, id), UNICODE_GLYPHS),
    detail: [`${host}:${port}`, behind, origin].filter((part) => part !== null).join('  '),
  }
}

function serverBranch(picture: Picture, server: ServerView, depth: number): Branch {
  const { id, name, type, status, access, dnsName, port, redirectsTo } = server
  const target = redirectsTo === null ? '' : ` ${UNICODE_GLYPHS.arrow} ${displayNameOf(picture, redirectsTo)}`
  return {
    name,
    depth,
    what: `${type} server`,
    status: statusSpan(status, 'server', worst(picture, id), UNICODE_GLYPHS),
    detail: `${dnsName}:${port}  ${accessLabel(access)}${target}`,
  }
}

function entryPointBranch(picture: Picture, view: EntryPointView): Branch {
  const { id, name, kind, leadsTo, expects, where, problem } = view
  const places =
    leadsTo.length === 0 ? (problem ? UNKNOWN_TEXT : 'nowhere') : leadsTo.map((each) => each.name).join(', ')
  const wanted = leadsTo.some(({ isExpected }) => isExpected === false) ? `, expected a ${expects}` : ''
  return {
    name,
    depth: 0,
    what: kind,
    status: entryPointStatusSpan(view, worst(picture, id), UNICODE_GLYPHS),
    detail: `${where}  ${UNICODE_GLYPHS.arrow} ${places}${wanted}`,
  }
}

function upstream(link: LinkView): Branch {
  return unwatchedBranch(link.upstreamName, 0, 'upstream', 'not watched')
}

function downstream(link: LinkView, depth: number): Branch {
  const address = link.downstreamAddress
  const where = address === null || link.downstreamName.includes(address) ? '' : `${address}  `
  const detail = `${where}${link.kind === 'archiver' ? '' : `${link.state}  `}lag ${lagText(link.lag, UNICODE_GLYPHS)}`
  if (link.kind !== 'archiver')
    return unwatchedBranch(
      link.downstreamName,
      depth,
      link.kind === 'unknown' ? UNKNOWN_TEXT : 'replica',
      `${detail}  found, not configured`,
    )
  const status = span(`${UNICODE_GLYPHS.idle} ${link.state}`)
  return { name: link.downstreamName, depth, what: 'archiver', status, detail }
}

function otherSender({ kind, name, state, slot, behindBytes }: OtherSenderView, depth: number): Branch {
  const status = span(`${UNICODE_GLYPHS.idle} ${state ?? UNKNOWN_TEXT}`)
  const parts = [slot === null ? null : `slot ${slot}`, kind === 'backup' ? null : `lag ${bytes(behindBytes)}`]
  return { name, depth, what: kind, status, detail: parts.filter((part) => part !== null).join('  ') }
}

function unwatchedBranch(name: string, depth: number, what: string, detail: string): Branch {
  return { name, depth, what, status: span(`${UNICODE_GLYPHS.unknown} unknown`, 'warning'), detail }
}

function distinct(branches: readonly Branch[]): readonly Branch[] {
  return [...new Map(branches.map((branch) => [branch.name, branch])).values()]
}

function worst(picture: Picture, id: string) {
  return alertsBySeverity(picture).find(({ subject }) => isWhole(subject, id))?.severity ?? null
}
