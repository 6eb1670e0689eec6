// What the monitor of pg_auto_failover shows of a request. Its calls return at once: only the states of the nodes tell.

import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { findDatabase } from '../../definition/target.ts'
import type { ManagerLook } from '../definition/manager-acts.ts'
import {
  changing,
  isSecondary,
  isSettled,
  leads,
  type MonitorGroup,
  type MonitorNode,
  nodeStateText,
  readMonitorGroup,
  statesText,
} from './monitor.ts'
import { type MonitorRequest, monitorRequest } from './request.ts'

/** Looks at the monitor, and for a restart at PostgreSQL too. Throws FaultError. */
export async function lookAtMonitor(stored: JsonRecord, tools: ActionToolbox): Promise<ManagerLook> {
  const request = monitorRequest(stored)
  const group = await readMonitorGroup(request.formation, request.node, tools)
  const node = group.nodes.find(({ name }) => name === request.node)
  if (!node) return { state: 'failed', words: `the monitor no longer lists ${request.node}` }
  switch (request.call) {
    case 'promotion':
      return promotionSeen(request, node, group)
    case 'maintenance-on':
      return maintenanceSeen(node, group)
    case 'maintenance-off':
      return { ...endOfMaintenance(node), words: nodeStateText(node) }
    case 'restart':
      return restartSeen(request, node, tools)
  }
}

function promotionSeen({ old }: MonitorRequest, node: MonitorNode, group: MonitorGroup): ManagerLook {
  const words = `the monitor has ${statesText(group.nodes)}`
  const [moving] = changing(group)
  if (leads(node)) return { state: moving ? 'open' : 'done', words }
  const leader = group.nodes.find((each) => each !== node && leads(each) && each.isHealthy)
  if (leader && leader.name !== old && !moving)
    return { state: 'failed', words: `the monitor has promoted ${leader.name} instead: ${statesText(group.nodes)}` }
  // A dead primary is not reported by its keeper: its state alone is old news.
  const isIdle = isSecondary(node) && group.nodes.every((each) => isSettled(each))
  return { state: isIdle ? 'none' : 'open', words }
}

function maintenanceSeen(node: MonitorNode, group: MonitorGroup): ManagerLook {
  const words = `the monitor has ${statesText(group.nodes)}`
  if (node.assigned === 'maintenance' && isSettled(node))
    return { state: changing(group).length === 0 ? 'done' : 'open', words }
  return { state: /maintenance$/.test(node.assigned) ? 'open' : 'none', words }
}

function endOfMaintenance(node: MonitorNode): Pick<ManagerLook, 'state'> {
  if (/maintenance$/.test(node.assigned)) return { state: 'none' }
  return { state: isSecondary(node) || leads(node) ? 'done' : 'open' }
}

async function restartSeen(
  { database, startedAt }: MonitorRequest,
  node: MonitorNode,
  tools: ActionToolbox,
): Promise<ManagerLook> {
  const view = findDatabase(await tools.refresh(), database)
  const words = `the monitor has ${nodeStateText(node)}`
  if (!view || view.problem) return { state: 'open', words: `${words}; PostgreSQL does not answer` }
  if (view.startedAt === null || view.startedAt === startedAt) return { state: 'none', words }
  return { state: isSecondary(node) || leads(node) ? 'done' : 'open', words }
}
