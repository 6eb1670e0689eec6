// Changes to one cluster of the state, and to one record of it; also what is heard of its manager.

import type { HostFacts } from '../model/measured/host.ts'
import type { ManagerReading } from '../model/measured/managers/manager-report.ts'
import { HISTORY_LENGTH, type HostRecord, type HostSample, type ManagerSource } from '../model/measured/snapshot.ts'
import { failedReading, freshReading, PENDING, type ProbeOutcome, type Reading } from '../model/values/reading.ts'
import type { ClusterState, State } from './state.ts'

/** Applies a change to the cluster with that name. Returns the same state if there is none. */
export function updateCluster(state: State, name: string, change: (cluster: ClusterState) => ClusterState): State {
  return {
    ...state,
    clusters: state.clusters.map((cluster) => (cluster.spec.name === name ? change(cluster) : cluster)),
  }
}

/** Applies a change to the record whose spec has that id. */
export function updateRecord<R extends { readonly spec: { readonly id: string } }>(
  records: readonly R[],
  id: string,
  change: (record: R) => R,
): readonly R[] {
  return records.map((record) => (record.spec.id === id ? change(record) : record))
}

/** `at`: milliseconds since the epoch. */
interface ManagerAnswer {
  readonly outcome: ProbeOutcome<ManagerReading>
  readonly at: number
}

/** What the manager at an address of the cluster told. */
export function withSource(cluster: ClusterState, event: ManagerAnswer & { readonly address: string }): ClusterState {
  const managerSources = sourcesOf(cluster).map((source) =>
    source.address === event.address ? { ...source, reading: readingAfter(source.reading, event) } : source,
  )
  return { ...cluster, managerSources }
}

/** Those of the configuration, each with its reading. */
function sourcesOf({ spec, managerSources }: ClusterState): readonly ManagerSource[] {
  return managerSources ?? (spec.managerSources ?? []).map((source) => ({ ...source, reading: PENDING }))
}

function readingAfter(before: Reading<ManagerReading>, { outcome, at }: ManagerAnswer): Reading<ManagerReading> {
  return outcome.ok ? freshReading(outcome.value, at) : failedReading(before, outcome.fault, at)
}

/** Returns the record of a host after one sample, or a failed one. */
export function withHostSample(record: HostRecord, outcome: ProbeOutcome<HostFacts>, at: number): HostRecord {
  if (!outcome.ok) return { ...record, facts: failedReading(record.facts, outcome.fault, at) }
  const history = [...record.history, hostSampleOf(outcome.value, at)].slice(-HISTORY_LENGTH)
  return { ...record, facts: freshReading(outcome.value, at), history }
}

function hostSampleOf({ load, fileSystems }: HostFacts, at: number): HostSample {
  const available = fileSystems.flatMap(({ path, space }) =>
    space.state === 'known' ? [[path, space.value.availableBytes] as const] : [],
  )
  return {
    at,
    load: load?.[0] ?? null,
    availableBytes: Object.fromEntries(available),
  }
}
