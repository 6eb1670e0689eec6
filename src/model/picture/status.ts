// What a status means: whether a member is up, how many are, and whether a link carries WAL. Views, commands, metrics
// and checks read it here or in the picture.

import type { UpCount } from '../values/up-count.ts'
import type { DatabaseStatus, LinkState, ServerStatus } from './picture.ts'

interface WithStatus {
  readonly status: DatabaseStatus | ServerStatus
}

/** It takes no sessions: nothing answers, it stops, or it only starts (for good, where a standby has hot_standby = off). */
export function isDown({ status }: WithStatus): boolean {
  return status === 'inactive' || status === 'starting' || status === 'stopping'
}

/** It answers, whatever else is wrong. Neither up nor down: unknown. */
export function isUp(view: WithStatus): boolean {
  return view.status !== 'unknown' && !isDown(view)
}

export function countUp(views: readonly WithStatus[]): UpCount {
  const unknown = views.filter(({ status }) => status === 'unknown').length
  const degraded = views.filter(({ status }) => status === 'degraded').length
  return {
    up: views.filter(isUp).length,
    of: views.length,
    ...(unknown === 0 ? {} : { unknown }),
    ...(degraded === 0 ? {} : { degraded }),
  }
}

/** WAL flows, possibly with lag. */
export function isFlowing(state: LinkState): boolean {
  return state === 'streaming' || state === 'catchup'
}

/** A standby that receives WAL now, possibly with lag. */
export function isReplicating({ status }: { readonly status: DatabaseStatus }): boolean {
  return status === 'streaming' || status === 'catching-up'
}

/** An application server that serves, or could at once. */
export function doesItsPart({ status }: { readonly status: ServerStatus }): boolean {
  return status === 'active' || status === 'standby'
}

/** There is a connection, even if WAL does not flow yet: it may be starting or copying data. */
export function isConnected(state: LinkState): boolean {
  return isFlowing(state) || state === 'startup' || state === 'backup'
}
