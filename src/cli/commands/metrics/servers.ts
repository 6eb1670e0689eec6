// Metrics of application servers.

import { type Family, ofServers } from './family.ts'

export const serverFamilies: readonly Family[] = [
  {
    name: 'pgdeck_server_up',
    help: 'Whether an application server does its part (1: active or standby; 0: degraded or inactive).',
    labels: ['server'],
    samples: ofServers(({ status }) =>
      status === 'unknown' ? null : Number(status === 'active' || status === 'standby'),
    ),
  },
  {
    name: 'pgdeck_server_latency_seconds',
    help: 'From the request to the head of the answer, connection and TLS included.',
    labels: ['server'],
    samples: ofServers(({ latencyMs }) => (latencyMs === null ? null : latencyMs / 1000)),
  },
  {
    name: 'pgdeck_server_sessions',
    help: 'Active sessions of users, counted as the configuration says.',
    labels: ['server'],
    samples: ofServers(({ sessions }) => sessions),
  },
  {
    name: 'pgdeck_certificate_expiry_seconds',
    help: 'Until the TLS certificate of a server expires, as last seen; negative when it has.',
    labels: ['server'],
    samples: (picture) =>
      ofServers(({ tls }) => (tls === null ? null : Math.round((tls.validToAt - picture.at) / 1000)))(picture),
  },
]
