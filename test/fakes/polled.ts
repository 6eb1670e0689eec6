// Simulated clusters polled by hand: what a fleet answers, read as the probe reads it, reduced on a clock of the test.

import { type SimulatedNode, simulatedCluster } from '../../bench/fleet/cluster.ts'
import type { ClusterSpec } from '../../src/model/measured/spec.ts'
import { parsePulse } from '../../src/probes/database/pulse/pulse-document.ts'
import type { Event } from '../../src/state/event.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { reduce } from '../../src/state/reduce.ts'
import type { State } from '../../src/state/state.ts'
import { healthy } from '../builders/screens.ts'

export interface Polled {
  readonly state: () => State
  /** Every database of the cluster answers at that time. */
  poll(cluster: number, at: number): void
  assess(at: number): void
  send(event: Event): void
}

/** `clusters` clusters of `size` databases; nothing was read of them yet. */
export function polled(clusters: number, size: number, options: { readonly records?: boolean } = {}): Polled {
  const fleet = Array.from({ length: clusters }, (_, index) => simulatedCluster(index, size))
  const specs = fleet.map((nodes, index) => specOf(nodes, index))
  let state = initialState({ clusters: specs, now: 0, intervalMs: 2_000, records: options.records ?? false })
  return {
    state: () => state,
    poll(cluster, at) {
      for (const [place, node] of (fleet[cluster] ?? []).entries()) {
        const value = parsePulse(JSON.parse(node.document()), { sentAt: at - 1, answeredAt: at })
        const about = { cluster: `cluster-${cluster}`, id: `db-${place + 1}`, at }
        state = reduce(state, { type: 'database-probed', ...about, outcome: { ok: true, value } })
      }
    },
    assess(at) {
      state = reduce(state, { type: 'derive-requested', at })
    },
    send(event) {
      state = reduce(state, event)
    },
  }
}

function specOf(nodes: readonly SimulatedNode[], index: number): ClusterSpec {
  const [cluster] = healthy().clusters
  const [database] = cluster?.spec.databases ?? []
  if (!cluster || !database) throw new Error('the healthy screen has no database')
  const databases = nodes.map((_, place) => ({ ...database, id: `db-${place + 1}`, port: 6_000 + index * 100 + place }))
  return { ...cluster.spec, name: `cluster-${index}`, databases, servers: [], hosts: [] }
}
