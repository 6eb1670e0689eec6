// The check `manager`: whether another program decides on the primary, by the readings and by its host.

import { managerAgentsAmong, managerFromFiles } from '../../model/managers/detection/host-signs.ts'
import { isManagedAction, isMinorAction } from '../../model/managers/managed-actions.ts'
import { type ManagerBlock, managerBlockFor } from '../../model/managers/manager-guard.ts'
import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import type { ActionToolbox, Draft, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase, findServer } from '../definition/target.ts'

/**
 * Fails while a manager decides on the primary: it would undo a change made without it. If nothing shows that the
 * manager runs, the user may overrule the check.
 */
export function noClusterManager(
  action: string,
  target: string | null,
  upstream: string | null = null,
): PreflightCheck {
  return {
    id: 'manager',
    mayOverride: true,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const block = managerBlockFor(clusterView.picture, action, target, upstream)
      if (block === null) return unseen(action, target, clusterView, tools)
      const { result, mayOverride, reason } = block
      return { result, mayOverride, message: reason, hint: hintOf(block) }
    },
  }
}

/** A command stands at the end: so it can be copied. */
function hintOf({ command, where, effect }: ManagerBlock): string {
  const use = command === null ? `Use its own tools instead: ${where}.` : `Use instead, ${where}: ${command}`
  return [effect, where === '' ? '' : use].filter((text) => text !== '').join(' ')
}

/** Returns the checks of a draft. Adds this check if managers mind the action and its draft does not have the check. */
export function withManagerCheck(action: string, { checks, target, danger }: Draft): readonly PreflightCheck[] {
  if (!isManagedAction(action) || checks.some(({ id }) => id === 'manager')) return checks
  // Resuming replay at the end of recovery makes the standby a primary: the manager's decision.
  const ends = action === 'resume-replay' && (danger === 'outage' || danger === 'data-loss')
  return [noClusterManager(ends ? 'promote' : action, target?.id ?? null), ...checks]
}

/** Readings of the database show no manager. Files and processes of its host may. */
async function unseen(
  action: string,
  target: string | null,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<PreflightResult> {
  const onHost = isManagedAction(action) && isMinorAction(action) ? null : await hostFinding(target, clusterView, tools)
  if (onHost) return onHost
  const view = findDatabase(clusterView, findServer(clusterView, target)?.databaseId ?? target)
  if (view && !view.pulse) {
    return {
      result: 'warn',
      message: `whether a manager is in charge of ${view.name} is unknown: pgdeck has never read it`,
      hint: 'Check its host for Patroni, repmgr, pg_auto_failover and the like.',
    }
  }
  if (view?.pulse?.managerSigns.libraries === null) {
    return {
      result: 'warn',
      message: `pgdeck sees no manager in charge, but this role may not read shared_preload_libraries of ${view.name}`,
      hint: 'GRANT pg_monitor shows more of them.',
    }
  }
  const message = 'pgdeck sees no manager (Patroni, repmgr, pg_auto_failover, CloudNativePG, …) in charge'
  return { result: 'pass', message, hint: null }
}

async function hostFinding(
  target: string | null,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<PreflightResult> {
  const database = findServer(clusterView, target)?.databaseId ?? target
  const hostId = clusterView.config.databases.find(({ spec }) => spec.id === database)?.spec.hostId ?? null
  const connection = tools.host(hostId)
  if (!connection) return null
  const { signal } = tools
  const folder = clusterView.config.hosts.find(({ id }) => id === hostId)?.dataDirectory ?? null
  const entries = folder === null ? [] : ((await connection.list(folder, { signal })) ?? [])
  const left = managerFromFiles(entries.map(({ name }) => name))
  if (left) {
    return {
      result: 'fail',
      message: `${MANAGER_TITLES[left.kind]} may be in charge, though nothing shows that it runs: ${left.file} is in ${folder} on ${hostId}`,
      hint: 'Overrule this with a reason where it is gone for good.',
    }
  }
  const { stdout } = await connection.run(['ps', '-eo', 'args='], { signal })
  const [agent] = managerAgentsAmong(stdout.split('\n'), folder)
  if (!agent) return null
  if (agent.isOurs) {
    const message = `${agent.title} runs on ${hostId} for ${folder}`
    return { result: 'fail', message, hint: 'Use its own tools instead, or stop it first.' }
  }
  return {
    result: 'warn',
    message: `${agent.title} runs on ${hostId}: whether it manages this database is unknown`,
    hint: 'Check there; if it does, use its own tools instead.',
  }
}
