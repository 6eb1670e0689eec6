// The lines of a recording: a whole state, then each event as what differs from the last one of its kind.

import { redactAll } from '../../model/logs/redact.ts'
import type { Event } from '../event.ts'
import type { ClusterState, State } from '../state.ts'
import { encodeEvent } from '../trace/event-codec.ts'
import { toPlain } from '../trace/trace-values.ts'
import { isRecorded, readingKey } from './recorded-events.ts'
import { withoutStatements } from './statements.ts'
import { isTurningPoint } from './turning-points.ts'
import { changeBetween, type StoredForm } from './value-changes.ts'

export interface RecordingEncoder {
  /**
   * The lines of a state, one by one, so that the caller can do other work between them. The events after it refer to
   * nothing before it.
   */
  keyframe(state: State): Generator<string, void>
  /** The line of an event; null if a recording does not have it. */
  event(event: Event, at: number): string | null
  /** The line after a derivation that a replay must not leave out; null for any other. */
  derived(before: readonly ClusterState[], after: readonly ClusterState[]): string | null
}

export interface RecordingEncoderOptions {
  /** Store the text of statements. Literals in them may be data of users. */
  readonly statements: boolean
}

/** Creates an encoder. Its lines end with a line break and have no secrets. */
export function createRecordingEncoder({ statements }: RecordingEncoderOptions): RecordingEncoder {
  const latest = new Map<string, Event>()
  const hide = statements ? (value: unknown) => value : withoutStatements
  const stored: StoredForm = (name, value) => {
    const plain = toPlain(value)
    // Most of what changes are numbers and LSNs, which need no second look.
    if (typeof value === 'bigint' || (typeof plain !== 'string' && typeof plain !== 'object')) return plain
    const named = redactAll(hide({ [name]: plain })) as Readonly<Record<string, unknown>>
    return named[name]
  }
  return {
    keyframe(state) {
      latest.clear()
      return keyframeLines(state, stored)
    },
    derived: (before, after) => (isTurningPoint(before, after) ? lineOf(['turned']) : null),
    event(event, at) {
      if (!isRecorded(event)) return null
      if (event.type === 'derive-requested') return lineOf(['derive', event.at])
      const key = readingKey(event)
      const before = latest.get(key)
      latest.set(key, event)
      if (before === undefined) return lineOf(['event', at, key, hide(encodeEvent(event))])
      // Hidden again as a whole: what a text is can be told only by the fields around it.
      return lineOf(['change', at, key, hide(changeBetween(before, event, 'event', stored) ?? {})])
    },
  }
}

function* keyframeLines(state: State, stored: StoredForm): Generator<string, void> {
  yield lineOf(['state', stored('state', programPart(state))])
  for (const cluster of state.clusters) yield* clusterLines(cluster, stored)
  yield lineOf(['whole'])
}

/** The fields of a state that belong to no cluster and that the views of recorded time show. */
function programPart({ now, startedAt, intervalMs, paused, host }: State) {
  return { now, startedAt, intervalMs, paused, host }
}

/** A large cluster in pieces: lists element by element, and the picture field by field. */
function* clusterLines(cluster: ClusterState, stored: StoredForm): Iterable<string> {
  yield lineOf(['cluster'])
  for (const [name, value] of Object.entries(cluster)) {
    if (name !== 'picture' || value === null) yield* fieldLines('field', name, value, stored)
    else for (const [inner, part] of Object.entries(value)) yield* fieldLines('picture', inner, part, stored)
  }
}

function* fieldLines(kind: 'field' | 'picture', name: string, value: unknown, stored: StoredForm): Iterable<string> {
  if (value === undefined) return
  if (!Array.isArray(value)) {
    yield lineOf([kind, name, stored(name, value)])
    return
  }
  yield lineOf([kind, name, []])
  for (const item of value) yield lineOf([`${kind}-item`, name, stored(name, item)])
}

function lineOf(parts: readonly unknown[]): string {
  return `${JSON.stringify(parts)}\n`
}
