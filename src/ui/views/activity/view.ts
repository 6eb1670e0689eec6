// View 3: the sessions of all databases of the cluster, by state.

import { untrackedSessionsText } from '../../../model/sessions/hidden-sessions.ts'
import { connectionsForUsers } from '../../../model/sessions/user-connections.ts'
import { currentValue, lastGood, lastReadAt } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { age, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { listPane, listView, rowPreview } from '../list/list.ts'
import type { ListColumn, ListContext, ListPane } from '../list/list-options.ts'
import { isResultOld, queryResultNotes, queryResultsOf, whyNoRows } from '../list/query-results.ts'
import {
  ALL_SESSION_COLUMNS,
  IDLE_SESSION_COLUMNS,
  RUNNING_SESSION_COLUMNS,
  WAITING_SESSION_COLUMNS,
} from './columns.ts'
import { sessionSections, statementSection } from './details.ts'
import { sessionGroupsPane } from './groups.ts'
import {
  byActivityTime,
  byWeight,
  matchingSessions,
  type SessionActivityKind,
  type SessionEntry,
  sessionEntries,
} from './rows.ts'

/** For the tabs of a narrow screen. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  running: 'run',
  waiting: 'wait',
  'idle in transaction': 'idle-tx',
}

export const activityView = listView({
  id: 'activity',
  key: '3',
  title: 'activity',
  needs: ['activity'],
  guide: [
    'All sessions by weight: first those that hold others up and wait for nobody, then long statements (1 min) and long idle',
    'transactions, sessions that wait, that run, that are idle in a transaction, and the rest. tab: only one of these; groups.',
    'holds 51: so many wait for it, also indirectly. waits for 4711: that session holds the lock; +2: and two more.',
    'The 50 longest waits of a server are asked for whom they wait: view 4 has all. idle-tx: idle in transaction.',
    'waiting: for a lock, a buffer pin or a synchronous standby. WAITS FOR names other waits, which end by themselves.',
    'RUNS FOR: the age of the statement; IDLE FOR: since the last one ended; TRANSACTION: the age of the transaction.',
    '+2 after an APPLICATION: with two parallel workers, which are no sessions of their own. not tracked: track_activities is off.',
    'In the groups, s selects the grouping: application, user, database, client or state.',
    'The filter searches all columns: /payments finds a database, a user, an application or a word of a query.',
    'The sessions of pgdeck and the server’s own processes are left out.',
  ],
  summary,
  isKnown: ({ cluster }) => queryResultsOf(cluster, 'activity').some(({ value }) => value !== null),
  panes: [
    pane('all', ALL_SESSION_COLUMNS, 'the only sessions are those of pgdeck', null),
    pane('running', RUNNING_SESSION_COLUMNS, 'no session runs a statement', ['running']),
    pane('waiting', WAITING_SESSION_COLUMNS, 'no session waits for another one or for a standby', ['waiting']),
    pane('idle in transaction', IDLE_SESSION_COLUMNS, 'no session is idle in a transaction', [
      'idle in transaction',
      'aborted transaction',
    ]),
    sessionGroupsPane,
  ],
})

function pane(
  name: string,
  columns: readonly ListColumn<SessionEntry>[],
  nothing: string,
  which: readonly SessionActivityKind[] | null,
): ListPane {
  return listPane<SessionEntry>({
    name,
    shortName: SHORT_NAMES[name] ?? name,
    rowNoun: 'sessions',
    columns,
    rows(state, cluster) {
      const { all, by } = matchingSessions(cluster, state.navigation.filter)
      if (which) return which.flatMap((doing) => by.get(doing) ?? []).sort(byActivityTime)
      return [...all].sort(byWeight(cluster.spec.thresholds.idleInTransactionSeconds.warning))
    },
    empty: (context) => whyNoRows(context, 'activity', nothing),
    rowStyle: ({ databaseId }, context) => ({ stale: serverIsOld(databaseId, context) }),
    sections: sessionSections,
    preview: rowPreview(({ session }) => [statementSection(session)]),
    goneText: 'this session has ended',
  })
}

function serverIsOld(databaseId: string, context: ListContext): boolean {
  const queryResult = queryResultsOf(context.cluster, 'activity').find((each) => each.databaseId === databaseId)
  return queryResult === undefined || isResultOld(queryResult, context)
}

/** The use of each database's connections, the oldest transaction, and what can't be seen. */
function summary(context: ListContext): readonly Line[] {
  return [
    countsLine(context),
    oldestLine(context.cluster),
    ...untrackedLines(context),
    ...queryResultNotes(context, 'activity'),
  ]
}

/** What such a session does is in no list but that of all sessions. */
function untrackedLines({ cluster: { databases }, screen }: ListContext): readonly Line[] {
  return databases.flatMap(({ displayName, pulse }): Line[] => {
    const sessions = lastGood(pulse)?.sessions
    const text = sessions ? untrackedSessionsText(sessions) : null
    if (text === null) return []
    return [[span(` ${screen.glyphs.warning} ${displayName}: ${text}, what they do is unknown`, 'warning')]]
  })
}

function countsLine({ cluster: { databases }, now }: ListContext): Line {
  const parts = databases.map(({ displayName, pulse }, index): readonly TextSpan[] => {
    const sessions = lastGood(pulse)?.sessions
    const style = currentValue(pulse) ? 'plain' : 'dim'
    const at = lastReadAt(pulse)
    const old = currentValue(pulse) || at === null ? '' : `, ${age(at, now)} old`
    return [
      span(index === 0 ? '' : '   '),
      span(displayName, 'strong'),
      span(
        ` ${sessions ? `${sessions.total ?? UNKNOWN_TEXT} of ${connectionsForUsers(sessions)}${old}` : UNKNOWN_TEXT}`,
        style,
      ),
    ]
  })
  return [span(' Sessions            ', 'dim'), ...parts.flat()]
}

function oldestLine(cluster: ClusterState): Line {
  const oldest = sessionEntries(cluster).find(({ session }) => session.transactionSeconds !== null)
  const label = span(' Oldest transaction  ', 'dim')
  if (!oldest) {
    const all = queryResultsOf(cluster, 'activity')
    const unread = all.filter(({ value }) => value === null).map(({ name }) => name)
    if (unread.length === all.length) return [label, span(UNKNOWN_TEXT)]
    const without = unread.length === 0 ? '' : `, not counting ${unread.join(', ')} (not read)`
    return [label, span(`none is open${without}`, 'dim')]
  }
  const { session, server, activity } = oldest
  return [
    label,
    span(seconds(session.transactionSeconds), 'strong'),
    span(`  pid ${session.pid} on ${server}, ${session.user ?? UNKNOWN_TEXT}`),
    span(session.application === '' ? '' : ` by ${session.application}`),
    span(`, ${activity}`, activity === 'running' ? 'plain' : 'warning'),
  ]
}
