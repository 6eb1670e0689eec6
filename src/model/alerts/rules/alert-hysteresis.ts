// Makes alerts of conditions. Some alert at once; figures must last before they alert, and fall before they end.

import { alertKey } from '../../picture/alert.ts'
import type { Alert, PendingCondition, Picture, Severity } from '../../picture/picture.ts'
import type { AlertCondition } from './condition.ts'

/** A figure between its threshold and a fifth below it ends an alert only after this long. */
const CLEAR_AFTER_MS = 30_000
/** Polls come a little early now and then: a figure in two polls in a row has lasted. */
const JITTER = 0.1
const LONGEST_DOUBT_MS = 5_000
const RANK: Readonly<Record<Severity, number>> = { warning: 1, critical: 2 }

export interface AlertState {
  readonly alerts: readonly Alert[]
  readonly pending: readonly PendingCondition[]
}

interface Moment {
  readonly now: number
  /** How long a figure must last: one interval, so that two polls in a row have it. */
  readonly waitMs: number
  /** How long readings may contradict each other. */
  readonly doubtMs: number
}

/**
 * Returns the active alerts, the worst first. `settled` is false while some target was unknown in the previous picture:
 * then figures alert at once, because a single poll must report everything.
 */
export function updateAlerts(
  conditions: readonly AlertCondition[],
  previous: Picture | null,
  settled: boolean,
  intervalMs: number,
  now: number,
): AlertState {
  const standing = new Map(previous?.alerts.map((alert) => [alertKey(alert), alert]))
  const remembered = new Map(previous?.pending.map((pending) => [alertKey(pending), pending]))
  const moment = settled
    ? { now, waitMs: intervalMs * (1 - JITTER), doubtMs: Math.min(2 * intervalMs, LONGEST_DOUBT_MS) }
    : { now, waitMs: 0, doubtMs: 0 }
  const alerts: Alert[] = []
  const pending: PendingCondition[] = []
  for (const condition of conditions) {
    const key = alertKey(condition)
    const next = advance(condition, standing.get(key) ?? null, remembered.get(key) ?? null, moment)
    if (next.alert) alerts.push(next.alert)
    if (next.pending) pending.push(next.pending)
  }
  return { alerts: alerts.sort((a, b) => RANK[b.severity] - RANK[a.severity]), pending }
}

interface Next {
  readonly alert: Alert | null
  readonly pending: PendingCondition | null
}

function advance(
  condition: AlertCondition,
  alert: Alert | null,
  memory: PendingCondition | null,
  moment: Moment,
): Next {
  if (condition.timing === 'at-once') {
    return { alert: alertWith(condition, condition.severity, alert, moment.now), pending: null }
  }
  return alert ? keep(condition, alert, memory, moment) : wait(condition, memory, moment)
}

/** Not active yet: it must last first. */
function wait(condition: AlertCondition, memory: PendingCondition | null, { now, waitMs, doubtMs }: Moment): Next {
  const { rule, subject, severity } = condition
  if (severity === null) return { alert: null, pending: null }
  const pending = { rule, subject, severity, since: memory?.since ?? now, lastTrueAt: now }
  if (now - pending.since < (condition.timing === 'contradicted' ? doubtMs : waitMs)) return { alert: null, pending }
  return { alert: alertWith(condition, severity, null, pending.since), pending: { ...pending, since: now } }
}

/** Active: its severity rises only after the figure lasted, and falls only well below the threshold or after a while. */
function keep(condition: AlertCondition, alert: Alert, memory: PendingCondition | null, { now, waitMs }: Moment): Next {
  const { rule, subject } = condition
  const rank = condition.severity === null ? 0 : RANK[condition.severity]
  const stands = RANK[alert.severity]
  if (rank > stands && condition.severity) {
    const since = memory?.severity === condition.severity ? memory.since : now
    const pending = { rule, subject, severity: condition.severity, since, lastTrueAt: now }
    const severity = now - since >= waitMs ? condition.severity : alert.severity
    return { alert: alertWith(condition, severity, alert, now), pending }
  }
  const lastHeld = rank === stands ? now : (memory?.lastTrueAt ?? now)
  const severity = rank === stands ? alert.severity : eased(condition, alert, now - lastHeld)
  const next = alertWith(condition, severity, alert, now)
  return { alert: next, pending: severity && { rule, subject, severity, since: now, lastTrueAt: lastHeld } }
}

function eased({ severity, severityToKeep }: AlertCondition, alert: Alert, sinceHeldMs: number): Severity | null {
  const holds = severityToKeep !== null && RANK[severityToKeep] >= RANK[alert.severity]
  if (!holds) return severityToKeep
  return sinceHeldMs < CLEAR_AFTER_MS ? alert.severity : severity
}

function alertWith(
  condition: AlertCondition,
  severity: Severity | null,
  before: Alert | null,
  since: number,
): Alert | null {
  if (severity === null) return null
  const { rule, subject } = condition
  const message = condition.messageAt?.(severity) ?? condition.message
  return { rule, severity, subject, message, since: before?.since ?? condition.since ?? since }
}
