// Metrics of poolers, proxies and addresses.

import type { EntryPointView } from '../../../model/measured/entry-points/entry-point-view.ts'
import { knownSample, type MetricFamily, type MetricLabels } from './family.ts'

/** A figure of each as of its last poll. After a failed poll there is none. */
function entryPointSamples(figure: (view: EntryPointView) => number | null): MetricFamily['samples'] {
  return ({ entryPoints }) =>
    entryPoints
      .filter(({ problem, readAt }) => problem === null && readAt !== null)
      .flatMap((view) => knownSample(figure(view), labelsOf(view)))
}

function labelsOf({ id, kind }: EntryPointView): MetricLabels {
  return { entry_point: id, kind }
}

const LABELS = ['entry_point', 'kind'] as const

export const entryPointFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_entry_point_up',
    help: 'Whether a pooler, a proxy or an address answers.',
    labels: LABELS,
    samples: ({ entryPoints }) =>
      entryPoints
        .filter(({ status }) => status !== 'unknown')
        .flatMap((view) => knownSample(Number(view.problem === null), labelsOf(view))),
  },
  {
    name: 'pgdeck_entry_point_expected',
    help: 'Whether it leads where it should (1) or elsewhere (0); without a sample that is unknown.',
    labels: LABELS,
    samples: entryPointSamples(({ leadsTo }) => {
      if (leadsTo.some(({ isExpected }) => isExpected === false)) return 0
      return leadsTo.length > 0 && leadsTo.every(({ isExpected }) => isExpected) ? 1 : null
    }),
  },
  {
    name: 'pgdeck_entry_point_leads_to',
    help: 'A database that new sessions go to: always 1.',
    labels: [...LABELS, 'node'],
    samples: ({ entryPoints }) =>
      entryPoints
        .filter(({ problem }) => problem === null)
        .flatMap((view) =>
          view.leadsTo.flatMap(({ databaseId }) =>
            databaseId === null ? [] : knownSample(1, { ...labelsOf(view), node: databaseId }),
          ),
        ),
  },
  {
    name: 'pgdeck_entry_point_sessions',
    help: 'Clients of a pooler, or sessions through the backend of a proxy.',
    labels: LABELS,
    samples: entryPointSamples(({ sessions }) => sessions),
  },
  {
    name: 'pgdeck_entry_point_waiting',
    help: 'Clients that wait in a pooler or a proxy.',
    labels: LABELS,
    samples: entryPointSamples(({ waiting }) => waiting),
  },
  {
    name: 'pgdeck_pooler_longest_wait_seconds',
    help: 'How long the client that waits longest in a pooler has waited; 0: nobody waits.',
    labels: LABELS,
    samples: entryPointSamples((view) =>
      view.kind === 'pooler' ? Math.max(0, ...view.databases.map((each) => each.longestWaitSeconds)) : null,
    ),
  },
  {
    name: 'pgdeck_pooler_paused',
    help: 'Databases of a pooler that are paused.',
    labels: LABELS,
    samples: entryPointSamples((view) =>
      view.kind === 'pooler' ? view.databases.filter(({ paused }) => paused || view.reading?.isPaused).length : null,
    ),
  },
  {
    name: 'pgdeck_proxy_servers_used',
    help: 'Servers of the backend of a proxy that get new sessions.',
    labels: LABELS,
    samples: entryPointSamples((view) =>
      view.kind === 'proxy' ? view.servers.filter(({ isUsed }) => isUsed).length : null,
    ),
  },
  {
    name: 'pgdeck_address_latency_seconds',
    help: 'From the first packet of a new session through an address to its answer.',
    labels: LABELS,
    samples: entryPointSamples((view) =>
      view.kind === 'address' && view.reading ? view.reading.latencyMs / 1000 : null,
    ),
  },
]
