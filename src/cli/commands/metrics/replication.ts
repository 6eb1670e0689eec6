// Metrics of the links between databases and of replication slots.

import type { Lag, LinkView, Picture } from '../../../model/picture/picture.ts'
import { knownSample, type MetricFamily, type MetricSample } from './family.ts'

const STAGES = [
  ['sent', 'sentBytes'],
  ['written', 'writtenBytes'],
  ['flushed', 'flushedBytes'],
  ['replayed', 'replayedBytes'],
] as const satisfies readonly (readonly [string, keyof Lag])[]

/** If neither end of a link answers, its last figures are of an earlier moment. */
function ofLinks(samples: (link: LinkView, ends: { upstream: string; downstream: string }) => readonly MetricSample[]) {
  return ({ links, databases }: Picture): readonly MetricSample[] => {
    const read = new Set(
      databases.filter(({ problem, readAt }) => problem === null && readAt !== null).map(({ id }) => id),
    )
    return links
      .filter(({ upstreamId, downstreamId }) => read.has(upstreamId ?? '') || read.has(downstreamId ?? ''))
      .flatMap((link) => samples(link, endsOf(link)))
  }
}

/** An unwatched downstream has the name that it reports. */
function endsOf({ upstreamId, upstreamName, downstreamId, downstreamName }: LinkView) {
  return { upstream: upstreamId ?? upstreamName, downstream: downstreamId ?? downstreamName }
}

function ofSlots(figure: (slot: Picture['slots'][number]) => number | null): MetricFamily['samples'] {
  return ({ slots, databases }) => {
    const read = databases.filter(({ problem }) => problem === null).map(({ id }) => id)
    return slots
      .filter(({ databaseId }) => read.includes(databaseId))
      .flatMap((slot) => knownSample(figure(slot), { node: slot.databaseId, slot: slot.name }))
  }
}

export const replicationFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_replication_lag_bytes',
    help: 'Bytes from the position of the upstream to the position that is sent, written, flushed or replayed downstream (stage).',
    labels: ['upstream', 'downstream', 'stage'],
    samples: ofLinks(({ lag }, ends) =>
      STAGES.flatMap(([stage, field]) => knownSample(lag[field], { ...ends, stage })),
    ),
  },
  {
    name: 'pgdeck_replication_lag_seconds',
    help: 'Age of the WAL that the downstream has yet to replay; 0 when nothing is left.',
    labels: ['upstream', 'downstream'],
    samples: ofLinks(({ lag }, ends) => knownSample(lag.seconds, ends)),
  },
  {
    name: 'pgdeck_replication_delay_seconds',
    help: 'How late the downstream replays on purpose (recovery_min_apply_delay): a lag up to this is none.',
    labels: ['upstream', 'downstream'],
    samples: ofLinks(({ delaySeconds }, ends) => knownSample(delaySeconds, ends)),
  },
  {
    name: 'pgdeck_slot_retained_bytes',
    help: 'WAL that a replication slot retains.',
    labels: ['node', 'slot'],
    samples: ofSlots(({ retainedBytes }) => retainedBytes),
  },
  {
    name: 'pgdeck_slot_safe_bytes',
    help: 'WAL that can still be written before a replication slot may be lost.',
    labels: ['node', 'slot'],
    samples: ofSlots(({ safeBytes }) => safeBytes),
  },
  {
    name: 'pgdeck_slot_active',
    help: 'Whether a replication slot is active.',
    labels: ['node', 'slot'],
    samples: ofSlots(({ active }) => Number(active)),
  },
]
