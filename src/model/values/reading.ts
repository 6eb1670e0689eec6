// One measurement with its age. A fault never erases the last good value: it is kept beside the reason it is old.

import type { Fault } from './fault.ts'

/** What one question came to: its answer, or why there is none. */
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

/** The reading after a failure: the last good value stays; `since` is the first failure of this row of failures. */
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

/** The last good value, however old; null when there never was one. */
export function lastGood<T>(reading: Reading<T>): T | null {
  return reading.state === 'fresh' || reading.state === 'stale' ? reading.value : null
}

/** The value only when the latest answer was good. */
export function currentValue<T>(reading: Reading<T>): T | null {
  return reading.state === 'fresh' ? reading.value : null
}

/** When the last good value was read, in milliseconds since the epoch; null when there is none. */
export function lastReadAt<T>(reading: Reading<T>): number | null {
  return reading.state === 'fresh' || reading.state === 'stale' ? reading.at : null
}

/** The fault in force now, with the start of the outage; null when the latest answer was good or none came yet. */
export function faultOf<T>(reading: Reading<T>): (Fault & { readonly since: number }) | null {
  return reading.state === 'stale' || reading.state === 'failed' ? { ...reading.fault, since: reading.since } : null
}
