// What hosts of a cluster found that tried to reach what this host can't reach.

import type { HostPortCheck } from '../model/measured/port-check.ts'
import { updateCluster } from './cluster-update.ts'
import type { State } from './state.ts'

export interface PortCheckedEvent {
  readonly type: 'port-checked'
  readonly cluster: string
  /** The latest try of each host at each target; none while everything answers here. */
  readonly knocks: readonly HostPortCheck[]
}

/** The state with these tries instead of those before. */
export function reducePortChecks(state: State, { cluster, knocks }: PortCheckedEvent): State {
  return updateCluster(state, cluster, (own) => ({ ...own, knocks }))
}
