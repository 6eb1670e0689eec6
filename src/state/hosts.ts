// How samples of hosts change the state: readings and short histories.

import type { HostFacts } from '../model/measured/host.ts'
import { HISTORY_LENGTH, type HostRecord, type HostSample } from '../model/measured/snapshot.ts'
import type { HostSpec } from '../model/measured/spec.ts'
import type { ProbeOutcome } from '../model/values/reading.ts'
import { failedReading, freshReading, PENDING } from '../model/values/reading.ts'

/** A record of a host nothing is known of yet. */
export function newHostRecord(spec: HostSpec): HostRecord {
  return { spec, facts: PENDING, history: [] }
}

/** The record after one sample, or one that failed. */
export function withHostSample(record: HostRecord, outcome: ProbeOutcome<HostFacts>, at: number): HostRecord {
  if (!outcome.ok) return { ...record, facts: failedReading(record.facts, outcome.fault, at) }
  const history = [...record.history, sampleOf(outcome.value, at)].slice(-HISTORY_LENGTH)
  return { ...record, facts: freshReading(outcome.value, at), history }
}

function sampleOf({ load, fileSystems }: HostFacts, at: number): HostSample {
  const available = fileSystems.flatMap(({ path, space }) =>
    space.state === 'known' ? [[path, space.value.availableBytes] as const] : [],
  )
  return {
    at,
    load: load?.[0] ?? null,
    availableBytes: Object.fromEntries(available),
  }
}
