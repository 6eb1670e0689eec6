// Acknowledges and silences the selected alert with a typed reason, and ends that again.

import { muted, type SilenceRequest, whyNotSilenced } from '../../model/alerts/silence.ts'
import type { Alert } from '../../model/picture/picture.ts'
import { subjectRecord, subjectText } from '../../model/picture/subject.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { Overlay } from '../../state/navigation.ts'
import { mostUrgentAlert, shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import { instant } from '../frame/format/values.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { actionRow, selectedNodeId } from '../keys/bindings/selection-target.ts'
import { currentKey } from '../keys/names.ts'

export type SilenceOverlay = Extract<Overlay, { kind: 'silence' }>
/** The duration: until the alert ends, a number of milliseconds, or until a typed end. */
export type SilenceTerm = SilenceOverlay['term']

const HOUR_MS = 3_600_000
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: HOUR_MS, d: 24 * HOUR_MS }
const LONGEST = 200
const NO_REASON = 'no reason given'
/** What can be typed for an end. */
const SILENCE_END_EXAMPLES = '8 h, 18:00 or 2026-12-24 18:00'

/** The alert of the selected row, else the most urgent one of the selected server or database; null without one. */
function selectedAlert(state: State): Pick<Alert, 'rule' | 'subject'> | null {
  const row = actionRow(state)
  if (row?.alert) return row.alert
  const cluster = shownCluster(state)
  const id = selectedNodeId(state)
  // A row of the alerts view that is no alert names a subject too: its alerts are not what was selected.
  if (!cluster?.picture || id === null || state.navigation.view === 'alerts') return null
  const alerts = cluster.picture.alerts.filter(({ subject }) => subject.owner === id)
  return mostUrgentAlert({ ...cluster, picture: { ...cluster.picture, alerts } }, state.now)?.alert ?? null
}

/** Why there is no alert to mute here; null when there is one. */
export function whyNotSilenceable(state: State): string | null {
  return selectedAlert(state) ? null : `select an alert in force first: view ${currentKey(state, '9')} has them`
}

export function whyNotAcknowledged(state: State): string | null {
  const why = whyNotSilenceable(state)
  const cluster = shownCluster(state)
  const alert = selectedAlert(state)
  const known = cluster?.picture?.alerts.find(
    ({ rule, subject }) => rule === alert?.rule && subjectText(subject) === subjectText(alert.subject),
  )
  return why ?? (known && muted(known, cluster?.silences ?? [], state.now) ? 'it is already muted' : null)
}

export function whyNotUnsilenced(state: State): string | null {
  return actionRow(state)?.silence ? null : 'the selected row is not muted'
}

/** Asks for the reason. */
export function openSilenceEntry({ bindingContext, navigate }: CommandContext, term: SilenceTerm): void {
  const { state } = bindingContext()
  const cluster = shownCluster(state)
  const alert = selectedAlert(state)
  if (!cluster || !alert) return
  const about = { cluster: cluster.spec.name, rule: alert.rule, ...subjectRecord(alert.subject) }
  navigate({ type: 'overlay-opened', overlay: { kind: 'silence', ...about, term, text: '', problem: null } })
}

/** The label of the entry. */
export function silenceLabel({ rule, subject, term }: SilenceOverlay): string {
  const what = `${rule} of ${subject}`
  if (term === 'while it lasts') return `Acknowledge ${what}, because`
  return term === 'until' ? `Silence ${what} until` : `Silence ${what} for ${term / HOUR_MS} h, because`
}

export function silenceHelp(
  { term }: SilenceOverlay,
  { take, leave }: { readonly take: string; readonly leave: string },
): string {
  if (term === 'until') return `${SILENCE_END_EXAMPLES}, then the reason`
  return `${term === HOUR_MS ? 'may stay empty; ' : ''}${take} confirms, ${leave} cancels`
}

/** `enter`: sends the request to the engine, or reports its problem. */
export function acceptSilence({ navigate, notify, controller, store }: CommandContext, overlay: SilenceOverlay): void {
  const { now } = store.latest()
  const made = requestOf(overlay, now)
  const problem = typeof made === 'string' ? made : whyNotSilenced(made, now)
  if (typeof made === 'string' || problem !== null) {
    navigate({ type: 'entry-refused', problem: problem ?? '' })
    return
  }
  navigate({ type: 'overlay-closed' })
  const what = nameOf(made)
  controller.silence(made).then(
    () =>
      notify(
        'info',
        `${what}: ${made.kind}${made.until === null ? ' until it ends' : ` until ${instant(made.until)}`}`,
      ),
    (error: unknown) => notify('error', `${what}: not ${made.kind}, ${messageOf(error)}`),
  )
}

function requestOf(
  { cluster, rule, subject, owner, term, text }: SilenceOverlay,
  now: number,
): SilenceRequest | string {
  if ([...text].length > LONGEST) return `at most ${LONGEST} characters`
  // The short silence must do with two keys at night: who silenced it, and when, is noted in any case.
  const typed = clean(text).trim() || (term === HOUR_MS ? NO_REASON : '')
  const about = { cluster, rule, subject, owner }
  if (term === 'while it lasts') return { ...about, kind: 'acknowledged', until: null, reason: typed }
  if (term !== 'until') return { ...about, kind: 'silenced', until: now + term, reason: typed }
  const end = parseSilenceEnd(typed, now)
  if (!end) return `start with the end: ${SILENCE_END_EXAMPLES}`
  return { ...about, kind: 'silenced', until: end.until, reason: end.rest }
}

/**
 * Parses the end at the start of a text (`8 h`, `18:00`, `2026-12-24 18:00`, in the user's own time zone) and returns
 * it with the rest; null without one. A time of day is the next one.
 */
export function parseSilenceEnd(text: string, now: number): { readonly until: number; readonly rest: string } | null {
  const span = /^(\d{1,4})\s*(min|m|h|d)(?:\s+(.*))?$/.exec(text)
  if (span) return { until: now + Number(span[1]) * (UNIT_MS[span[2] ?? ''] ?? 0), rest: span[3] ?? '' }
  const date = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?(?:\s+(.*))?$/.exec(text)
  if (date) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = date.slice(1, 6).map((part) => Number(part ?? 0))
    const at = new Date(year, month - 1, day, hour, minute)
    // 2026-02-31 and 25:00 are invalid: Date would turn them into other times.
    const isReal = at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60
    return isReal ? { until: at.getTime(), rest: date[6] ?? '' } : null
  }
  const time = /^(\d{1,2}):(\d{2})(?:\s+(.*))?$/.exec(text)
  if (!time || Number(time[1]) > 23 || Number(time[2]) > 59) return null
  const at = new Date(now)
  at.setHours(Number(time[1]), Number(time[2]), 0, 0)
  if (at.getTime() <= now) at.setDate(at.getDate() + 1)
  return { until: at.getTime(), rest: time[3] ?? '' }
}

/** Ends the muting of the selected alert, or the selected silence. */
export function endSilence({ bindingContext, controller, notify }: CommandContext): void {
  const { state } = bindingContext()
  const id = actionRow(state)?.silence
  const silence = shownCluster(state)?.silences.find((each) => each.id === id)
  if (!silence) return
  const what = nameOf(silence)
  controller.unsilence(silence.id).then(
    () => notify('info', `${what}: no longer silenced`),
    (error: unknown) => notify('error', `${what}: stays muted, ${messageOf(error)}`),
  )
}

function nameOf({ rule, subject }: { readonly rule: Alert['rule'] | null; readonly subject: string | null }): string {
  return `${rule ?? 'every alert'}${subject === null ? '' : ` of ${subject}`}`
}
