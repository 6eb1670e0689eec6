// View 3: the sessions of all databases of the cluster, by what they do.

import { currentValue, lastGood, lastReadAt } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import { type Line, type Span, span } from '../../frame/format/line.ts'
import { age, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListColumn, ListPane, Scene } from '../list/list-options.ts'
import { isOld, lookedAt, lookNotes, whyNothing } from '../list/query-results.ts'
import { ALL_COLUMNS, IDLE_COLUMNS, RUNNING_COLUMNS, WAITING_COLUMNS } from './columns.ts'
import { sessionSections } from './details.ts'
import { grouped } from './groups.ts'
import { byTime, type Doing, type SessionEntry, sessionEntries, sessionsFound } from './rows.ts'

export const activity = listView({
  id: 'activity',
  key: '3',
  title: 'activity',
  needs: ['activity'],
  guide: [
    'tab goes through the sessions that run a statement, wait, are idle in a transaction, all of them, and groups.',
    'waiting: for a lock, a buffer pin or a synchronous standby. Other waits pass by themselves: WAITS FOR names them.',
    'RUNS FOR: the age of the statement; IDLE FOR: since the last one ended; TRANSACTION: the age of the transaction.',
    'In the groups, s chooses what they are made by: application, user, database, client or state.',
    'The filter looks at everything: /payments finds a database, a user, an application or a word of a query.',
    'The sessions of pgdeck and the server’s own processes are left out.',
  ],
  summary,
  isKnown: ({ cluster }) => lookedAt(cluster, 'activity').some(({ value }) => value !== null),
  panes: [
    pane('running', RUNNING_COLUMNS, 'no session runs a statement', ['running']),
    pane('waiting', WAITING_COLUMNS, 'no session waits for another one or for a standby', ['waiting']),
    pane('idle in transaction', IDLE_COLUMNS, 'no session is idle in a transaction', [
      'idle in transaction',
      'aborted transaction',
    ]),
    pane('all', ALL_COLUMNS, 'there are no sessions but our own', null),
    grouped,
  ],
})

function pane(
  name: string,
  columns: readonly ListColumn<SessionEntry>[],
  nothing: string,
  which: readonly Doing[] | null,
): ListPane {
  return listPane<SessionEntry>({
    name,
    rowsAre: 'sessions',
    columns,
    rows(state, cluster) {
      const { all, by } = sessionsFound(cluster, state.navigation.filter)
      return which ? which.flatMap((doing) => by.get(doing) ?? []).sort(byTime) : all
    },
    empty: (scene) => whyNothing(scene, 'activity', nothing),
    look: ({ databaseId }, scene) => ({ stale: serverIsOld(databaseId, scene) }),
    sections: sessionSections,
    gone: 'this session has ended',
  })
}

function serverIsOld(databaseId: string, scene: Scene): boolean {
  const looked = lookedAt(scene.cluster, 'activity').find((each) => each.databaseId === databaseId)
  return looked === undefined || isOld(looked, scene)
}

/** How full each database is, the oldest transaction of all, and what can't be seen. */
function summary(scene: Scene): readonly Line[] {
  return [countsLine(scene), oldestLine(scene.cluster), ...lookNotes(scene, 'activity')]
}

function countsLine({ cluster: { databases }, now }: Scene): Line {
  const parts = databases.map(({ displayName, pulse }, index): readonly Span[] => {
    const sessions = lastGood(pulse)?.sessions
    const style = currentValue(pulse) ? 'plain' : 'dim'
    const at = lastReadAt(pulse)
    const old = currentValue(pulse) || at === null ? '' : `, ${age(at, now)} old`
    return [
      span(index === 0 ? '' : '   '),
      span(displayName, 'strong'),
      span(` ${sessions ? `${sessions.total} of ${sessions.max}${old}` : UNKNOWN}`, style),
    ]
  })
  return [span(' Sessions            ', 'dim'), ...parts.flat()]
}

function oldestLine(cluster: ClusterState): Line {
  const oldest = sessionEntries(cluster).find(({ session }) => session.transactionSeconds !== null)
  const label = span(' Oldest transaction  ', 'dim')
  if (!oldest) {
    const all = lookedAt(cluster, 'activity')
    const unread = all.filter(({ value }) => value === null).map(({ name }) => name)
    if (unread.length === all.length) return [label, span(UNKNOWN)]
    const without = unread.length === 0 ? '' : `, as far as can be told without ${unread.join(', ')}`
    return [label, span(`none is open${without}`, 'dim')]
  }
  const { session, server, doing } = oldest
  return [
    label,
    span(seconds(session.transactionSeconds), 'strong'),
    span(`  pid ${session.pid} on ${server}, ${session.user ?? UNKNOWN}`),
    span(session.application === '' ? '' : ` by ${session.application}`),
    span(`, ${doing}`, doing === 'running' ? 'plain' : 'warning'),
  ]
}
