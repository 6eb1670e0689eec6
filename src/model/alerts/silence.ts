// Alerts that someone has taken note of or does not want to hear of for a while: which they are, and when that is over.

import { alertSubject } from '../picture/alert.ts'
import type { Alert, AlertRule, Picture } from '../picture/picture.ts'
import { isSameSubject, isWhole, type Subject } from '../picture/subject.ts'
import { formatSeconds } from '../values/units.ts'

/** `acknowledged` is of what stands now and ends with it; `silenced` ends at its time, whatever stands. */
type SilenceKind = 'acknowledged' | 'silenced'

export interface Silence {
  readonly id: string
  /** Name of the cluster. */
  readonly cluster: string
  /** null: every rule. */
  readonly rule: AlertRule | null
  /** The subject of alerts as a text; that of a server, database or host covers its parts. null: every subject. */
  readonly subject: string | null
  /** The owner in it; absent in what older versions wrote. */
  readonly owner?: string | undefined
  readonly reason: string
  /** Who asked for it. */
  readonly by: string
  readonly kind: SilenceKind
  readonly at: number
  /** When it ends at the latest; null only for an acknowledgement without a limit. */
  readonly until: number | null
}

/** What someone asks for. */
export type SilenceRequest = Pick<Silence, 'cluster' | 'rule' | 'subject' | 'owner' | 'reason' | 'kind' | 'until'>

/** What is wrong with a request; null when it can be granted. Nothing may be silenced without a reason or for ever. */
export function whyNotSilenced({ reason, kind, until }: SilenceRequest, now: number): string | null {
  if (reason.trim() === '') return 'a reason is needed'
  if (kind === 'silenced' && until === null) return 'a silence needs an end'
  return until !== null && until <= now ? 'the end is in the past' : null
}

/** `silenced replication-lag of db-ro until 2026-11-22T15:00:00.000Z: index build`, for the audit trail. */
export function describeSilence({ kind, rule, subject, until, reason }: Silence): string {
  const what = rule ?? 'all alerts'
  const whose = subject === null ? '' : ` of ${subject}`
  const end = until === null ? '' : ` until ${new Date(until).toISOString()}`
  return `${kind} ${what}${whose}${end}: ${reason}`
}

/** `acknowledged by ann: index build`, `silenced by ann for 42 min more: index build`: beside the alert it mutes. */
export function silenceText({ kind, by, until, reason }: Silence, now: number): string {
  const left = until === null ? '' : ` for ${formatSeconds(Math.max(0, until - now) / 1000)} more`
  return `${kind} by ${by}${left}: ${reason}`
}

/** Whether a silence is of this alert, whatever the time. */
export function silenceCovers(silence: Silence, alert: Pick<Alert, 'rule' | 'subject'>): boolean {
  if (silence.rule !== null && silence.rule !== alert.rule) return false
  const subject = silenceSubject(silence)
  return subject === null || isSameSubject(subject, alert.subject) || isWhole(subject, alert.subject.owner)
}

/** What it is of; null: every subject. */
export function silenceSubject({ rule, subject, owner }: Pick<Silence, 'rule' | 'subject' | 'owner'>): Subject | null {
  return subject === null ? null : alertSubject(rule, { subject, owner })
}

/** The silence that keeps an alert quiet at `now`; null when it is to be told. `silences` are those of its cluster. */
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
 * The silences that go on, the same list when all do. An acknowledgement ends when nothing that it is of stands any
 * more, or when that grew worse: a critical alert is not what was taken note of as a warning. Before every target has
 * answered once (`complete`) nothing can be said to be over.
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

/** Whether an alert that is no longer there has ended: one about something that can't be read any more has not. */
export function isSubjectReadable({ owner }: Subject, { databases, servers, hosts }: Picture): boolean {
  const view = [...databases, ...servers, ...hosts].find(({ id }) => id === owner)
  return view === undefined || view.problem === null || !view.stale
}
