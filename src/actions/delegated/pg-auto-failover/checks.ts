// Checks by the monitor of pg_auto_failover: whether it can promote a node, and whether one may be taken into maintenance.

import { SILENT_KEEPER_SECONDS } from '../../../model/managers/detection/intervals.ts'
import { listText } from '../../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../../definition/action.ts'
import {
  changing,
  isSecondary,
  leads,
  type MonitorGroup,
  type MonitorNode,
  mayLead,
  readMonitorGroup,
  statesText,
} from './monitor.ts'

/** The node of a check, as the monitor names it. */
export interface CheckedNode {
  readonly formation: string
  readonly node: string
}

export const MAINTENANCE_GUARD = 'maintenance-guard'
export const STANDBYS_LEFT = 'standbys-left'

/** The monitor promotes only a secondary, and only its keeper carries that out. */
export function monitorCanPromote(about: CheckedNode): PreflightCheck {
  return monitorCheck('monitor-state', true, about, (node, group) => {
    const states = statesText(group.nodes)
    if (leads(node))
      return { result: 'warn', message: `the monitor has ${node.name} as the primary already`, hint: null }
    if (node.reportedAgo > SILENT_KEEPER_SECONDS) return silentKeeper(node)
    const moving = changing(group)
    if (moving.length > 0) {
      const hint = 'Wait until it has finished: pg_autoctl show state.'
      return { result: 'fail', message: `the monitor is changing the group: ${states}`, hint }
    }
    if (!isSecondary(node)) {
      const hint = `It promotes only a node that is a secondary.`
      return { result: 'fail', mayOverride: false, message: `the monitor has ${states}`, hint }
    }
    return { result: 'pass', message: `the monitor has ${states}`, hint: null }
  })
}

/**
 * The monitor itself takes a node into maintenance at any cost: with another one there already nobody takes writes, until
 * maintenance ends.
 */
export function maintenanceGuard(about: CheckedNode): PreflightCheck {
  return monitorCheck(MAINTENANCE_GUARD, true, about, (node, group) => {
    const why = whyNoMaintenance(node, group)
    if (why !== null) return { result: 'fail', ...why }
    const message = `without ${node.name} ${listText(othersReady(node, group).map(({ name }) => name))} stay, and commits need ${group.syncStandbys} synchronous`
    return { result: 'pass', message, hint: null }
  })
}

/** The node must be in the state in which its keeper acts. */
export function keeperReports(about: CheckedNode): PreflightCheck {
  return monitorCheck('monitor-state', true, about, (node, { nodes }) => {
    if (node.reportedAgo > SILENT_KEEPER_SECONDS) return silentKeeper(node)
    if (node.assigned === 'maintenance') {
      const hint = `Its keeper does not start PostgreSQL then. End it first: pgdeck do unfence.`
      return { result: 'fail', mayOverride: false, message: `${node.name} is in maintenance`, hint }
    }
    return { result: 'pass', message: `the monitor has ${statesText(nodes)}`, hint: null }
  })
}

/** The monitor itself removes any node: of a primary it gives the role away, and commits may hang without the last standby. */
export function standbysLeft(about: CheckedNode): PreflightCheck {
  return monitorCheck(STANDBYS_LEFT, true, about, (node, group) => {
    const states = statesText(group.nodes)
    if (mayLead(node, group)) {
      const message = `the monitor has ${node.name} as the primary, or makes it that: ${states}`
      return { result: 'fail', mayOverride: false, message, hint: 'Switch over first.' }
    }
    const why = whyNotWithout(node, group)
    if (why !== null) return { result: 'fail', ...why }
    return { result: 'pass', message: `the monitor has ${states}`, hint: null }
  })
}

/** Why commits would hang without this standby; null if they would not. One that is no healthy secondary holds up none. */
export function whyNotWithout(
  node: MonitorNode,
  group: MonitorGroup,
): { readonly message: string; readonly hint: string } | null {
  const ready = othersReady(node, group).filter(({ quorum }) => quorum)
  const counts = node.isHealthy && isSecondary(node) && node.quorum
  if (!counts || ready.length >= group.syncStandbys) return null
  return { message: fewLeft(ready, group), hint: 'Bring the other nodes back first: pg_autoctl show state.' }
}

function fewLeft(ready: readonly MonitorNode[], { syncStandbys }: MonitorGroup): string {
  return `${ready.length} other healthy ${ready.length === 1 ? 'secondary' : 'secondaries'} would be left, and commits need ${syncStandbys} synchronous standbys: they would hang`
}

/** Why this node must stay where it is; null if it may be taken into maintenance. */
export function whyNoMaintenance(
  node: MonitorNode,
  group: MonitorGroup,
): { readonly message: string; readonly hint: string; readonly mayOverride: boolean } | null {
  const others = group.nodes.filter((each) => each !== node)
  const inMaintenance = others.filter(({ assigned }) => /maintenance$/.test(assigned))
  const ready = othersReady(node, group)
  const hint = `Bring the other nodes back first: pg_autoctl show state.`
  if (inMaintenance.length > 0)
    return {
      message: `${listText(inMaintenance.map(({ name }) => name))} is in maintenance already: no node may be writable then`,
      hint,
      mayOverride: ready.length > 0,
    }
  // A secondary that becomes the primary is no standby any more.
  const left = ready.length - (leads(node) ? 1 : 0)
  if (left >= group.syncStandbys && (ready.length > 0 || !leads(node))) return null
  return { message: fewLeft(ready, group), hint, mayOverride: ready.length > 0 }
}

function othersReady(node: MonitorNode, { nodes }: MonitorGroup): readonly MonitorNode[] {
  return nodes.filter((each) => each !== node && each.isHealthy && isSecondary(each))
}

function silentKeeper({ name, reportedAgo }: MonitorNode): PreflightResult {
  return {
    result: 'fail',
    message: `the keeper of ${name} has not reported for ${Math.round(reportedAgo)} s: it would do nothing`,
    hint: 'Start it there: systemctl start pgautofailover.',
  }
}

type Verdict = (node: MonitorNode, group: MonitorGroup) => PreflightResult

function monitorCheck(
  id: string,
  mayOverride: boolean,
  { formation, node: name }: CheckedNode,
  verdict: Verdict,
): PreflightCheck {
  return {
    id,
    mayOverride,
    async run(_view, _draft, tools: ActionToolbox) {
      const group = await readMonitorGroup(formation, name, tools)
      const node = group.nodes.find((each) => each.name === name)
      if (node) return verdict(node, group)
      const hint = 'Check "formation" of the manager in the config.'
      return {
        result: 'fail',
        mayOverride: false,
        message: `the monitor lists no ${name} in formation ${formation}`,
        hint,
      }
    },
  }
}
