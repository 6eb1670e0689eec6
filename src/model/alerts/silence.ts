// Silences: alerts that a user acknowledged or muted for a time, and when that ends.

import { alertSubject } from '../picture/alert.ts'
import type { Alert, AlertRule, Picture } from '../picture/picture.ts'
import { isSameSubject, isWhole, type Subject } from '../picture/subject.ts'
import { formatSeconds } from '../values/units.ts'

/** `acknowledged` covers active alerts and ends with them; `silenced` ends at its time. */
type SilenceKind = 'acknowledged' | 'silenced'

export interface Silence {
  readonly id: string
  /** Name of the cluster. */
  readonly cluster: string
  /** null: every rule. */
  readonly rule: AlertRule | null
  /** The subject of alerts as text; that of a server, database or host covers its parts. null: every subject. */
  readonly subject: string | null
  /** The owner of the subject; absent in files of older versions. */
  readonly owner?: string | undefined
  readonly reason: string
  /** The user. */
  readonly by: string
  readonly kind: SilenceKind
  readonly at: number
  /** Its latest end; null only for an acknowledgement without a limit. */
  readonly until: number | null
}

/** The request for a silence. */
export type SilenceRequest = Pick<Silence, 'cluster' | 'rule' | 'subject' | 'owner' | 'reason' | 'kind' | 'until'>

/** Returns what is wrong with a request; null if it is valid. A silence needs a reason and an end. */
export function whyNotSilenced({ reason, kind, until }: SilenceRequest, now: number): string | null {
  if (reason.trim() === '') return 'a reason is needed'
  if (kind === 'silenced' && until === null) return 'a silence needs an end'
  return until !== null && until <= now ? 'the end is in the past' : null
}

/** `silenced replication-lag of db-ro until 2026-11-22T15:00:00.000Z: index build`, for the audit log. */
export function describeSilence({ kind, rule, subject, until, reason }: Silence): string {
  const what = rule ?? 'all alerts'
  const whose = subject === null ? '' : ` of ${subject}`
  const end = until === null ? '' : ` until ${new Date(until).toISOString()}`
  return `${kind} ${what}${whose}${end}: ${reason}`
}

/** `acknowledged by ann: index build`, `silenced by ann for 42 min more: index build`: shown beside the muted alert. */
export function silenceText({ kind, by, until, reason }: Silence, now: number): string {
  const left = until === null ? '' : ` for ${formatSeconds(Math.max(0, until - now) / 1000)} more`
  return `${kind} by ${by}${left}: ${reason}`
}

/** A rule that was part of another one before it had a name of its own: silences of that one still cover it. */
const INCLUDES: Partial<Readonly<Record<AlertRule, AlertRule>>> = { 'manager-silent': 'manager-agent-down' }

/** Whether a silence covers this alert, regardless of time. */
export function silenceCovers(silence: Silence, alert: Pick<Alert, 'rule' | 'subject'>): boolean {
  if (silence.rule !== null && silence.rule !== alert.rule && INCLUDES[silence.rule] !== alert.rule) return false
  const subject = silenceSubject(silence)
  return subject === null || isSameSubject(subject, alert.subject) || isWhole(subject, alert.subject.owner)
}

/** Its subject; null: every subject. */
export function silenceSubject({ rule, subject, owner }: Pick<Silence, 'rule' | 'subject' | 'owner'>): Subject | null {
  return subject === null ? null : alertSubject(rule, { subject, owner })
}

/** Returns the silence that mutes an alert at `now`; null if it is not muted. `silences` are those of its cluster. */
export function muted(
  alert: Pick<Alert, 'rule' | 'subject'>,
  silences: readonly Silence[],
  now: number,
): Silence | null {
  return silences.find((silence) => silenceCovers(silence, alert) && !isSilenceOver(silence, now)) ?? null
}

export function isSilenceOver({ until }: Pick<Silence, 'until'>, now: number): boolean {
  return until !== null && now >= until
}

/**
 * Returns the silences that have not ended; the same list if all continue. An acknowledgement ends when none of its
 * alerts is active any more, or when one gets worse: a critical alert is not the acknowledged warning. Before every
 * target has answered once (`complete`), none ends.
 */
export function remainingSilences(
  silences: readonly Silence[],
  previous: Picture | null,
  next: Picture,
  complete: boolean,
): readonly Silence[] {
  const left = silences.filter((silence) => {
    if (isSilenceOver(silence, next.at)) return false
    if (silence.kind === 'silenced') return true
    return !grewWorse(silence, previous, next) && (!complete || mayStand(silence, next))
  })
  return left.length === silences.length ? silences : left
}

function grewWorse(silence: Silence, previous: Picture | null, next: Picture): boolean {
  const before = (previous?.alerts ?? []).filter((alert) => silenceCovers(silence, alert))
  return next.alerts.some(
    ({ rule, subject, severity }) =>
      severity === 'critical' &&
      before.some((old) => old.rule === rule && isSameSubject(old.subject, subject) && old.severity === 'warning'),
  )
}

function mayStand(silence: Silence, next: Picture): boolean {
  if (next.alerts.some((alert) => silenceCovers(silence, alert))) return true
  const subject = silenceSubject(silence)
  return subject !== null && !isSubjectReadable(subject, next)
}

/** Whether an alert that is not active any more has ended. False if its subject can't be read. */
export function isSubjectReadable({ owner }: Subject, { databases, servers, hosts }: Picture): boolean {
  const view = [...databases, ...servers, ...hosts].find(({ id }) => id === owner)
  return view === undefined || view.problem === null || !view.stale
}
