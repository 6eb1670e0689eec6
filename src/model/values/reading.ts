// One measurement with its age. A fault never erases the last good value: the reading keeps both.

import type { Fault } from './fault.ts'

/** The outcome of one question: its answer, or why there is none. */
export type ProbeOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault }

/** Times are milliseconds since the epoch. `at` is when the value was read, `since` when the uninterrupted failure began. */
export type Reading<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'fresh'; readonly value: T; readonly at: number }
  | { readonly state: 'stale'; readonly value: T; readonly at: number; readonly fault: Fault; readonly since: number }
  | { readonly state: 'failed'; readonly fault: Fault; readonly since: number }

export const PENDING: { readonly state: 'waiting' } = { state: 'waiting' }

/** The reading after a good answer. */
export function freshReading<T>(value: T, at: number): Reading<T> {
  return { state: 'fresh', value, at }
}

/** Returns the reading after a failure. The last good value stays; `since` is the first of the consecutive failures. */
export function failedReading<T>(before: Reading<T>, fault: Fault, at: number): Reading<T> {
  switch (before.state) {
    case 'waiting':
      return { state: 'failed', fault, since: at }
    case 'failed':
      return { ...before, fault }
    case 'fresh':
      return { state: 'stale', value: before.value, at: before.at, fault, since: at }
    case 'stale':
      return { ...before, fault }
  }
}

/** Returns the last good value, however old; null without one. */
export function lastGood<T>(reading: Reading<T>): T | null {
  return reading.state === 'fresh' || reading.state === 'stale' ? reading.value : null
}

/** Returns the value only if the latest answer was good. */
export function currentValue<T>(reading: Reading<T>): T | null {
  return reading.state === 'fresh' ? reading.value : null
}

/** When the last good value was read, in milliseconds since the epoch; null without one. */
export function lastReadAt<T>(reading: Reading<T>): number | null {
  return reading.state === 'fresh' || reading.state === 'stale' ? reading.at : null
}

/** Returns the present fault with the start of the outage; null if the latest answer was good or none has come yet. */
export function faultOf<T>(reading: Reading<T>): (Fault & { readonly since: number }) | null {
  return reading.state === 'stale' || reading.state === 'failed' ? { ...reading.fault, since: reading.since } : null
}
