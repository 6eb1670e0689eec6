// The columns of the activity view's panes of sessions.

import { span, type TextStyle } from '../../frame/format/line.ts'
import { seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { DURATION_ORDER } from '../list/sort-labels.ts'
import type { SessionActivityKind, SessionEntry } from './rows.ts'
import { sessionWaitText } from './waits.ts'

type Column = ListColumn<SessionEntry>

const DOING_STYLE: Readonly<Record<SessionActivityKind, TextStyle>> = {
  running: 'ok',
  waiting: 'warning',
  'idle in transaction': 'plain',
  'aborted transaction': 'warning',
  idle: 'plain',
  sending: 'plain',
  hidden: 'plain',
  'not tracked': 'plain',
}

const PID: Column = {
  ...figureColumn('pid', 'PID', 0, 7),
  cell: ({ session }) => span(String(session.pid)),
  order: ({ session }) => session.pid,
}

// With one database server its name is redundant.
const SERVER: Column = {
  ...nameColumn('server', 'ON', 3, 5, 16),
  cell: ({ server }, { cluster }) => span(cluster.databases.length > 1 ? server : ''),
  order: ({ server }) => server.toLowerCase(),
}

const DATABASE: Column = {
  ...nameColumn('database', 'DATABASE', 6, 8, 16),
  yields: true,
  cell: ({ session }) => span(session.database ?? ''),
  order: ({ session }) => session.database,
}

const USER: Column = {
  ...nameColumn('user', 'USER', 7, 6, 14),
  yields: true,
  cell: ({ session }) => span(session.user ?? ''),
  order: ({ session }) => session.user,
}

const APPLICATION: Column = {
  ...nameColumn('application', 'APPLICATION', 0, 11, 20),
  cell: ({ session, workers }) =>
    span(`${session.application}${workers.length === 0 ? '' : ` +${workers.length}`}`.trim()),
  order: ({ session }) => session.application.toLowerCase(),
}

const CLIENT: Column = {
  ...nameColumn('client', 'CLIENT', 8, 9, 24),
  cell: ({ session }) => span(session.client ?? ''),
  order: ({ session }) => session.client,
}

const DOING: Column = {
  ...textColumn('state', 'STATE', 0, 7, 20),
  cell: (entry) => span(doingText(entry), entry.holds > 0 ? 'warning' : DOING_STYLE[entry.activity]),
  order: ({ activity }) => activity,
}

/** `running`, `idle-tx, holds 51`, `waits for 24960`. The tabs have the whole words. */
function doingText({ activity, holds, blockers: [first, ...more] }: SessionEntry): string {
  const others = more.length === 0 ? '' : ` +${more.length}`
  const held = holds === 0 ? '' : `, holds ${holds}`
  if (first !== undefined) return `waits for ${first}${others}${held}`
  const short =
    activity === 'idle in transaction' ? 'idle-tx' : activity === 'aborted transaction' ? 'aborted-tx' : activity
  return `${short}${held}`
}

const WAIT: Column = {
  ...textColumn('wait', 'WAITS FOR', 2, 9, 24),
  cell: (entry) => span(sessionWaitText(entry), entry.activity === 'waiting' ? 'warning' : 'plain'),
  order: (entry) => sessionWaitText(entry) || null,
}

const TRANSACTION: Column = {
  ...figureColumn('transaction', 'TRANSACTION', 4, 11),
  cell: (entry, context) => {
    const { transactionSeconds, state } = entry.session
    const none = state === 'disabled' ? UNKNOWN_TEXT : ''
    return span(transactionSeconds === null ? none : seconds(transactionSeconds), idleStyle(entry, context))
  },
  sortLabels: DURATION_ORDER,
  order: ({ session }) => session.transactionSeconds,
  greatestFirst: true,
}

const QUERY: Column = {
  ...restColumn('query', 'QUERY', 0, 18),
  // The statement is what tells a session from others: further columns come only where it has room.
  room: ({ screen }) => Math.max(18, Math.floor(screen.columns / 2) - 16),
  cell: ({ session, activity }) =>
    span(
      session.query ?? (activity === 'not tracked' ? UNKNOWN_TEXT : ''),
      activity === 'idle' || activity === 'sending' ? 'dim' : 'plain',
    ),
  order: ({ session }) => session.query,
}

function time(title: string): Column {
  return {
    ...figureColumn('time', title, 0, 6),
    cell: (entry, context) => span(entry.seconds === null ? '' : seconds(entry.seconds), idleStyle(entry, context)),
    sortLabels: DURATION_ORDER,
    order: (entry) => entry.seconds,
    greatestFirst: true,
  }
}

/** An open transaction of an idle client holds locks and keeps vacuum from removing rows. */
function idleStyle({ activity, session }: SessionEntry, { cluster }: ListContext): TextStyle {
  if (activity !== 'idle in transaction' && activity !== 'aborted transaction') return 'plain'
  const { warning, critical } = cluster.spec.thresholds.idleInTransactionSeconds
  const idle = session.stateSeconds ?? 0
  return idle >= critical ? 'critical' : idle >= warning ? 'warning' : 'plain'
}

const MORE = [DATABASE, USER, CLIENT] as const

/** The columns of a pane of sessions; `title`: what the time of its sessions is. */
function sessionColumns(title: string): readonly Column[] {
  return [PID, SERVER, APPLICATION, time(title), DOING, ...MORE, { ...WAIT, rank: 5 }, TRANSACTION, QUERY]
}

export const RUNNING_SESSION_COLUMNS = sessionColumns('RUNS FOR')
export const WAITING_SESSION_COLUMNS = sessionColumns('RUNS FOR')
export const IDLE_SESSION_COLUMNS = sessionColumns('IDLE FOR')
export const ALL_SESSION_COLUMNS = sessionColumns('FOR')
