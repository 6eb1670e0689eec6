// Tells the event that began an alert from the others: what stands is told once, as the alert.

import type { Alert, ClusterEvent } from '../picture/picture.ts'

/** An event this soon after an alert began to stand is the event of its beginning: figures must last that long first. */
const BEGINNING_MS = 10_000

/** Changes of status that raise an alert, and are told as such. */
const OF_STATUS: Readonly<Partial<Record<Alert['rule'], RegExp>>> = {
  'nobody-serves': /^nobody serves/,
  'server-inactive': /^(inactive|degraded)\b/,
  'database-inactive': /^(inactive|starting)\b/,
  'replica-disconnected': /\bdisconnected\b|: they diverge$/,
  'read-only-serves': /^serves the users now, read-only/,
}

/** True for the event that says what the alert, which still stands, has said since then. */
export function isAlertStartEvent({ rule, subject, at, severity, text }: ClusterEvent, alert: Alert): boolean {
  // That nobody serves is an alert of the cluster, and an event of who served last.
  if (subject !== alert.subject && alert.rule !== 'nobody-serves') return false
  if (severity !== alert.severity || at < alert.since || at - alert.since > BEGINNING_MS) return false
  return rule === undefined ? (OF_STATUS[alert.rule]?.test(text) ?? false) : rule === alert.rule
}
