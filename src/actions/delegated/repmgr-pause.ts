// The pause of repmgr's daemons around a stop and a start: when a stop needs it, and when a start ends it.

import { isPausedAnywhere } from '../../model/managers/detection/cluster-manager.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby } from '../../model/picture/roles.ts'
import { listText } from '../../model/values/text.ts'
import type { PreflightCheck } from '../definition/action.ts'
import type { Delegation } from './delegated-draft.ts'

/** Daemons take no stop of a standby for a failure of the primary, which they watch over meanwhile. */
export function mindsNoStop({ acts }: Delegation, view: DatabaseView): boolean {
  return acts.kind === 'repmgr' && isReadableStandby(view)
}

/** The check `manager` of a plan in which repmgr has no part. */
export function notMinded(message: string): PreflightCheck {
  return { id: 'manager', mayOverride: true, run: () => ({ result: 'pass', message: `repmgr ${message}`, hint: null }) }
}

/**
 * While nobody is seen to be writable, daemons that are not paused may be promoting another one: what starts as a primary
 * then is a second one. pgdeck itself starts it, so nothing else would keep that from happening.
 */
export function mayPromoteMeanwhile({ acts, manager }: Delegation): boolean {
  return acts.kind === 'repmgr' && manager.paused !== true
}

export const NOT_PAUSED =
  'its daemons may be promoting another one: pgdeck do pause-manager, look whether another database is writable, then do this again'

/** What becomes of the pause of repmgr's daemons when a database has come back. Neither: there is none. */
interface PauseAfterwards {
  readonly ends: boolean
  readonly stays: boolean
  /** A sentence for the cost, or none. */
  readonly effects: readonly string[]
}

/** The pause stays while another node is down: it may have been stopped in that pause, and be replaced when that ends. */
export function pauseAfterReturn({ acts, manager, clusterView }: Delegation, { id }: DatabaseView): PauseAfterwards {
  if (acts.kind !== 'repmgr' || (manager.paused === false && !isPausedAnywhere(manager)))
    return { ends: false, stays: false, effects: [] }
  const answering = new Set(clusterView.picture.databases.flatMap((each) => (each.problem === null ? [each.id] : [])))
  const silent = (manager.details?.members ?? []).filter(
    ({ databaseId, facts }) =>
      databaseId !== id && facts?.role !== 'witness' && (databaseId === null || !answering.has(databaseId)),
  )
  if (silent.length === 0)
    return {
      ends: true,
      stays: false,
      effects: ['Then repmgrd decides by itself again: a primary that does not answer is replaced.'],
    }
  const names = listText(silent.map(({ name }) => name))
  const because = `, because ${names} ${silent.length === 1 ? 'does' : 'do'} not answer`
  return { ends: false, stays: true, effects: [pauseStays(because)] }
}

/** The sentence for the cost of a start that has no part in a pause; none where there is no pause. */
export function pauseThatStays({ manager }: Delegation): readonly string[] {
  return isPausedAnywhere(manager) ? [pauseStays('')] : []
}

function pauseStays(because: string): string {
  return `repmgrd stays paused${because}: nothing fails over by itself until pgdeck do resume-manager.`
}
