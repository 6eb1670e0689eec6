// Asks pg_auto_failover by the functions of its monitor. Its calls and answers are those of 2.0, measured.

import { sqlLiteral } from '../../../io/postgres/connection/literal.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'
import { databaseServiceOf, hostConfigOf } from '../../hosts/service.ts'
import type { DelegationContext, ManagerActs, PlannedRequest, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedActName } from '../definition/wanted-act.ts'
import { type CheckedNode, keeperReports, maintenanceGuard, monitorCanPromote } from './checks.ts'
import { isOfKeeper } from './keeper.ts'
import { lookAtMonitor } from './look.ts'
import { readMonitorGroup } from './monitor.ts'
import { type NodeSubject, planCopy, planLeave } from './plan-node.ts'
import { sendToMonitor } from './send.ts'

export const pgAutoFailoverActs: ManagerActs = {
  kind: 'pg_auto_failover',
  whyNot: ({ tools }) =>
    tools.config.manager?.kind === 'pg_auto_failover' ? null : 'no monitor of pg_auto_failover is configured',
  async plan(wanted, context) {
    switch (wanted.act) {
      case 'switchover':
        if (wanted.at !== null) return { why: 'it can’t schedule a switchover' }
        return onNode(wanted.participants.target, context, promotion(wanted.participants.primary))
      case 'failover':
        return onNode(wanted.participants.target, context, promotion(wanted.participants.primary))
      case 'restart':
        return onNode(wanted.view, context, restart)
      case 'take-out':
        return onNode(wanted.view, context, maintenanceOn)
      case 'put-back':
      case 'rejoin':
        return onNode(wanted.view, context, maintenanceOff)
      case 'rebuild':
        return onNode(wanted.view, context, (subject) => planCopy(subject, wanted.upstream))
      case 'leave':
        return onNode(wanted.view, context, planLeave)
      default:
        return { why: WHY_NOT[wanted.act] }
    }
  },
  send: sendToMonitor,
  look: lookAtMonitor,
}

type Asked = 'switchover' | 'failover' | 'restart' | 'take-out' | 'put-back' | 'rejoin' | 'rebuild' | 'leave'
type Other = Exclude<WantedActName, Asked>

const UNMINDED = 'it does not mind it'
const WHY_NOT: Readonly<Record<Other, string>> = {
  reload: UNMINDED,
  'create-slot': UNMINDED,
  'drop-slot': UNMINDED,
  'add-hba-entry': UNMINDED,
  'set-parameter': UNMINDED,
  follow: 'it decides itself which upstream each standby follows',
  pause: 'it can’t be paused: only single nodes can be taken into maintenance',
  resume: 'it can’t be paused: only single nodes can be taken into maintenance',
  'cancel-switchover': 'it can’t schedule a switchover',
}

type Planner = (subject: NodeSubject) => RequestPlan | Promise<RequestPlan>

/** With the node of that database, by the monitor. */
async function onNode(view: DatabaseView, context: DelegationContext, planner: Planner): Promise<RequestPlan> {
  const { manager, tools } = context
  const config = tools.config.manager
  const name = manager.names[view.id]
  if (config?.kind !== 'pg_auto_failover') return { why: 'no monitor of pg_auto_failover is configured' }
  if (name === undefined) return { why: `its monitor lists no node with the address of ${view.name}` }
  const { formation } = config
  const { nodes } = await readMonitorGroup(formation, name, tools)
  const node = nodes.find((each) => each.name === name)
  if (!node) return { why: `its monitor lists no ${name} in formation ${formation}` }
  const common = {
    formation,
    node: name,
    nodeId: node.id,
    system: view.systemIdentifier,
    old: null,
    database: view.id,
    host: null,
    stop: [],
    startedAt: null,
    start: [],
    prefix: [],
    program: '',
    dataDirectory: null,
    create: [],
  }
  return planner({ view, node, about: { formation, node: name }, context, common })
}

const MONITOR = { how: 'sql', where: 'the monitor' } as const

/** A group of three took 7 s, after the loss of its primary 35 to 60 s: the monitor believes in that only after 20 s. */
const PROMOTION_SECONDS = 240

function promotion(old: DatabaseView | null): Planner {
  return ({ view, about, context: { manager }, common }) => ({
    ...MONITOR,
    request: { ...common, call: 'promotion', old: old === null ? null : (manager.names[old.id] ?? null) },
    title: `ask pg_auto_failover to promote ${view.name}`,
    detail: detailOf('perform_promotion', [about.formation, about.node], `perform promotion${named(about)}`),
    checks: [monitorCanPromote(about)],
    effects: [
      old?.problem
        ? 'The monitor begins when the primary has been silent for 20 s.'
        : 'All nodes of the group restart meanwhile.',
    ],
    restarts: Object.keys(manager.names),
    deadlineSeconds: PROMOTION_SECONDS,
    writableInSeconds: old?.problem ? 45 : 5,
  })
}

function maintenanceOn({ view, about, context: { manager }, common }: NodeSubject): PlannedRequest {
  const isLeader = isPrimary(view)
  return {
    ...MONITOR,
    request: { ...common, call: 'maintenance-on' },
    title: `ask pg_auto_failover to take ${view.name} into maintenance`,
    detail: detailOf(
      'start_maintenance',
      [common.nodeId],
      `enable maintenance${isLeader ? ' --allow-failover' : ''}`,
      ', on its host,',
    ),
    checks: [maintenanceGuard(about)],
    effects: [
      isLeader ? 'The monitor promotes another node, and its keeper stops it.' : 'It can’t be promoted meanwhile.',
    ],
    restarts: isLeader ? Object.keys(manager.names) : [],
    deadlineSeconds: 120,
  }
}

function maintenanceOff({ view, node, common, context: { tools } }: NodeSubject): RequestPlan {
  if (!/maintenance$/.test(node.assigned))
    return {
      why: `${node.name} is not in maintenance: its keeper brings it back by itself (systemctl start pgautofailover on its host)`,
    }
  // Where the configured stop is that of the keeper's service, a fence has stopped that too.
  const { id: host = null, start = null } = hostConfigOf(view.id, tools) ?? {}
  const starts = start !== null && isOfKeeper(start) ? start : []
  const also = starts.length === 0 ? '' : `\nWhere its keeper does not run: ${shellCommandLine(starts)}`
  return {
    ...MONITOR,
    request: { ...common, call: 'maintenance-off', host, start: starts },
    title: `ask pg_auto_failover to end the maintenance of ${view.name}`,
    detail: detailOf('stop_maintenance', [common.nodeId], 'disable maintenance', ', on its host,') + also,
    checks: [],
    effects: ['Its keeper starts PostgreSQL if it is down, as a standby where another node is the primary.'],
    restarts: [view.id],
    deadlineSeconds: 180,
  }
}

async function restart({ view, about, context: { tools }, common }: NodeSubject): Promise<RequestPlan> {
  // Seen: a primary that was only stopped lost its role, and the group hung in fast_forward.
  if (isPrimary(view))
    return {
      why: 'its monitor may take the stop of a primary for a failure: switch over, then restart it as a standby',
    }
  const { control, host, dataDirectory, binDirectory, asOwner } = await databaseServiceOf(view.id, tools)
  if (control === 'manual' || host === null || dataDirectory === null || binDirectory === null)
    return { why: `a restart needs the host of ${view.name}, with "dataDirectory" and "binDirectory"` }
  const stop = [...asOwner, `${binDirectory}/pg_ctl`, 'stop', '-D', dataDirectory, '-m', 'fast', '-w', '-t', '120']
  return {
    request: { ...common, call: 'restart', host, stop, startedAt: view.startedAt },
    how: control,
    where: host,
    title: `stop ${view.name}, for its keeper to start it`,
    detail: `${shellCommandLine(stop)}\nThen its keeper (pg_autoctl run) starts PostgreSQL at once.`,
    checks: [keeperReports(about)],
    effects: [],
    restarts: [view.id],
    deadlineSeconds: 120,
  }
}

function named({ formation, node }: CheckedNode): string {
  return ` ${shellCommandLine(['--formation', formation, '--name', node])}`
}

/** The call as a person would type it, then the command of pg_autoctl that does the same. */
function detailOf(call: string, values: readonly (string | number)[], command: string, place = ''): string {
  const literals = values.map((value) => (typeof value === 'number' ? String(value) : sqlLiteral(value)))
  return `SELECT pgautofailover.${call}(${literals.join(', ')});\nThe same${place} as: pg_autoctl ${command}`
}
