// Who is to be told what of alerts: the difference between what was told before and what stands now.

import type { AlertRule, Severity } from '../picture/picture.ts'
import { formatAge } from '../values/units.ts'
import { type ClusterAlert, documentOf, keyOf, type Letter } from './notification-message.ts'

/** One who is told: which severities are meant for it. */
export interface Listener {
  /** Stable over restarts, and without secrets. */
  readonly id: string
  readonly on: readonly Severity[]
}

/** What one listener knows of an alert. */
export interface Told {
  /** The severity it had last, even where the listener is not told of that one. */
  readonly severity: Severity
  /** The letter on its way is of the end. */
  readonly over: boolean
  /** False until the letter has arrived or was given up. */
  readonly delivered: boolean
}

/** An alert that somebody was told of. */
export interface KnownAlert {
  readonly cluster: string
  readonly rule: AlertRule
  readonly subject: string
  readonly message: string
  readonly since: number
  /** When this was last confirmed. */
  readonly at: number
  /** By listener. */
  readonly told: Readonly<Record<string, Told>>
}

export interface Standing {
  /** What stands and may be told of. */
  readonly loud: readonly ClusterAlert[]
  /** What stands but is muted: nothing new is told of it, and it is not over. */
  readonly muted: readonly ClusterAlert[]
  /** Whether an alert that does not stand has ended: not when its cluster or subject can't be seen now. */
  hasEnded(known: KnownAlert): boolean
  /** Who is to be told of that cluster by this program. */
  listeners(cluster: string): readonly Listener[]
  readonly now: number
}

export type KnownAlerts = Readonly<Record<string, KnownAlert>>

export interface Change {
  readonly letters: readonly Letter[]
  readonly known: KnownAlerts
}

/** What was left behind for listeners that nobody has any more is forgotten after this. */
const FORGET_AFTER_MS = 7 * 86_400_000

/**
 * The letters that are due, and what is known once they are written. Each listener is told once of each alert that
 * reaches its severities, once of each change to one of them, and of the end of whatever it was told of.
 */
export function change(known: KnownAlerts, standing: Standing): Change {
  const letters: Letter[] = []
  const next: Record<string, KnownAlert> = {}
  const loud = new Map(standing.loud.map((alert) => [keyOf(alert), alert]))
  const quiet = new Set(standing.muted.map(keyOf))
  for (const [key, entry] of Object.entries(known)) {
    if (loud.has(key)) continue
    const stays = quiet.has(key) || !standing.hasEnded(entry)
    const left = stays ? entry : resolve(entry, standing, letters)
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
  before: KnownAlert | undefined,
  { listeners, now }: Standing,
  letters: Letter[],
): KnownAlert | null {
  const { cluster, rule, subject, severity, message } = alert
  // A program that was started anew sees the alert begin anew: when it really began is what was told before.
  const since = Math.min(alert.since, before?.since ?? alert.since)
  const told: Record<string, Told> = { ...before?.told }
  for (const { id, on } of listeners(cluster)) {
    const earlier = told[id]?.over ? undefined : told[id]
    if (earlier?.severity === severity) continue
    if (!on.includes(severity)) {
      if (earlier) told[id] = { ...earlier, severity }
      continue
    }
    told[id] = { severity, over: false, delivered: false }
    const document = documentOf({ ...alert, since }, earlier ? 'changed' : 'raised', now)
    letters.push({ listener: id, key: keyOf(alert), document })
  }
  return Object.keys(told).length === 0 ? null : { cluster, rule, subject, message, since, at: now, told }
}

function resolve(entry: KnownAlert, { listeners, now }: Standing, letters: Letter[]): KnownAlert | null {
  const told: Record<string, Told> = { ...entry.told }
  for (const { id } of listeners(entry.cluster)) {
    const last = told[id]
    if (!last || last.over) continue
    told[id] = { ...last, over: true, delivered: false }
    const message = `over after ${formatAge(now - entry.since)}: ${entry.message}`
    const document = documentOf({ ...entry, severity: last.severity, message }, 'resolved', now)
    letters.push({ listener: id, key: keyOf(entry), document })
  }
  return now - entry.at > FORGET_AFTER_MS ? null : { ...entry, told }
}

/** What is known once a letter has arrived or was given up. One that was overtaken by a newer letter changes nothing. */
export function settled(known: KnownAlerts, { key, listener, document }: Letter): KnownAlerts {
  const entry = known[key]
  const last = entry?.told[listener]
  const over = document.event === 'resolved'
  if (!entry || !last || last.over !== over || last.severity !== document.severity) return known
  const { [listener]: _, ...others } = entry.told
  return withTold(known, key, over ? others : { ...others, [listener]: { ...last, delivered: true } })
}

/**
 * What is known when the program that told these listeners has ended: whatever it could not deliver is due again. Only
 * for the clusters and listeners that `mine` says.
 */
export function recovered(known: KnownAlerts, mine: (cluster: string, listener: string) => boolean): KnownAlerts {
  return Object.entries(known).reduce((all, [key, entry]) => {
    const told = Object.entries(entry.told).flatMap(([id, last]): [string, Told][] => {
      if (last.delivered || !mine(entry.cluster, id)) return [[id, last]]
      return last.over ? [[id, { ...last, over: false, delivered: true }]] : []
    })
    return withTold(all, key, Object.fromEntries(told))
  }, known)
}

function withTold(known: KnownAlerts, key: string, told: KnownAlert['told']): KnownAlerts {
  const { [key]: entry, ...others } = known
  return !entry || Object.keys(told).length === 0 ? others : { ...others, [key]: { ...entry, told } }
}
