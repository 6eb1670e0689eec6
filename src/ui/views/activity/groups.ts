// Counts sessions by user, application, host or state: where the load comes from.

import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import type { SortOrder } from '../../../state/navigation.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { fitText, type Line, span } from '../../frame/format/line.ts'
import { count, plural, seconds } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { figureColumn, nameColumn } from '../../frame/parts/table.ts'
import { listPane } from '../list/list.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { whyNoRows } from '../list/query-results.ts'
import type { PaneOrdering, ViewRow } from '../list/view.ts'
import { matchingSessions, type SessionActivityKind, type SessionEntry } from './rows.ts'

interface Group extends ViewRow {
  readonly label: string
  readonly entries: readonly SessionEntry[]
  readonly doing: ReadonlyMap<SessionActivityKind, number>
  readonly oldestTransaction: number | null
  readonly longestStatement: number | null
}

const NAMELESS = '(no name)'
const HIDDEN = '(none, or hidden)'

/** The groupings of sessions, in the order of `s`. */
const GROUPINGS: Readonly<Record<string, (entry: SessionEntry) => string>> = {
  application: ({ session }) => session.application || NAMELESS,
  user: ({ session }) => session.user ?? HIDDEN,
  database: ({ session }) => session.database ?? HIDDEN,
  client: ({ session }) => session.client ?? (isHiddenSession(session) ? '(hidden)' : '(Unix socket)'),
  state: ({ activity }) => activity,
}
const USUAL = 'application'
const SESSIONS_TOLD = 200

const ORDERING: PaneOrdering = {
  columns: Object.keys(GROUPINGS),
  greatestFirst: new Set(Object.keys(GROUPINGS)),
  natural: USUAL,
  describe: (sort) =>
    `sessions are grouped by ${groupingOf(sort)}, the ${sort?.descending === false ? 'fewest' : 'most'} first`,
}

/** The pane in which `s` chooses the grouping. */
export const sessionGroupsPane = listPane<Group>({
  name: 'grouped',
  rowNoun: 'groups',
  columns: columns(),
  rows,
  empty: (context) => whyNoRows(context, 'activity', 'the only sessions are those of pgdeck'),
  sections,
  goneText: 'this group has no session any more',
  ordering: ORDERING,
})

function groupingOf(sort: SortOrder | null | undefined): string {
  return sort && Object.hasOwn(GROUPINGS, sort.column) ? sort.column : USUAL
}

function rows({ navigation }: State, cluster: ClusterState): readonly Group[] {
  const sort = navigation.sort['activity:grouped']
  const grouping = groupingOf(sort)
  const labelOf = GROUPINGS[grouping] ?? (() => '')
  const { all } = matchingSessions(cluster, navigation.filter)
  const sign = sort?.descending === false ? -1 : 1
  return [...Map.groupBy(all, labelOf)]
    .map(([label, entries]) => groupOf(grouping, label, entries))
    .sort((a, b) => sign * (b.entries.length - a.entries.length) || (a.label < b.label ? -1 : 1))
}

function groupOf(grouping: string, label: string, entries: readonly SessionEntry[]): Group {
  const doing = new Map<SessionActivityKind, number>()
  let oldestTransaction: number | null = null
  let longestStatement: number | null = null
  for (const { activity: does, session } of entries) {
    doing.set(does, (doing.get(does) ?? 0) + 1)
    oldestTransaction = greater(oldestTransaction, session.transactionSeconds)
    // The statement of a walsender lasts as long as its standby is connected.
    if (does !== 'sending') longestStatement = greater(longestStatement, session.querySeconds)
  }
  const target = groupTarget(grouping, entries)
  return {
    id: `${grouping}:${label}`,
    subject: null,
    label,
    entries,
    doing,
    oldestTransaction,
    longestStatement,
    ...(target ? { actionTarget: target } : {}),
  }
}

/** The field of the actions on sessions that each grouping fills in; absent: no action takes such a group. */
const FIELDS: Readonly<Record<string, (entry: SessionEntry) => Readonly<Record<string, string>> | null>> = {
  application: ({ session }) => ({ application: session.application }),
  user: ({ session }) => (session.user === null ? null : { user: session.user }),
  database: ({ session }) => (session.database === null ? null : { database: session.database }),
  client: ({ session }) => (session.client === null ? null : { client: session.client }),
  state: () => ({}),
}

/**
 * A group is acted on where most of its sessions are. Terminating takes its idle sessions only, cancelling those that run a
 * statement: more is a choice to be written out.
 */
function groupTarget(grouping: string, entries: readonly SessionEntry[]): ViewRow['actionTarget'] {
  const [first] = entries
  const field = first ? (FIELDS[grouping]?.(first) ?? null) : null
  const servers = [...Map.groupBy(entries, ({ databaseId }) => databaseId)]
  const [most] = servers.sort(([, one], [, other]) => other.length - one.length)
  if (!first || field === null || !most) return undefined
  const inTransaction = first.activity === 'idle in transaction' || first.activity === 'aborted transaction'
  const state = grouping === 'state' && inTransaction ? 'idle in transaction' : 'idle'
  return {
    database: most[0],
    input: field,
    inputOf: { 'terminate-session': { state }, 'cancel-query': { state: 'active' } },
  }
}

function columns(): readonly ListColumn<Group>[] {
  return [
    {
      ...nameColumn('label', 'APPLICATION', 0, 20, 48),
      heading: ({ state }) => groupingOf(state.navigation.sort['activity:grouped']).toUpperCase(),
      cell: ({ label }) => span(label),
    },
    { ...figureColumn('sessions', 'SESSIONS', 0, 8), cell: ({ entries }) => span(count(entries.length)) },
    doing('running', 'RUNNING', 1, ['running']),
    doing('waiting', 'WAITING', 1, ['waiting']),
    doing('idle in transaction', 'IDLE IN TRANSACTION', 2, ['idle in transaction', 'aborted transaction']),
    doing('idle', 'IDLE', 3, ['idle']),
    longest('oldest transaction', 'OLDEST TRANSACTION', 2, ({ oldestTransaction }) => oldestTransaction),
    longest('longest statement', 'LONGEST STATEMENT', 3, ({ longestStatement }) => longestStatement),
  ]
}

// A column of zeros is easier to read without the zeros.
function doing(id: string, title: string, rank: number, which: readonly SessionActivityKind[]): ListColumn<Group> {
  return {
    ...figureColumn(id, title, rank, 7),
    cell(group) {
      const number = which.reduce((sum, each) => sum + (group.doing.get(each) ?? 0), 0)
      return span(number === 0 ? '' : String(number), id === 'waiting' ? 'warning' : 'plain')
    },
  }
}

function longest(id: string, title: string, rank: number, pick: (group: Group) => number | null): ListColumn<Group> {
  return {
    ...figureColumn(id, title, rank, 9),
    cell(group) {
      const most = pick(group)
      return span(most === null ? '' : seconds(most))
    },
  }
}

function greater(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.max(one, other)
}

function sections({ id, label, entries }: Group, { screen }: ListContext): readonly DetailSection[] {
  const more = entries.length - SESSIONS_TOLD
  const line = ({ session, activity: does, seconds: since, server }: SessionEntry): Line => [
    span(fitText(String(session.pid), 8, 'right')),
    span(`  ${fitText(server, 12, 'left', screen.glyphs.ellipsis)}  ${fitText(does, 19)}`),
    span(`  ${fitText(since === null ? '' : seconds(since), 8, 'right')}  `),
    span(session.query ?? '', 'dim'),
  ]
  return [
    {
      title: `${(id.split(':')[0] ?? '').toUpperCase()} ${label}`,
      age: plural(entries.length, 'session'),
      fields: [
        ...entries.slice(0, SESSIONS_TOLD).map(line),
        ...detailField('and', more > 0 ? `${more} more: find them with / in the other panes` : null),
      ],
    },
  ]
}
