// One event as plain JSON without secrets, and back: the form of events in traces and in recordings.

import { redact, redactAll } from '../../model/logs/redact.ts'
import type { Event } from '../event.ts'
import { fromPlain, toPlain } from './trace-values.ts'

/** Returns the event in JSON. Secrets are removed; text that is being typed is masked. */
export function encodeEvent(event: Event): unknown {
  return redactAll(toPlain(withoutMoments(withoutTyped(event))))
}

/** Half a typed secret can't be recognized yet, so only short plain words of typed text are kept. */
const HARMLESS = /^[\w .-]{0,16}$/

function withoutTyped(event: Event): Event {
  if (event.type !== 'typed' && event.type !== 'action-typed') return event
  const { text } = event
  return HARMLESS.test(text) && redact(text) === text ? event : { ...event, text: '•'.repeat([...text].length) }
}

/** What was shown of a recording is in that recording. */
function withoutMoments(event: Event): Event {
  return event.type === 'past-loaded' ? { ...event, past: { ...event.past, moments: [] } } : event
}

/** Returns the event of a form that `encodeEvent` made, also in an earlier version; null if it is none. */
export function decodeEvent(plain: unknown): Event | null {
  const event = fromPlain(plain) as { readonly type?: unknown } | null | undefined
  return typeof event?.type === 'string' ? (withNewNames(event) as Event) : null
}

/** Fields of events that the first version of traces had under another name, by the type of the event. */
const NEW_NAMES: Readonly<Record<string, readonly [old: string, now: string]>> = {
  'query-completed': ['look', 'answer'],
  'port-checked': ['knocks', 'checks'],
  'acting-loaded': ['acting', 'actingPrimary'],
}

function withNewNames(event: { readonly type?: unknown }): object {
  const [old, now] = NEW_NAMES[String(event.type)] ?? []
  if (old === undefined || now === undefined || !(old in event)) return event
  const { [old]: value, ...others } = event as Readonly<Record<string, unknown>>
  return { ...others, [now]: value }
}
