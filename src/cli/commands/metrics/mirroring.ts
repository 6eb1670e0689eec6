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
    help: 'WAL of one mirrored database that the other has not confirmed.',
    labels: ['from', 'to'],
    samples: ofExchanges(({ behindBytes }) => behindBytes),
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
