// What the monitor of pg_auto_failover shows of a request. Its calls return at once: only the states of the nodes tell.

import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { findDatabase } from '../../definition/target.ts'
import type { ManagerLook } from '../definition/manager-acts.ts'
import { isCreating } from './copy-anew.ts'
import {
  changing,
  DEAD_KEEPER_SECONDS,
  isMaintained,
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
  if (request.call === 'leave') return leaveSeen(request, node, group)
  if (request.call === 'rebuild') return copySeen(request, node, tools)
  if (!node) return { state: 'failed', words: `the monitor no longer lists ${request.node}` }
  switch (request.call) {
    case 'promotion':
      return promotionSeen(request, node, group)
    case 'maintenance-on':
      return maintenanceSeen(node, group)
    case 'maintenance-off':
      return endOfMaintenance(request, node)
    case 'restart':
      return restartSeen(request, node, tools)
  }
}

function promotionSeen({ old }: MonitorRequest, node: MonitorNode, group: MonitorGroup): ManagerLook {
  const words = `the monitor has ${statesText(group.nodes)}`
  const [moving] = changing(group)
  if (leads(node)) return moving ? { state: 'open', words, isThis: true } : { state: 'done', words }
  const leader = group.nodes.find((each) => each !== node && leads(each) && each.isHealthy)
  if (leader && leader.name !== old && !moving)
    return { state: 'failed', words: `the monitor has promoted ${leader.name} instead: ${statesText(group.nodes)}` }
  // For the old primary the monitor waits even while its keeper is silent; for another silent node nobody does.
  const before = group.nodes.find(({ name }) => name === old)
  if (isSecondary(node) && !moving && (!before || isSettled(before))) return { state: 'none', words }
  return { state: 'open', words, isThis: TAKING_OVER.has(node.assigned) }
}

/** What the monitor wants of a node whose promotion it has begun. */
const TAKING_OVER: ReadonlySet<string> = new Set(['prepare_promotion', 'stop_replication', 'wait_primary', 'primary'])

function leaveSeen(
  { node: name, nodeId }: MonitorRequest,
  node: MonitorNode | undefined,
  group: MonitorGroup,
): ManagerLook {
  if (node?.id === nodeId) {
    const words = `the monitor has ${nodeStateText(node)}`
    return { state: node.assigned === 'dropped' ? 'unfinished' : 'none', words }
  }
  const [moving] = changing(group)
  const words = `the monitor no longer lists ${node ? `node ${nodeId}` : name}: ${statesText(group.nodes)}`
  return moving ? { state: 'open', words, isThis: true } : { state: 'done', words }
}

/** The monitor gives a node that is registered again another number. */
async function copySeen(
  request: MonitorRequest,
  node: MonitorNode | undefined,
  tools: ActionToolbox,
): Promise<ManagerLook> {
  const { database, nodeId, node: name } = request
  if (!node)
    return { state: 'unfinished', words: `the monitor no longer lists ${name}, and its copy is still to be made` }
  const words = `the monitor has ${nodeStateText(node)}`
  if (node.id === nodeId) return { state: node.assigned === 'dropped' ? 'unfinished' : 'none', words }
  if (isSecondary(node)) return { state: 'done', words: `${words} as node ${node.id}` }
  if (await isCreating(request, tools))
    return { state: 'unfinished', words: `pg_autoctl create postgres is running there` }
  const view = findDatabase(await tools.refresh(), database)
  if (view?.problem !== null) return { state: 'unfinished', words: `${words}; PostgreSQL does not answer` }
  return { state: 'open', words, isThis: true }
}

function maintenanceSeen(node: MonitorNode, group: MonitorGroup): ManagerLook {
  const words = `the monitor has ${statesText(group.nodes)}`
  if (node.assigned === 'maintenance' && isSettled(node))
    return changing(group).length === 0 ? { state: 'done', words } : { state: 'open', words, isThis: true }
  return /maintenance$/.test(node.assigned) ? { state: 'open', words, isThis: true } : { state: 'none', words }
}

/** A keeper that was stopped with PostgreSQL is still to be started: nothing else brings the node back. */
function endOfMaintenance({ start }: MonitorRequest, node: MonitorNode): ManagerLook {
  const words = nodeStateText(node)
  if (isMaintained(node)) return { state: 'none', words }
  if (start.length > 0 && node.reportedAgo > DEAD_KEEPER_SECONDS)
    return {
      state: 'unfinished',
      words: `${words}, and its keeper has not reported for ${Math.round(node.reportedAgo)} s`,
    }
  return isSecondary(node) || leads(node) ? { state: 'done', words } : { state: 'open', words, isThis: true }
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
  return isSecondary(node) || leads(node) ? { state: 'done', words } : { state: 'open', words, isThis: true }
}
