// Metrics of application servers.

import { doesItsPart } from '../../../model/picture/status.ts'
import { knownSample, type MetricFamily, serverSamples } from './family.ts'

export const serverFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_server_up',
    help: 'Whether an application server does its part (1: active or standby; 0: degraded or inactive).',
    labels: ['server'],
    samples: serverSamples((view) => (view.status === 'unknown' ? null : Number(doesItsPart(view)))),
  },
  {
    name: 'pgdeck_server_latency_seconds',
    help: 'From the request to the head of the answer, connection and TLS included.',
    labels: ['server'],
    samples: serverSamples(({ latencyMs }) => (latencyMs === null ? null : latencyMs / 1000)),
  },
  {
    name: 'pgdeck_server_sessions',
    help: 'Active sessions of users, counted as the configuration says.',
    labels: ['server'],
    samples: serverSamples(({ sessions }) => sessions),
  },
  {
    name: 'pgdeck_schedules_running',
    help: 'Whether the schedules run (1) or not (0), with the one server that runs them.',
    labels: ['server'],
    samples: ({ schedules }) =>
      schedules && schedules.state !== 'unknown'
        ? knownSample(Number(schedules.state === 'run'), { server: schedules.server })
        : [],
  },
  {
    name: 'pgdeck_certificate_expiry_seconds',
    help: 'Time until the TLS certificate of a server expires, as last seen; negative after that.',
    labels: ['server'],
    samples: (picture) =>
      serverSamples(({ tls }) => (tls === null ? null : Math.round((tls.validToAt - picture.at) / 1000)))(picture),
  },
]
