// One event in, the next state out. Topics have a reducer each; this file only says which event belongs to which.

import { derive } from './derive.ts'
import type { Event, ProgramEvent, TrailEvent } from './event.ts'
import { measure } from './measurements.ts'
import { remember } from './memory.ts'
import { recorded } from './moments.ts'
import { navigate } from './navigate.ts'
import { silence } from './silences.ts'
import { type State, TRAIL_KEPT } from './state.ts'

/** The next state. Pure: no clock, no IO; the same object when nothing changes. */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'assessed':
      return record(derive(state, event.at))
    case 'database-probed':
    case 'server-probed':
    case 'sessions-counted':
    case 'looked':
    case 'machine-probed':
    case 'host-probed':
    case 'round-ended':
    case 'spec-changed':
      return measure(state, event)
    case 'names-loaded':
    case 'renamed':
    case 'last-seen-loaded':
      return remember(state, event)
    case 'silences-loaded':
    case 'silenced':
    case 'silence-ended':
      return silence(state, event)
    case 'trail-read':
    case 'trail-written':
      return keepTrail(state, event)
    case 'ticked':
    case 'pause-set':
    case 'interval-set':
    case 'notified':
      return steer(state, event)
    default: {
      const navigation = navigate(state.navigation, event)
      return navigation === state.navigation ? state : { ...state, navigation }
    }
  }
}

function record(state: State): State {
  if (!state.records) return state
  const { now: at, clusters, host, intervalMs } = state
  return { ...state, moments: recorded(state.moments, { at, clusters, host }, intervalMs) }
}

function keepTrail(state: State, event: TrailEvent): State {
  const before = event.type === 'trail-read' ? [] : state.trail
  return { ...state, trail: [...event.entries, ...before].slice(0, TRAIL_KEPT) }
}

function steer(state: State, event: ProgramEvent): State {
  switch (event.type) {
    case 'ticked':
      return { ...state, now: event.at }
    case 'pause-set':
      return { ...state, paused: event.paused }
    case 'interval-set':
      return { ...state, intervalMs: event.intervalMs }
    case 'notified':
      return { ...state, notice: event.notice }
  }
}
