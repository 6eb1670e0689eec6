// A state with one cluster of one server and one database, nothing measured: enough to ask views for their shape.

import { defaultThresholds } from '../src/config/defaults.ts'
import type { ClusterSpec } from '../src/model/measured/spec.ts'
import { initialState } from '../src/state/initial-state.ts'
import type { ClusterState, State } from '../src/state/state.ts'

const SPEC: ClusterSpec = {
  name: 'vault',
  model: 'shared-database',
  profile: 'postgres',
  intervalMs: 2_000,
  timeoutMs: 1_500,
  databases: [
    {
      id: 'db-1',
      host: '10.0.0.11',
      port: 5432,
      hostId: null,
      replicationUser: null,
      slot: null,
      configured: true,
    },
  ],
  servers: [
    {
      id: 'pmp-a',
      type: 'primary',
      url: 'https://pmp-a.example.net/',
      dnsName: 'pmp-a.example.net',
      port: 443,
      databaseId: 'db-1',
      hostId: null,
      healthyStatus: [200],
      clientAddress: null,
      applicationName: null,
      countsSessions: false,
    },
  ],
  hosts: [],
  thresholds: defaultThresholds(),
}

export function vaultState(): { readonly state: State; readonly cluster: ClusterState } {
  const state = initialState({ clusters: [SPEC], now: 0 })
  const [cluster] = state.clusters
  if (!cluster) throw new Error('a state of one cluster has one cluster')
  return { state, cluster }
}
