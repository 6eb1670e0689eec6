// Who is to be told what of alerts: the difference between what was told before and what stands now.

import { alertSubject } from '../picture/alert.ts'
import type { AlertRule, Severity } from '../picture/picture.ts'
import { subjectRecord } from '../picture/subject.ts'
import { formatAge } from '../values/units.ts'
import {
  type ClusterAlert,
  clusterAlertKey,
  type NotificationMessage,
  toNotificationDocument,
} from './notification-message.ts'

/** One who is told: which severities are meant for it. */
export interface NotificationTarget {
  /** Stable over restarts, and without secrets. */
  readonly id: string
  readonly on: readonly Severity[]
}

/** What one listener knows of an alert. */
interface NotificationState {
  /** The severity it had last, even where the listener is not told of that one. */
  readonly severity: Severity
  /** The letter on its way is of the end. */
  readonly over: boolean
  /** False until the letter has arrived or was given up. */
  readonly delivered: boolean
}

/** An alert that somebody was told of. */
interface NotifiedAlert {
  readonly cluster: string
  readonly rule: AlertRule
  /** As a text. */
  readonly subject: string
  /** The owner in it; absent in what older versions wrote. */
  readonly owner?: string | undefined
  readonly message: string
  readonly since: number
  /** When this was last confirmed. */
  readonly at: number
  /** By listener. */
  readonly told: Readonly<Record<string, NotificationState>>
}

export interface CurrentAlerts {
  /** What stands and may be told of. */
  readonly unmuted: readonly ClusterAlert[]
  /** What stands but is muted: nothing new is told of it, and it is not over. */
  readonly muted: readonly ClusterAlert[]
  /** Whether an alert that does not stand has ended: not when its cluster or subject can't be seen now. */
  hasEnded(known: NotifiedAlert): boolean
  /** Who is to be told of that cluster by this program. */
  targets(cluster: string): readonly NotificationTarget[]
  readonly now: number
}

export type NotifiedAlerts = Readonly<Record<string, NotifiedAlert>>

export interface NotificationChange {
  readonly letters: readonly NotificationMessage[]
  readonly known: NotifiedAlerts
}

/** What was left behind for listeners that nobody has any more is forgotten after this. */
const FORGET_AFTER_MS = 7 * 86_400_000

/**
 * The letters that are due, and what is known once they are written. Each listener is told once of each alert that
 * reaches its severities, once of each change to one of them, and of the end of whatever it was told of.
 */
export function diffNotifications(known: NotifiedAlerts, standing: CurrentAlerts): NotificationChange {
  const letters: NotificationMessage[] = []
  const next: Record<string, NotifiedAlert> = {}
  const loud = new Map(standing.unmuted.map((alert) => [clusterAlertKey(alert), alert]))
  const quiet = new Set(standing.muted.map(clusterAlertKey))
  for (const [key, entry] of Object.entries(known)) {
    if (loud.has(key)) continue
    const stays = quiet.has(key) || !standing.hasEnded(entry)
    const left = stays ? entry : resolve(key, entry, standing, letters)
    if (left) next[key] = left
  }
  for (const [key, alert] of loud) {
    const entry = raise(alert, known[key], standing, letters)
    if (entry) next[key] = entry
  }
  return { letters, known: next }
}

function raise(
  alert: ClusterAlert,
  before: NotifiedAlert | undefined,
  { targets, now }: CurrentAlerts,
  letters: NotificationMessage[],
): NotifiedAlert | null {
  const { cluster, rule, subject, severity, message } = alert
  // A program that was started anew sees the alert begin anew: when it really began is what was told before.
  const since = Math.min(alert.since, before?.since ?? alert.since)
  const told: Record<string, NotificationState> = { ...before?.told }
  for (const { id, on } of targets(cluster)) {
    const earlier = told[id]?.over ? undefined : told[id]
    if (earlier?.severity === severity) continue
    if (!on.includes(severity)) {
      if (earlier) told[id] = { ...earlier, severity }
      continue
    }
    told[id] = { severity, over: false, delivered: false }
    const document = toNotificationDocument({ ...alert, since }, earlier ? 'changed' : 'raised', now)
    letters.push({ targetId: id, key: clusterAlertKey(alert), document })
  }
  return Object.keys(told).length === 0
    ? null
    : { cluster, rule, ...subjectRecord(subject), message, since, at: now, told }
}

function resolve(
  key: string,
  entry: NotifiedAlert,
  { targets, now }: CurrentAlerts,
  letters: NotificationMessage[],
): NotifiedAlert | null {
  const told: Record<string, NotificationState> = { ...entry.told }
  for (const { id } of targets(entry.cluster)) {
    const last = told[id]
    if (!last || last.over) continue
    told[id] = { ...last, over: true, delivered: false }
    const message = `over after ${formatAge(now - entry.since)}: ${entry.message}`
    const subject = alertSubject(entry.rule, entry)
    const document = toNotificationDocument({ ...entry, subject, severity: last.severity, message }, 'resolved', now)
    letters.push({ targetId: id, key, document })
  }
  return now - entry.at > FORGET_AFTER_MS ? null : { ...entry, told }
}

/** What is known once a letter has arrived or was given up. One that was overtaken by a newer letter changes nothing. */
export function settleNotification(
  known: NotifiedAlerts,
  { key, targetId, document }: NotificationMessage,
): NotifiedAlerts {
  const entry = known[key]
  const last = entry?.told[targetId]
  const over = document.event === 'resolved'
  if (!entry || !last || last.over !== over || last.severity !== document.severity) return known
  const { [targetId]: _, ...others } = entry.told
  return withTold(known, key, over ? others : { ...others, [targetId]: { ...last, delivered: true } })
}

/**
 * What is known when the program that told these listeners has ended: whatever it could not deliver is due again. Only
 * for the clusters and listeners that `mine` says.
 */
export function recoverUndelivered(
  known: NotifiedAlerts,
  mine: (cluster: string, listener: string) => boolean,
): NotifiedAlerts {
  return Object.entries(known).reduce((all, [key, entry]) => {
    const told = Object.entries(entry.told).flatMap(([id, last]): [string, NotificationState][] => {
      if (last.delivered || !mine(entry.cluster, id)) return [[id, last]]
      return last.over ? [[id, { ...last, over: false, delivered: true }]] : []
    })
    return withTold(all, key, Object.fromEntries(told))
  }, known)
}

function withTold(known: NotifiedAlerts, key: string, told: NotifiedAlert['told']): NotifiedAlerts {
  const { [key]: entry, ...others } = known
  return !entry || Object.keys(told).length === 0 ? others : { ...others, [key]: { ...entry, told } }
}
