// Results of hosts of a cluster that tried targets which this host can't reach.

import type { HostPortCheck } from '../model/measured/port-check.ts'
import { updateCluster } from './cluster-update.ts'
import type { State } from './state.ts'

export interface PortCheckedEvent {
  readonly type: 'port-checked'
  readonly cluster: string
  /** The latest try of each host at each target; none while all targets answer here. */
  readonly checks: readonly HostPortCheck[]
}

/** Returns the state with these tries instead of the previous ones. */
export function reducePortChecks(state: State, { cluster, checks }: PortCheckedEvent): State {
  return updateCluster(state, cluster, (own) => ({ ...own, portChecks: checks }))
}
