// The cluster for an action: the store's latest state, or everything read again.

import type { PlanningView } from '../../../actions/definition/action.ts'
import type { ClusterConfig } from '../../../config/config.ts'
import { activeManager } from '../../../model/managers/manager-guard.ts'
import { toObservedServer } from '../../../model/measured/observed-servers.ts'
import type { OnDemandQuery } from '../../../model/measured/on-demand.ts'
import type { FoundServer } from '../../../model/measured/server-identity.ts'
import { snapshotOf } from '../../../state/derive.ts'
import type { State } from '../../../state/state.ts'
import type { Store } from '../../../state/store.ts'
import { withCurrentEndpoints } from '../../hosts/current-endpoints.ts'
import type { Poller } from '../../polling/poller.ts'
import { currentEndpoint } from '../servers/current-basis.ts'

export interface ClusterAccess {
  config(): ClusterConfig
  view(): PlanningView
  /** The whole state, with other clusters. */
  state(): State
  /** Reads everything again. Every reading in the result is newer than the call. */
  refresh(queries?: readonly OnDemandQuery[]): Promise<PlanningView>
  /** A session met this server behind a database. Watchers are informed if it is another one. */
  met(id: string, server: FoundServer): void
  /** Stores a display name in the state directory. */
  rename(id: string, name: string): Promise<void>
}

export interface ClusterAccessOptions {
  readonly store: Store
  readonly poller: Poller
  /** The current configuration of the cluster: discovery may have extended it. */
  readonly config: () => ClusterConfig
  readonly rename: (cluster: string, id: string, name: string) => Promise<void>
  /** Takes up what a run has recorded in the state directory: which database acts as the primary. */
  readonly readRecords: () => void
}

/** Returns the access to one cluster of the store. */
export function clusterAccess({ store, poller, config, rename, readRecords }: ClusterAccessOptions): ClusterAccess {
  const currentView = (): PlanningView => {
    const state = store.latest()
    const { name } = config().spec
    const cluster = state.clusters.find(({ spec }) => spec.name === name)
    if (!cluster?.picture) throw new Error(`pgdeck has no reading of ${name} yet`)
    return {
      config: withCurrentEndpoints(config(), cluster.databases),
      picture: cluster.picture,
      snapshot: snapshotOf(state, cluster),
      manager: activeManager(cluster.picture),
      now: state.now,
    }
  }
  return {
    config,
    view: currentView,
    state: () => store.latest(),
    rename: (id, name) => rename(config().spec.name, id, name),
    met(id, answering) {
      const place = currentEndpoint(currentView(), id)
      if (!place) return
      const server = toObservedServer(answering, place.host, place.port)
      store.dispatch({ type: 'server-identified', cluster: config().spec.name, id, server })
    },
    async refresh(queries) {
      await poller.refresh(config().spec.name, queries)
      readRecords()
      store.dispatch({ type: 'derive-requested', at: Date.now() })
      store.flush()
      return currentView()
    },
  }
}
