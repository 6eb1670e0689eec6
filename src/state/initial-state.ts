// The state before the first measurement.

import { AUDIT_UNREAD } from '../model/events/audit-entry.ts'
import type { ClusterSpec } from '../model/measured/spec.ts'
import { PENDING } from '../model/values/reading.ts'
import { EMPTY_HISTORY } from './history.ts'
import { newDatabaseRecord, newHostRecord, newServerRecord } from './measurements.ts'
import { START_NAVIGATION } from './navigation.ts'
import type { ClusterState, State } from './state.ts'

export interface InitialStateOptions {
  readonly clusters: readonly ClusterSpec[]
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Overrides the interval of the clusters. */
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  /** The user's own keys, by id of action. */
  readonly keys?: Readonly<Record<string, string>> | undefined
  /** Record moments, so that the user can step back. */
  readonly records?: boolean | undefined
}

/** Returns a state in which every target waits for its first answer. */
export function initialState({ clusters, now, intervalMs, readOnly, keys, records }: InitialStateOptions): State {
  return {
    now,
    startedAt: now,
    intervalMs: intervalMs ?? Math.min(...clusters.map((cluster) => cluster.intervalMs), 60_000),
    paused: false,
    readOnly: readOnly ?? false,
    keys: keys ?? {},
    clusters: clusters.map(startCluster),
    host: PENDING,
    notice: null,
    auditEntries: [],
    auditVerification: AUDIT_UNREAD,
    recordsHistory: records ?? false,
    history: EMPTY_HISTORY,
    navigation: START_NAVIGATION,
    action: null,
    cutOff: [],
  }
}

function startCluster(spec: ClusterSpec): ClusterState {
  return {
    spec,
    databases: spec.databases.map(newDatabaseRecord),
    servers: spec.servers.map(newServerRecord),
    hosts: spec.hosts.map(newHostRecord),
    picture: null,
    complete: false,
    events: [],
    silences: [],
    pollDurationMs: null,
  }
}
