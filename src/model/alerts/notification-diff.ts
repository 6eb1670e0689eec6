// Decides which notifications to send: compares the notified alerts with the current ones.

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

/** A recipient, with the severities that it wants. */
export interface NotificationTarget {
  /** Stable over restarts, and without secrets. */
  readonly id: string
  readonly on: readonly Severity[]
}

/** What one recipient knows of an alert. */
interface NotificationState {
  /** Its last severity, also one that the recipient is not notified of. */
  readonly severity: Severity
  /** The message on its way says that the alert ended. */
  readonly over: boolean
  /** False until the message has arrived or was given up. */
  readonly delivered: boolean
}

/** An alert with at least one notification. */
interface NotifiedAlert {
  readonly cluster: string
  readonly rule: AlertRule
  /** As a text. */
  readonly subject: string
  /** The owner of the subject; absent in files of older versions. */
  readonly owner?: string | undefined
  readonly message: string
  readonly since: number
  /** When this was last confirmed. */
  readonly at: number
  /** By recipient. */
  readonly told: Readonly<Record<string, NotificationState>>
}

export interface CurrentAlerts {
  /** Active alerts that may be notified. */
  readonly unmuted: readonly ClusterAlert[]
  /** Active alerts that are muted: no new notification, and no end. */
  readonly muted: readonly ClusterAlert[]
  /** Whether an alert that is not active has ended. False while its cluster or subject can't be read. */
  hasEnded(known: NotifiedAlert): boolean
  /** The recipients of that cluster for this program. */
  targets(cluster: string): readonly NotificationTarget[]
  readonly now: number
}

export type NotifiedAlerts = Readonly<Record<string, NotifiedAlert>>

export interface NotificationChange {
  readonly letters: readonly NotificationMessage[]
  readonly known: NotifiedAlerts
}

/** Entries of recipients that no longer exist are dropped after this time. */
const FORGET_AFTER_MS = 7 * 86_400_000

/**
 * Returns the due messages, and the state after they are sent. Each recipient gets one message when an alert reaches
 * its severities, one for each change to one of them, and one for the end of every notified alert.
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
  // For a restarted program the alert starts anew: the earlier notification has the real start.
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

/** Returns the state after a message has arrived or was given up. A message that a newer one replaced changes nothing. */
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
 * Returns the state after the program that notified these recipients has ended: undelivered messages are due again.
 * Only for the clusters and recipients in `mine`.
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
