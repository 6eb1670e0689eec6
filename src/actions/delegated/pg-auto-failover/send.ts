// Sends a request to pg_auto_failover: a function of its monitor, or a stop of PostgreSQL, which its keeper starts again.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { requireHost } from '../../hosts/host-programs.ts'
import { startServer } from '../../hosts/start-server.ts'
import { MAINTENANCE_GUARD, whyNoMaintenance } from './checks.ts'
import { copyAnew } from './copy-anew.ts'
import { removeFromMonitor } from './leave.ts'
import { DEAD_KEEPER_SECONDS, isMaintained, readMonitorGroup } from './monitor.ts'
import { type MonitorRequest, monitorRequest } from './request.ts'

type SqlCall = Exclude<MonitorRequest['call'], 'restart' | 'rebuild' | 'leave'>

const OURS = `WHERE EXISTS (SELECT FROM pgautofailover.node n WHERE n.formationid = $1 AND n.nodename = $2
    AND ($3::pg_catalog.text IS NULL OR n.sysidentifier::pg_catalog.text = $3))`
const NODE_ID = '(SELECT n.nodeid FROM pgautofailover.node n WHERE n.formationid = $1 AND n.nodename = $2)'

const CALLS: Readonly<Record<SqlCall, string>> = {
  promotion: 'pgautofailover.perform_promotion($1, $2)',
  'maintenance-on': `pgautofailover.start_maintenance(${NODE_ID})`,
  'maintenance-off': `pgautofailover.stop_maintenance(${NODE_ID})`,
}

const BEGUN: Readonly<Record<SqlCall, string>> = {
  promotion: 'has begun to promote',
  'maintenance-on': 'has begun the maintenance of',
  'maintenance-off': 'ends the maintenance of',
}

/** Resolves to the answer. Throws FaultError with the monitor's words if it refuses, and OutcomeUnknown without an answer. */
export async function sendToMonitor(stored: JsonRecord, tools: ActionToolbox): Promise<string> {
  const request = monitorRequest(stored)
  const { call, formation, node, system } = request
  if (call === 'restart') return stopForKeeper(request, tools)
  if (call === 'rebuild') return copyAnew(request, tools)
  if (call === 'leave') {
    await removeFromMonitor(request, tools)
    return `the monitor no longer lists ${node}`
  }
  if (call === 'maintenance-on') await requireGuard(request, tools)
  if (call === 'maintenance-off' && (await hasEnded(request, tools))) {
    await startKeeper(request, tools)
    return `the maintenance of ${node} had ended before`
  }
  const [row] = await tools.managerSql<{ done: boolean }>({
    text: `SELECT ${CALLS[call]} AS done ${OURS}`,
    values: [formation, node, system],
  })
  if (!row)
    throw new ActionError(
      `the monitor lists no ${node} of system ${system ?? '?'} in formation ${formation}`,
      'Nothing was asked. Check "manager" in the config.',
    )
  if (call === 'maintenance-off') await startKeeper(request, tools)
  if (row.done) return `the monitor ${BEGUN[call]} ${node}`
  return call === 'promotion' ? `the monitor says that ${node} is the primary already` : `the monitor changed nothing`
}

/** Of an earlier attempt: the monitor refuses to end it twice. */
async function hasEnded(request: MonitorRequest, tools: ActionToolbox): Promise<boolean> {
  const node = await nodeNow(request, tools)
  return node !== undefined && node.id === request.nodeId && !isMaintained(node)
}

/** A keeper that was stopped with PostgreSQL would never end the maintenance. */
async function startKeeper(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  const { database, host, start } = request
  if (start.length === 0 || (await reports(request, tools))) return
  await startServer({ database, start, dataDirectory: null }, requireHost(host, tools), tools)
}

/** Whether its keeper goes on to report: one that was stopped just now has reported, too. */
async function reports(request: MonitorRequest, tools: ActionToolbox): Promise<boolean> {
  const reportsNow = async () => ((await nodeNow(request, tools))?.reportedAgo ?? 0) <= DEAD_KEEPER_SECONDS
  if (!(await reportsNow())) return false
  await tools.wait(DEAD_KEEPER_SECONDS * 1000 + 500)
  return reportsNow()
}

async function nodeNow({ formation, node: name }: MonitorRequest, tools: ActionToolbox) {
  const { nodes } = await readMonitorGroup(formation, name, tools)
  return nodes.find((each) => each.name === name)
}

/** Throws ActionError where the other nodes have changed since the plan. */
async function requireGuard({ formation, node: name }: MonitorRequest, tools: ActionToolbox): Promise<void> {
  if (tools.overrideReason(MAINTENANCE_GUARD) !== null) return
  const group = await readMonitorGroup(formation, name, tools)
  const node = group.nodes.find((each) => each.name === name)
  const why = node ? whyNoMaintenance(node, group) : null
  if (why !== null) throw new ActionError(why.message, why.hint)
}

/** The keeper takes a stop that it did not order for a failure of the server, and starts it at once. */
async function stopForKeeper({ node, host, stop }: MonitorRequest, tools: ActionToolbox): Promise<string> {
  const connection = requireHost(host, tools)
  const { signal } = tools
  const { exitCode, stderr } = await connection.run(stop, { signal, onOutput: tools.writeOutput, survivesLoss: true })
  if (exitCode === 0) return `PostgreSQL of ${node} has stopped; its keeper starts it`
  throw new ActionError(`pg_ctl could not stop PostgreSQL of ${node}: ${stderr.trim().split('\n').at(-1) ?? exitCode}`)
}
