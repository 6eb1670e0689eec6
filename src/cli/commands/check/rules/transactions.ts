// Checks of transactions: waits for locks, age, prepared ones, unfrozen IDs, and what holds back the xmin horizon.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { lockWaitSeconds, lockWaitsText } from '../../../../model/sessions/lock-waits.ts'
import { idsText, preparedText, sessionText, transactionsText } from '../../../../model/sessions/transaction-text.ts'
import { xminHorizonOf } from '../../../../model/sessions/xmin-horizon.ts'
import { multixactMembersText, oldestMultixactAge } from '../../../../model/storage/frozen-ids.ts'
import { formatSeconds } from '../../../../model/values/units.ts'
import type { CheckedLimit, CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase, evaluateEachPrimary, hiddenReason } from '../evaluation/readable.ts'
import { type CheckedFigure, evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

type FigureOf = (view: DatabaseView, subject: CheckSubject) => readonly CheckedFigure[]

/** Compares the figures of one database with the ranges. */
function judge(view: DatabaseView, subject: CheckSubject, figuresOf: FigureOf): readonly PluginFinding[] {
  const { ranges } = subject
  return ranges ? figuresOf(view, subject).map((figure) => evaluateFigure(figure, ranges)) : []
}

/** A standby gets these figures from its primary. */
const ofPrimaries = (figuresOf: FigureOf) => (subject: CheckSubject) =>
  evaluateEachPrimary(subject, (view) => judge(view, subject, figuresOf))

function limit(unit: CheckedLimit['unit'], key: string, limits: CheckedLimit['limits']): CheckedLimit {
  return { unit, worse: 'higher', source: `\`alerts.${key}\``, limits }
}

function longestLockWait({ id, pulse }: DatabaseView, { title }: CheckSubject): readonly CheckedFigure[] {
  const unknown = hiddenReason(pulse) ?? 'this server does not tell how long sessions wait for locks'
  const value = pulse ? lockWaitSeconds(pulse) : null
  const text = pulse?.lockWaits ? lockWaitsText(pulse.lockWaits) : ''
  return [{ name: title(id), value, unit: 'seconds', text, unknown, min: 0 }]
}

export const lockWaitsCheck: CheckRule = {
  title: 'waits for locks',
  explains:
    'How long a session has waited for a lock, how many wait, and which session holds them up: the end of the chain of blockers of ' +
    'the one that has waited longest. 0 while no wait is older than 2 s. Sessions that queue for advisory locks, and builds of indexes that ' +
    'wait for older transactions (virtualxid), do so on purpose and do not count. Unknown without `pg_monitor`.',
  subjectKind: 'databases',
  limit: limit('seconds', 'lockWaits', (thresholds) => thresholds.lockWaitsSeconds),
  expectation: null,
  evaluate: (subject) => evaluateEachDatabase(subject, (view) => judge(view, subject, longestLockWait)),
  emptyText: 'no database is known',
}

function oldestTransaction(view: DatabaseView, { title }: CheckSubject): readonly CheckedFigure[] {
  const facts = view.pulse?.transactions
  const unknown = hiddenReason(view.pulse)
  const oldest = facts?.oldest ?? null
  const value = oldest?.seconds ?? (facts && unknown === null ? 0 : null)
  const text = oldest ? `${formatSeconds(oldest.seconds)}: ${sessionText(oldest)}` : 'no transaction'
  return [{ name: title(view.id), value, unit: 'seconds', text, min: 0, ...(unknown === null ? {} : { unknown }) }]
}

export const transactionAgeCheck: CheckRule = {
  title: 'oldest transaction',
  explains:
    'Age of the oldest transaction of a session, whether it runs a statement, waits or is idle; 0 without one. VACUUM is left out. Unknown without ' +
    '`pg_monitor`.',
  subjectKind: 'databases',
  limit: limit('seconds', 'transactionAge', (thresholds) => thresholds.transactionAgeSeconds),
  expectation: null,
  evaluate: (subject) => evaluateEachDatabase(subject, (view) => judge(view, subject, oldestTransaction)),
  emptyText: 'no database is known',
}

function oldestPrepared(view: DatabaseView, { title }: CheckSubject): readonly CheckedFigure[] {
  const prepared = view.pulse?.transactions?.prepared
  const oldest = prepared?.oldest
  const value = prepared ? (oldest?.seconds ?? 0) : null
  const text = oldest ? preparedText(oldest, prepared?.count ?? 1) : 'nothing prepared'
  return [{ name: title(view.id), value, unit: 'seconds', text, min: 0 }]
}

export const preparedTransactionsCheck: CheckRule = {
  title: 'prepared transactions',
  explains:
    'Age of the oldest prepared transaction of each primary, with its name, owner and database; 0 without one. It keeps its locks ' +
    'and holds back the xmin horizon until it is committed or rolled back, also over restarts.',
  subjectKind: 'databases',
  limit: limit('seconds', 'preparedTransactionAge', (thresholds) => thresholds.preparedTransactionAgeSeconds),
  expectation: null,
  evaluate: ofPrimaries(oldestPrepared),
  emptyText: 'no primary is known',
}

function horizon(view: DatabaseView, { picture, title }: CheckSubject): readonly CheckedFigure[] {
  const found = xminHorizonOf(view, picture)
  const held = found.kind === 'held' ? found.holder : null
  const value = found.kind === 'unknown' ? null : (held?.age ?? 0)
  const more = found.kind === 'held' && found.isBound ? ' (others may be older: not all sessions are visible)' : ''
  const text = held ? `${transactionsText(held.age)}: ${held.text}${more}` : 'nothing holds it back'
  const unknown = hiddenReason(view.pulse) ?? 'not all sessions were read'
  return [{ name: title(view.id), value, unit: 'transactions', text, unknown, min: 0 }]
}

export const xminHorizonCheck: CheckRule = {
  title: 'xmin horizon',
  explains:
    'How many transactions old the xmin horizon of each primary is, and what holds it back: a session, a prepared transaction, a ' +
    'slot, or a standby with `hot_standby_feedback` and there the session that causes it. VACUUM can’t remove rows that were deleted ' +
    'since then.',
  subjectKind: 'databases',
  limit: limit('transactions', 'xminHorizonAge', (thresholds) => thresholds.xminHorizonAge),
  expectation: null,
  evaluate: ofPrimaries(horizon),
  emptyText: 'no primary is known',
}

function idAge(name: string, value: number | null, database: string | undefined, what: string): CheckedFigure {
  const where = database === undefined ? '' : ` (database ${database})`
  return { name, value, unit: 'transactions', text: `${idsText(value ?? 0)} ${what}${where}`, min: 0 }
}

function transactionIds({ id, pulse }: DatabaseView, { title }: CheckSubject): CheckedFigure {
  const database = pulse?.transactions?.ages.transactions?.database
  return idAge(title(id), pulse?.oldestTransactionAge ?? null, database, 'transaction IDs')
}

function multixactIds({ id, pulse }: DatabaseView, { title }: CheckSubject): CheckedFigure {
  const database = pulse?.transactions?.ages.multixacts?.database
  const figure = idAge(`${title(id)} multixact`, oldestMultixactAge(pulse), database, 'MultiXact IDs')
  return pulse ? { ...figure, text: `${figure.text}, ${multixactMembersText(pulse)}` } : figure
}

export const wraparoundCheck: CheckRule = {
  title: 'transaction age',
  explains:
    'Age of the oldest unfrozen transaction ID and of the oldest unfrozen MultiXact ID of each primary; a server stops accepting ' +
    'writes at about 2 144 million of either. Standbys have the ages of their primary and are checked only when named.',
  subjectKind: 'databases',
  limit: limit('transactions', 'transactionIdAge', (thresholds) => thresholds.transactionIdAge),
  expectation: null,
  evaluate: ofPrimaries((view, subject) => [
    transactionIds(view, subject),
    ...(view.pulse?.transactions ? [multixactIds(view, subject)] : []),
  ]),
  emptyText: 'no primary is known',
}

export const multixactCheck: CheckRule = {
  title: 'MultiXact age',
  explains:
    'Age of the oldest unfrozen MultiXact ID of each primary, with its database. Row locks of several sessions use MultiXact IDs; a ' +
    'server stops accepting writes at about 2 144 million, or when their members use up their space: PostgreSQL tells the members from 19 on.',
  subjectKind: 'databases',
  limit: limit('transactions', 'multixactIdAge', (thresholds) => thresholds.multixactIdAge),
  expectation: null,
  evaluate: ofPrimaries((view, subject) => [multixactIds(view, subject)]),
  emptyText: 'no primary is known',
}
