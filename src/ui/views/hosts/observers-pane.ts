// The pane "who sees whom" of view 6: several observers of each target distinguish "down" from "not visible from
// here".

import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'
import {
  allObservations,
  type Observation,
  type ObserverKind,
} from '../../../model/reachability/reachability-matrix.ts'
import type { ClusterState } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Line, span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { age } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane } from '../list/list.ts'
import type { ListColumn, ListContext, ListPane } from '../list/list-options.ts'
import { memoizeLatest } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'

export const OBSERVERS_GUIDE: readonly string[] = [
  'Who sees whom: a walreceiver proves its upstream, a walsender its standby, a session both ends; hosts over ssh try the port.',
  'down: no observer reaches it. not visible from here: others reach it and this host does not, or this host reaches nothing.',
]

type Status = Observation['status']
const MARK = { ok: 'ok', fails: 'critical', unknown: 'unknown' } as const satisfies Record<Status, keyof Glyphs>
const STYLE: Readonly<Record<Status, TextStyle>> = { ok: 'ok', fails: 'critical', unknown: 'plain' }
const SEEN_STYLE: Readonly<Record<TargetVisibility, TextStyle>> = {
  up: 'ok',
  down: 'critical',
  'not visible from here': 'warning',
  unknown: 'plain',
  'not ready': 'warning',
}

/** `● ok 2 s`; with several observers how many see it: `2 ok, 1 fails`. */
function seenCell(seen: readonly Observation[], { now, screen: { glyphs } }: ListContext): TextSpan {
  const [first] = seen
  if (!first) return span('')
  if (seen.every(({ status }) => status === 'unknown')) return span(`${glyphs.unknown} unknown`)
  if (seen.length === 1) {
    const when = first.at === null ? '' : ` ${age(first.at, now)}`
    return span(`${glyphs[MARK[first.status]]} ${first.status}${when}`, STYLE[first.status])
  }
  const count = (status: Status) => seen.filter((one) => one.status === status).length
  const [good, bad] = [count('ok'), count('fails')]
  const text = [`${good} ok`, ...(bad > 0 ? [`${bad} fail`] : [])].join(', ')
  return span(text, bad > 0 ? 'critical' : good > 0 ? 'ok' : 'plain')
}

function column(id: string, title: string, rank: number, kinds: readonly ObserverKind[]): ListColumn<ObservedRow> {
  return {
    ...textColumn(id, title, rank, 8, 14),
    cell: (row, context) => seenCell(observationsBy(row, kinds), context),
  }
}

const COLUMNS: readonly ListColumn<ObservedRow>[] = [
  {
    ...nameColumn('name', 'TARGET', 0, 6, 20),
    cell: ({ name }) => span(name),
    order: ({ name }) => name.toLowerCase(),
  },
  {
    ...textColumn('seen', 'STATUS', 0, 10, 21),
    cell: ({ seenAs }) => span(seenAs, SEEN_STYLE[seenAs]),
    order: ({ seenAs }) => seenAs,
  },
  column('here', 'THIS HOST', 0, ['here']),
  column('standbys', 'STANDBYS', 1, ['standby']),
  column('upstream', 'UPSTREAM', 2, ['source']),
  column('sessions', 'SESSIONS', 3, ['database', 'server']),
  column('hosts', 'HOSTS', 4, ['host']),
  {
    ...restColumn('evidence', 'OTHER OBSERVERS', 5, 20),
    cell: ({ observations }) => {
      const others = observations.filter(({ kind }) => kind !== 'here')
      const decisive = others.find(({ status }) => status === 'fails') ?? others.find(({ status }) => status === 'ok')
      return span(decisive ? `${decisive.from}: ${decisive.evidence}` : '', 'dim')
    },
  },
]

export const observersPane: ListPane = listPane<ObservedRow>({
  name: 'who sees whom',
  rowNoun: 'targets',
  columns: COLUMNS,
  rows: (_state, cluster) => observedRows(cluster),
  search: ({ name, seenAs, observations }) => [name, seenAs, ...observations.map(({ from }) => from)],
  empty: ({ picture }) => (picture ? 'nothing is watched' : 'waiting for the first answers'),
  sections,
  goneText: 'this row is no longer watched',
})

function sections(
  { name, seenAs, since, observations }: ObservedRow,
  { now, screen }: ListContext,
): readonly DetailSection[] {
  return [
    {
      title: `WHO SEES ${name}`,
      age: '',
      fields: [
        ...detailField('it is', seenAs, SEEN_STYLE[seenAs]),
        ...detailField('not reachable from here for', since === null ? null : age(since, now)),
        ...observations.map(
          ({ from, status, evidence, at, kind }): Line => [
            span(`${screen.glyphs[MARK[status]]} ${status.padEnd(8)}`, STYLE[status]),
            span(from, 'strong'),
            span(kind === 'here' ? '' : ` (${kind})`, 'dim'),
            span(`   ${evidence}`),
            span(at === null ? '' : `   ${age(at, now)} ago`, 'dim'),
          ],
        ),
      ],
    },
  ]
}

/** The difference: others may see a target that this host can't. */
type TargetVisibility = 'up' | 'down' | 'not visible from here' | 'unknown' | 'not ready'

interface ObservedRow extends ViewRow {
  readonly name: string
  readonly seenAs: TargetVisibility
  readonly since: number | null
  readonly observations: readonly Observation[]
}

const rowsOf = memoizeLatest((cluster: ClusterState, picture: Picture): readonly ObservedRow[] => {
  const all = allObservations(picture, cluster.servers)
  return [...picture.servers, ...picture.databases].map((view) => ({
    id: view.id,
    subject: view.id,
    name: view.name,
    seenAs: seenAs(view),
    since: view.problem?.since ?? null,
    observations: all.filter(({ toId }) => toId === view.id),
  }))
})

function observedRows(cluster: ClusterState): readonly ObservedRow[] {
  return cluster.picture ? rowsOf(cluster, cluster.picture) : []
}

function seenAs({ status, problem, readAt }: ServerView | DatabaseView): TargetVisibility {
  if (status === 'inactive') return 'down'
  if (problem && status === 'unknown') return 'not visible from here'
  if (readAt === null) return 'unknown'
  return problem || status === 'starting' || status === 'stopping' || status === 'degraded' ? 'not ready' : 'up'
}

function observationsBy(row: ObservedRow, kinds: readonly ObserverKind[]): readonly Observation[] {
  return row.observations.filter(({ kind }) => kinds.includes(kind))
}
