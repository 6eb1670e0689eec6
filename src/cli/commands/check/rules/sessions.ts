// Checks of the sessions of each database.

import { connectionsUsedUp } from '../../../../model/alerts/rules/database-conditions.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import {
  connectionsForUsers,
  type ReachedLimit,
  reachedLimits,
  sessionsText,
} from '../../../../model/sessions/user-connections.ts'
import { formatSeconds } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase, hiddenReason, withGrant } from '../evaluation/readable.ts'
import { type CheckedFigure, evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

function judgeFigures(
  subject: CheckSubject,
  figureOf: (view: DatabaseView) => CheckedFigure,
): readonly PluginFinding[] {
  const { ranges } = subject
  return evaluateEachDatabase(subject, (view) => (ranges ? [evaluateFigure(figureOf(view), ranges)] : []))
}

/** A database without a free connection is full, not unknown. */
function full({ databases, title }: CheckSubject): readonly PluginFinding[] {
  return databases.flatMap(({ id, problem }) => {
    const found = problem && connectionsUsedUp(problem)
    return found ? [{ status: found.severity, text: `${title(id)} ${found.text}: ${problem.message}` }] : []
  })
}

function inUse(view: DatabaseView, { title }: CheckSubject): CheckedFigure {
  const { sessions } = view
  const usable = sessions ? connectionsForUsers(sessions) : 0
  const value = sessions?.total != null && usable > 0 ? (sessions.total * 100) / usable : null
  const text = sessions ? sessionsText(sessions) : ''
  return { name: title(view.id), value, unit: 'percent', text, min: 0 }
}

export const sessionsCheck: CheckRule = {
  title: 'sessions',
  explains:
    'Sessions in percent of the connections that ordinary users may take: `max_connections` without ' +
    '`superuser_reserved_connections` and `reserved_connections`. A database that refuses a session because no connection slot is ' +
    'left is critical.',
  subjectKind: 'databases',
  limit: {
    unit: 'percent',
    worse: 'higher',
    source: '`alerts.sessionsPercent`',
    limits: (thresholds) => thresholds.sessionsPercent,
  },
  expectation: null,
  evaluate: (subject) => {
    const databases = subject.databases.filter(({ problem }) => !problem || connectionsUsedUp(problem) === null)
    return [...full(subject), ...judgeFigures({ ...subject, databases }, (view) => inUse(view, subject))]
  },
  emptyText: 'no database is known',
}

/**
 * The count is 0 only if every session was seen and none is idle in a transaction. It is unknown if sessions are
 * hidden, unread or not tracked. A session beyond a limit counts all the same.
 */
function longestIdle(view: DatabaseView, { title, ranges }: CheckSubject): CheckedFigure {
  const counts = view.sessions
  const untracked = counts?.untracked ?? 0
  const seen = counts !== null && (counts.idleInTransaction !== null || untracked > 0)
  const unread = view.pulse?.unreadSessions ?? 0
  const longest = seen ? counts.longestIdleInTransactionSeconds : null
  const isBad = longest !== null && (ranges?.warning.alerts(longest) || ranges?.critical.alerts(longest))
  const value = isBad ? longest : untracked > 0 ? null : (longest ?? (seen && unread === 0 ? 0 : null))
  const unknown = whyIdleUnknown(view, unread)
  const text = value === 0 ? 'none' : `${formatSeconds(value ?? 0)}`
  return { name: title(view.id), value, unit: 'seconds', text, unknown, min: 0 }
}

function whyIdleUnknown({ pulse }: DatabaseView, unread: number): string {
  return hiddenReason(pulse) ?? `the statements of ${unread} sessions are too long to read with every poll`
}

export const idleInTransactionCheck: CheckRule = {
  title: 'idle in transaction',
  explains: 'How long the longest session has been idle in a transaction; 0 without such a session.',
  subjectKind: 'databases',
  limit: {
    unit: 'seconds',
    worse: 'higher',
    source: '`alerts.idleInTransaction`',
    limits: (thresholds) => thresholds.idleInTransactionSeconds,
  },
  expectation: null,
  evaluate: (subject) => judgeFigures(subject, (view) => longestIdle(view, subject)),
  emptyText: 'no database is known',
}

function userConnections(view: DatabaseView, { cluster, title }: CheckSubject): readonly PluginFinding[] {
  const { pulse } = view
  if (!pulse) return []
  const name = title(view.id)
  const usable = connectionsForUsers(pulse.sessions)
  const { total } = pulse.sessions
  const free = total === null ? null : Math.max(0, usable - total)
  const performance =
    free === null ? [] : [{ label: `${name} free`, value: free, unit: '', least: 0, most: usable } as const]
  const reached = reachedLimits(pulse, cluster.spec.thresholds.sessionsPercent)
  const [worst] = reached
  if (worst) return [{ status: worst.severity, text: `${name}: ${textOf(reached)}`, performance }]
  if (pulse.connectionLimits == null) {
    const why = withGrant('this role can’t see which CONNECTION LIMITs are reached', pulse.missing[0]?.grant)
    return [{ status: 'unknown', text: `${name}: ${why}`, performance }]
  }
  return [{ status: 'ok', text: `${name} ${free} of ${usable} connections free for users`, performance }]
}

function textOf(reached: readonly ReachedLimit[]): string {
  return reached.map(({ text }) => text).join('; ')
}

export const connectionsForUsersCheck: CheckRule = {
  title: 'connections for users',
  explains:
    'Critical while ordinary users are refused because only reserved connections are left. A database is judged by its CONNECTION ' +
    'LIMIT, in percent by `alerts.sessionsPercent`; a role whose CONNECTION LIMIT is reached is a warning. The role of pgdeck is left ' +
    'out, and so are superusers, who have no limit. Unknown without `pg_monitor`.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => {
    const databases = subject.databases.filter(({ problem }) => !problem || connectionsUsedUp(problem) === null)
    const judged = { ...subject, databases }
    return [...full(subject), ...evaluateEachDatabase(judged, (view) => userConnections(view, subject))]
  },
  emptyText: 'no database is known',
}
