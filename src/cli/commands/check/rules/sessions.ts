// Figures of the sessions and transactions of each database.

import { connectionsUsedUp, WRAPAROUND_LIMITS } from '../../../../model/alerts/rules/database-conditions.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import { formatSeconds } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase } from '../evaluation/readable.ts'
import { type CheckedFigure, evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

function judgeFigures(
  subject: CheckSubject,
  figureOf: (view: DatabaseView) => CheckedFigure,
): readonly PluginFinding[] {
  const { ranges } = subject
  return evaluateEachDatabase(subject, (view) => (ranges ? [evaluateFigure(figureOf(view), ranges)] : []))
}

/** One that has no connection left is not unknown but full. */
function full({ databases, title }: CheckSubject): readonly PluginFinding[] {
  return databases.flatMap(({ id, problem }) => {
    const found = problem && connectionsUsedUp(problem)
    return found ? [{ status: found.severity, text: `${title(id)} ${found.text}: ${problem.message}` }] : []
  })
}

function inUse(view: DatabaseView, { title }: CheckSubject): CheckedFigure {
  const { total, max } = view.sessions ?? { total: 0, max: 0 }
  const value = max > 0 ? (total * 100) / max : null
  const text = `${total} of ${max} (${Math.floor(value ?? 0)} %)`
  return { name: title(view.id), value, unit: 'percent', text, min: 0, most: 100 }
}

export const sessionsCheck: CheckRule = {
  title: 'sessions',
  explains:
    'Sessions in percent of `max_connections`. A database that refuses a session because no connection slot is left is critical.',
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

/** Nobody idle in a transaction is 0; to see nobody for want of rights, or among sessions that were not read, is unknown. */
function longestIdle(view: DatabaseView, { title }: CheckSubject): CheckedFigure {
  const counts = view.sessions
  const seen = counts !== null && counts.idleInTransaction !== null
  const unread = view.pulse?.unreadSessions ?? 0
  const value = seen ? (counts.longestIdleInTransactionSeconds ?? (unread > 0 ? null : 0)) : null
  const grant = view.pulse?.missing[0]?.grant
  const hidden = `this role can’t see the sessions of others${grant === undefined ? '' : `: ${grant}`}`
  const unknown = unread > 0 ? `the statements of ${unread} sessions are too long to read with every poll` : hidden
  const text = value === 0 ? 'none' : `${formatSeconds(value ?? 0)}`
  return { name: title(view.id), value, unit: 'seconds', text, unknown, min: 0 }
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

function transactionAge(view: DatabaseView, { title }: CheckSubject): CheckedFigure {
  const value = view.pulse?.oldestTransactionAge ?? null
  return { name: title(view.id), value, unit: 'transactions', min: 0 }
}

export const wraparoundCheck: CheckRule = {
  title: 'transaction age',
  explains:
    'Age of the oldest transaction ID of each primary; a server stops accepting writes at about 2 100 million. ' +
    'Standbys have the age of their primary and are checked only when named.',
  subjectKind: 'databases',
  limit: {
    unit: 'transactions',
    worse: 'higher',
    source: 'pgdeck itself',
    limits: () => WRAPAROUND_LIMITS,
  },
  expectation: null,
  evaluate: (subject) => {
    const databases = subject.databases.filter((view) => view.id === subject.node || !isReplica(view))
    return judgeFigures({ ...subject, databases }, (view) => transactionAge(view, subject))
  },
  emptyText: 'no primary is known',
}
