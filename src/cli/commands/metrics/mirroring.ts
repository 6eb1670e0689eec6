// Metrics of the exchange between mirrored databases: one of each for either direction.

import type { Mirroring, Picture } from '../../../model/picture/picture.ts'
import { knownSample, type MetricFamily } from './family.ts'

const STATES: readonly Mirroring['state'][] = ['flowing', 'cut', 'merging', 'unknown']

/** A figure of `from` is as of its last poll. After a failed poll there is none. */
function ofExchanges(figure: (exchange: Mirroring) => number | null): MetricFamily['samples'] {
  return ({ mirroring, databases }: Picture) => {
    const read = databases.filter(({ problem, readAt }) => problem === null && readAt !== null).map(({ id }) => id)
    return mirroring
      .filter(({ from }) => read.includes(from))
      .flatMap((each) => knownSample(figure(each), { from: each.from, to: each.to }))
  }
}

export const mirroringFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_exchange_state',
    help:
      'Exchange of changes between mirrored databases: 1 for its state (flowing, ' +
      'cut, merging or unknown), 0 for the others.',
    labels: ['from', 'to', 'state'],
    samples: ({ mirroring }) =>
      mirroring.flatMap(({ from, to, state }) =>
        STATES.map((each) => ({ labels: { from, to, state: each }, value: Number(each === state) })),
      ),
  },
  {
    name: 'pgdeck_exchange_behind_bytes',
    help: 'WAL of one mirrored database that the other has not confirmed; with `exchange.sql` its `bytes`.',
    labels: ['from', 'to'],
    samples: ofExchanges(({ behindBytes }) => behindBytes),
  },
  {
    name: 'pgdeck_exchange_behind_changes',
    help: 'Changes of one mirrored database that the other has not taken over, by `exchange.sql`.',
    labels: ['from', 'to'],
    samples: ofExchanges(({ behindChanges }) => behindChanges),
  },
  {
    name: 'pgdeck_exchange_oldest_timestamp_seconds',
    help: 'When the oldest of these changes was made, by `exchange.sql`; absent without one.',
    labels: ['from', 'to'],
    samples: ofExchanges(({ oldestAt }) => (oldestAt === null ? null : oldestAt / 1000)),
  },
  {
    name: 'pgdeck_exchange_diverged_bytes',
    help: 'WAL that one mirrored database wrote since the cut, until all is merged; 0 while changes flow.',
    labels: ['from', 'to'],
    samples: ofExchanges(({ state, divergedBytes }) => (state === 'flowing' ? 0 : divergedBytes)),
  },
  {
    name: 'pgdeck_exchange_since_timestamp_seconds',
    help: 'When the exchange started to flow or, until all is merged, when it was cut.',
    labels: ['from', 'to'],
    samples: ofExchanges(({ since }) => (since === null ? null : since / 1000)),
  },
]
