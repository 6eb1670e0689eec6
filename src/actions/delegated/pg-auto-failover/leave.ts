// Takes a node out of a formation: the monitor forgets it, and the other keepers drop their slots for it.

import { SILENT_KEEPER_SECONDS } from '../../../model/managers/detection/intervals.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { STANDBYS_LEFT, whyNotWithout } from './checks.ts'
import { mayLead, nodeStateText, readMonitorGroup } from './monitor.ts'
import type { MonitorRequest } from './request.ts'

/** Its keeper reports that it has left within a few seconds; one that does not run never does. */
const KEEPER_MS = 60_000
const LOOK_AGAIN_MS = 500

// The primary is refused here too: the monitor itself would promote another node in its place.
const REMOVE = `SELECT pgautofailover.remove_node(n.nodeid::bigint, $4::pg_catalog.bool) AS done FROM pgautofailover.node n
  WHERE n.formationid = $1 AND n.nodename = $2 AND n.nodeid = $3
    AND n.goalstate::pg_catalog.text NOT IN ('primary', 'single', 'wait_primary', 'join_primary', 'apply_settings', 'prepare_promotion', 'stop_replication')
    AND (n.reportedstate::pg_catalog.text NOT IN ('primary', 'single', 'wait_primary', 'join_primary', 'apply_settings')
      OR n.goalstate::pg_catalog.text = 'dropped'
      OR n.goalstate::pg_catalog.text IN ('demoted', 'demote_timeout') AND n.reporttime < pg_catalog.clock_timestamp() - interval '20 seconds')
    AND ($5::pg_catalog.text IS NULL OR coalesce(nullif(n.sysidentifier, 0)::pg_catalog.text, $5) = $5)`

/** Safe to repeat. Resolves when the monitor no longer lists that node. Throws ActionError for a primary, and FaultError. */
export async function removeFromMonitor(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  const { formation, node: name, nodeId, system } = request
  if (!(await requireRemovable(request, tools))) return
  const remove = async (force: boolean) => {
    const [row] = await tools.managerSql<{ done: boolean }>({
      text: REMOVE,
      values: [formation, name, nodeId, force, system],
    })
    return row?.done === true
  }
  const first = await registered(request, tools)
  if (first && first.assigned !== 'dropped' && !(await remove(false)))
    throw new ActionError(`the monitor did not remove ${name}: it is ${first.reported}`)
  // The keeper must be told while it runs: it then stops PostgreSQL, and ends.
  const isTold = request.call === 'leave' && first !== undefined && first.reportedAgo <= SILENT_KEEPER_SECONDS
  const until = performance.now() + (isTold ? KEEPER_MS : 0)
  for (let node = first; node; node = await registered(request, tools)) {
    const isLate = performance.now() > until
    if (isLate && !(await remove(true)) && (await registered(request, tools)))
      throw new ActionError(`the monitor does not remove ${name}: it has ${nodeStateText(node)}`, HINT)
    if (performance.now() > until + KEEPER_MS)
      throw new ActionError(`the monitor still lists ${name}: it has ${nodeStateText(node)}`, HINT)
    await tools.wait(LOOK_AGAIN_MS)
  }
}

const HINT = 'Look at pg_autoctl show state on the monitor.'

async function registered({ formation, node: name, nodeId }: MonitorRequest, tools: ActionToolbox) {
  const { nodes } = await readMonitorGroup(formation, name, tools)
  return nodes.find((each) => each.name === name && each.id === nodeId)
}

/** False: it is gone already. Throws ActionError where the group has changed since the plan. */
export async function requireRemovable(request: MonitorRequest, tools: ActionToolbox): Promise<boolean> {
  const group = await readMonitorGroup(request.formation, request.node, tools)
  const node = group.nodes.find(({ name, id }) => name === request.node && id === request.nodeId)
  if (!node) return false
  if (mayLead(node, group))
    throw new ActionError(`the monitor has ${node.name} as the primary, or makes it that`, 'Switch over first.')
  const why =
    node.assigned === 'dropped' || tools.overrideReason(STANDBYS_LEFT) !== null ? null : whyNotWithout(node, group)
  if (why !== null) throw new ActionError(why.message, why.hint)
  return true
}
