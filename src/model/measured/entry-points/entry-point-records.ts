// What is known of the poolers, proxies and addresses of a cluster, from one answer to the next.

import { failedReading, freshReading, PENDING, type ProbeOutcome, type Reading } from '../../values/reading.ts'
import type { EntryPointReading, EntryPointRecord } from './entry-point-reading.ts'
import type { AddressSpec, PoolerSpec, ProxySpec } from './entry-point-spec.ts'

/** A part of the specification of a cluster. */
interface EntryPointSpecs {
  readonly poolers?: readonly PoolerSpec[]
  readonly proxies?: readonly ProxySpec[]
  readonly addresses?: readonly AddressSpec[]
}

/** `at`: milliseconds since the epoch. */
interface EntryPointAnswer {
  readonly id: string
  readonly at: number
  readonly outcome: ProbeOutcome<EntryPointReading>
}

/** The records after an answer; `before` is absent before the first. */
export function afterEntryPointAnswer(
  spec: EntryPointSpecs,
  before: readonly EntryPointRecord[] | undefined,
  answer: EntryPointAnswer,
): readonly EntryPointRecord[] {
  return (before ?? entryPointRecords(spec)).map((record) =>
    record.spec.id === answer.id ? recordAfter(record, answer) : record,
  )
}

/** Those of the configuration, without readings: before any of them has answered. */
export function entryPointRecords({ poolers, proxies, addresses }: EntryPointSpecs): readonly EntryPointRecord[] {
  return [
    ...(poolers ?? []).map((spec) => ({ kind: 'pooler' as const, spec, reading: PENDING })),
    ...(proxies ?? []).map((spec) => ({ kind: 'proxy' as const, spec, reading: PENDING })),
    ...(addresses ?? []).map((spec) => ({ kind: 'address' as const, spec, reading: PENDING })),
  ]
}

function recordAfter(record: EntryPointRecord, { outcome, at }: EntryPointAnswer): EntryPointRecord {
  const after = <Value>(
    before: Reading<Value>,
    isOf: (value: EntryPointReading) => value is EntryPointReading & Value,
  ) => {
    if (!outcome.ok) return failedReading(before, outcome.fault, at)
    return isOf(outcome.value) ? freshReading<Value>(outcome.value, at) : before
  }
  switch (record.kind) {
    case 'pooler':
      return { ...record, reading: after(record.reading, (value) => value.kind === 'pooler') }
    case 'proxy':
      return { ...record, reading: after(record.reading, (value) => value.kind === 'proxy') }
    case 'address':
      return { ...record, reading: after(record.reading, (value) => value.kind === 'address') }
  }
}
