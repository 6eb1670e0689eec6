// Takes one event and returns the next state. Each topic has its own reducer; this file only selects it.

import type { AuditEntry } from '../model/events/audit-entry.ts'
import { isActionEvent, reduceAction } from './action-state.ts'
import { derive } from './derive.ts'
import { isDiagnosisEvent, reduceDiagnosis } from './diagnosis.ts'
import type { AuditLogEvent, Event, ProgramEvent } from './event.ts'
import { recordMoment } from './history.ts'
import { reduceMeasurement, withPaused } from './measurements.ts'
import { navigate } from './navigate.ts'
import { reducePersisted } from './persisted.ts'
import { reducePortChecks } from './port-checks.ts'
import { reduceSilence } from './silences.ts'
import { MAX_AUDIT_ENTRIES, type State } from './state.ts'

/** Other programs may have written that many lines meanwhile. */
const NEWEST_COMPARED = 50

/** Returns the next state. Pure: no clock, no IO. The same object if nothing changes. */
export function reduce(state: State, event: Event): State {
  if (isDiagnosisEvent(event)) return { ...state, diagnosis: reduceDiagnosis(state.diagnosis, event) }
  if (isActionEvent(event)) return acted(state, event)
  if (event.type === 'port-checked') return reducePortChecks(state, event)
  if (event.type === 'derive-requested') return record(derive(state, event.at))
  switch (event.type) {
    case 'database-probed':
    case 'server-probed':
    case 'sessions-counted':
    case 'application-audit-read':
    case 'query-completed':
    case 'backup-checked':
    case 'exchange-read':
    case 'server-identified':
    case 'manager-polled':
    case 'new-connection-tested':
    case 'logged-in-anew':
    case 'manager-source-polled':
    case 'entry-point-polled':
    case 'history-read':
    case 'host-probed':
    case 'own-host-probed':
    case 'poll-ended':
    case 'spec-changed':
      return reduceMeasurement(state, event)
    case 'names-loaded':
    case 'renamed':
    case 'last-seen-loaded':
    case 'servers-loaded':
    case 'acting-loaded':
    case 'manager-loaded':
      return reducePersisted(state, event)
    case 'silences-loaded':
    case 'silenced':
    case 'silence-ended':
      return reduceSilence(state, event)
    case 'audit-read':
    case 'audit-written':
    case 'audit-checked':
      return keepTrail(state, event)
    case 'ticked':
    case 'pause-set':
    case 'interval-set':
    case 'notified':
    case 'fault-made':
      return steer(state, event)
    case 'interrupted-runs-found':
      return { ...state, cutOff: event.runs }
    case 'past-loaded':
      return { ...state, past: event.past }
    case 'tour-told':
      return { ...state, tour: event.caption }
    default: {
      const navigation = navigate(state.navigation, event)
      return navigation === state.navigation ? state : { ...state, navigation }
    }
  }
}

function acted(state: State, event: Parameters<typeof reduceAction>[1]): State {
  const next = reduceAction(state.action, event)
  // A run that is resumed is not interrupted any more.
  const cutOff = event.type === 'action-ran' ? state.cutOff.filter(({ id }) => id !== event.run.id) : state.cutOff
  return next === state.action ? state : { ...state, action: next, cutOff }
}

function record(state: State): State {
  if (!state.recordsHistory) return state
  const { now: at, clusters, host, intervalMs } = state
  return { ...state, history: recordMoment(state.history, { at, clusters, host }, intervalMs) }
}

function keepTrail(state: State, event: AuditLogEvent): State {
  if (event.type === 'audit-checked') return { ...state, auditVerification: event.check }
  if (event.type === 'audit-read') return { ...state, auditEntries: event.entries.slice(0, MAX_AUDIT_ENTRIES) }
  // The file may have been read between the writing of an entry and its event.
  const newest = state.auditEntries.slice(0, event.entries.length + NEWEST_COMPARED)
  const fresh = event.entries.filter((entry) => !newest.some((known) => isSameEntry(entry, known)))
  return { ...state, auditEntries: [...fresh, ...state.auditEntries].slice(0, MAX_AUDIT_ENTRIES) }
}

function isSameEntry(one: AuditEntry, other: AuditEntry): boolean {
  return one.at === other.at && one.what === other.what && one.server === other.server && one.cluster === other.cluster
}

function steer(state: State, event: ProgramEvent): State {
  switch (event.type) {
    case 'ticked':
      return { ...state, now: event.at }
    case 'pause-set':
      return withPaused(state, event.paused)
    case 'interval-set':
      return { ...state, intervalMs: event.intervalMs }
    case 'notified':
      return { ...state, notice: event.notice }
    case 'fault-made':
      return { ...state, faultMade: true }
  }
}
