// Metrics of the configuration's hosts, as last sampled.

import type { HostView } from '../../../model/picture/picture.ts'
import { knownSample, type MetricFamily, type MetricSample } from './family.ts'

const LABELS = ['host']
const ON_DISK = ['host', 'part', 'path']

/** A figure of every host whose last sample succeeded. */
function ofHosts(
  figure: (facts: NonNullable<HostView['facts']>) => number | null | undefined,
): MetricFamily['samples'] {
  return ({ hosts }) =>
    hosts.flatMap(({ id, facts, problem }) => (facts && !problem ? knownSample(figure(facts), { host: id }) : []))
}

/** A figure of every file system with the data directory, the WAL or the logs. */
function ofSpaces(figure: (space: HostView['spaces'][number]) => number | null): MetricFamily['samples'] {
  return ({ hosts }) =>
    hosts
      .filter(({ problem }) => !problem)
      .flatMap(({ id, spaces }) =>
        spaces.flatMap((space): readonly MetricSample[] =>
          knownSample(figure(space), { host: id, part: space.role, path: space.path }),
        ),
      )
}

export const hostFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_host_up',
    help: 'Whether the last sample of a host succeeded, over ssh or here.',
    labels: LABELS,
    samples: ({ hosts }) =>
      hosts.flatMap(({ id, facts, problem }) => (facts || problem ? knownSample(Number(!problem), { host: id }) : [])),
  },
  {
    name: 'pgdeck_host_load1',
    help: 'Average load over one minute.',
    labels: LABELS,
    samples: ofHosts(({ load }) => load?.[0]),
  },
  {
    name: 'pgdeck_host_processors',
    help: 'Processors of a host.',
    labels: LABELS,
    samples: ofHosts(({ cpus }) => cpus),
  },
  {
    name: 'pgdeck_host_processors_busy_ratio',
    help: 'Share of all processors that worked between the last two samples, 0 to 1.',
    labels: LABELS,
    samples: ofHosts(({ rates }) => rates?.cpu?.busy),
  },
  {
    name: 'pgdeck_host_memory_bytes',
    help: 'Memory of a host.',
    labels: LABELS,
    samples: ofHosts(({ memory }) => memory?.totalBytes),
  },
  {
    name: 'pgdeck_host_memory_available_bytes',
    help: 'Memory that programs can still take.',
    labels: LABELS,
    samples: ofHosts(({ memory }) => memory?.availableBytes),
  },
  {
    name: 'pgdeck_host_swap_used_bytes',
    help: 'Swap space in use.',
    labels: LABELS,
    samples: ofHosts(({ swap }) => swap?.usedBytes),
  },
  {
    name: 'pgdeck_host_filesystem_bytes',
    help: 'Size of a file system, by the part it plays: data, wal or log.',
    labels: ON_DISK,
    samples: ofSpaces(({ space }) => (space.state === 'known' ? space.value.totalBytes : null)),
  },
  {
    name: 'pgdeck_host_filesystem_available_bytes',
    help: 'Free space for an unprivileged user.',
    labels: ON_DISK,
    samples: ofSpaces(({ space }) => (space.state === 'known' ? space.value.availableBytes : null)),
  },
  {
    name: 'pgdeck_host_filesystem_full_seconds',
    help: 'Time until it is full at the rate of the last ten minutes; left out where it does not fill.',
    labels: ON_DISK,
    samples: ofSpaces(({ fullInSeconds }) => fullInSeconds),
  },
  {
    name: 'pgdeck_host_clock_offset_seconds',
    help: 'Offset of the clock of a host from the clock here.',
    labels: LABELS,
    samples: ofHosts(({ clock }) => (clock ? clock.offsetMs / 1000 : null)),
  },
  {
    name: 'pgdeck_host_postmaster_up',
    help: 'Whether the postmaster runs there, by its pid file or the list of processes.',
    labels: LABELS,
    samples: ofHosts(({ postmaster }) =>
      postmaster.state === 'known' ? Number(postmaster.value.state === 'running') : null,
    ),
  },
]
