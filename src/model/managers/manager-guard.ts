// What to use instead of pgdeck's own actions under a manager: it would undo them, and the writes would be lost.

import { AURORA_FUNCTION, isAurora } from '../measured/managers/aurora.ts'
import { MANAGER_TITLES, type ManagerKind } from '../measured/managers/manager-signs.ts'
import { isSameSystem } from '../measured/server-identity.ts'
import type { DatabaseView, Picture } from '../picture/picture.ts'
import { isActivePrimary, isWritable } from '../picture/roles.ts'
import { currentRoleOf } from '../runs/plan-basis.ts'
import { shellCommandLine } from '../values/shell-quote.ts'
import { type ClusterManager, isManagerMissing } from './detection/cluster-manager.ts'
import { MANAGER_INTERVAL_MS } from './detection/intervals.ts'
import {
  isManagedAction,
  isMinorAction,
  type ManagedAction,
  type ManagerCommandContext,
  memberNameOf,
} from './managed-actions.ts'
import { MANAGER_COMMANDS } from './manager-commands.ts'
import { memberOfDatabase } from './member-words.ts'

export interface ManagerBlock {
  readonly kind: ManagerKind
  /** `fail`: the action must not run. `warn`: the manager may undo it, or it is uncertain whether there is one. */
  readonly result: 'fail' | 'warn'
  /** True if nothing proves that the manager runs, or if it is paused: a person may know better. */
  readonly mayOverride: boolean
  /** Which manager is in charge, by which evidence, and the consequences. */
  readonly reason: string
  /** The manager's own command, for a shell; a word in capitals replaces an unknown part. null: it has none. */
  readonly command: string | null
  /** Where to run it, in words. Empty: `effect` says why there is no command. */
  readonly where: string
  /** What the command really does, what it needs first, or why there is none: sentences. Empty: nothing to say. */
  readonly effect: string
}

/**
 * Why an action (by its name) must not be done to this cluster, and what to use instead; null if no manager is in
 * charge or it does not mind. `target` is the id of the database, or of a server that uses it; `upstream` that of the
 * database that it is to follow.
 */
export function managerBlockFor(
  picture: Picture,
  action: string,
  target: string | null = null,
  upstream: string | null = null,
): ManagerBlock | null {
  const node = databaseAt(picture, target)
  const manager = node && isAurora(node) ? auroraOf(picture, node) : picture.manager
  if (!manager || !isManagedAction(action)) return null
  const about = caseOf(picture, manager, action, { node, upstream })
  const managerCommand = MANAGER_COMMANDS[manager.kind](about)
  if (!managerCommand) return null
  if (manager.activity === 'hint' && isMinorAction(action)) return null
  const { commands, where, effect } = managerCommand
  const command = commands.length === 0 ? null : commands.map(shellCommandLine).join(' && ')
  const common = { kind: manager.kind, command, where, effect }
  const left = action === 'fence' && node ? leftBehind(picture, manager, node) : null
  if (left !== null) return { ...common, result: 'warn', mayOverride: true, reason: left }
  return { ...common, ...verdictOn(manager, about) }
}

/** Aurora is in charge of its instances, whoever is of the other databases. */
function auroraOf({ manager }: Picture, { id, name, pulse }: DatabaseView): ClusterManager {
  if (manager?.kind === 'aurora') return manager
  const self = pulse?.aurora?.self ?? null
  return {
    kind: 'aurora',
    scope: null,
    activity: 'live',
    evidence: [`${name}: the function pg_catalog.${AURORA_FUNCTION}()`],
    leader: null,
    names: self === null ? {} : { [id]: self },
    paused: null,
    runsInPods: false,
    agents: {},
    systemIdentifierMatches: null,
    readAt: null,
    lastSeenRunning: null,
  }
}

/**
 * For callers that need only the manager's presence and how roles change under it. A hint that can be faked does not
 * count.
 */
export function activeManager(picture: Picture): { readonly kind: ManagerKind; readonly instead: string } | null {
  if (picture.manager?.activity === 'hint') return null
  const block = managerBlockFor(picture, 'switchover', picture.failover.candidate)
  return block && { kind: block.kind, instead: block.command ?? (block.where || block.effect) }
}

/** The manager with its cluster, e.g. `Patroni (vault)`. */
export function managerTitle({ kind, scope }: Pick<ClusterManager, 'kind' | 'scope'>): string {
  return scope === null ? MANAGER_TITLES[kind] : `${MANAGER_TITLES[kind]} (${scope})`
}

/** How the manager is known, in a few words: the first evidence suffices. */
export function managerEvidenceText({ evidence }: ClusterManager): string {
  const [first = '', ...rest] = evidence
  return rest.length === 0 ? first : `${first}, and ${rest.length} more`
}

function databaseAt({ databases, servers }: Picture, target: string | null): DatabaseView | null {
  const used = servers.find(({ id }) => id === target)?.databaseId
  return databases.find(({ id }) => id === target) ?? databases.find(({ id }) => id === used) ?? null
}

function caseOf(
  { databases, failover, at }: Picture,
  manager: ClusterManager,
  act: ManagedAction,
  { node, upstream }: { readonly node: DatabaseView | null; readonly upstream: string | null },
): ManagerCommandContext {
  return {
    manager,
    action: act,
    member: memberNameOf({ manager }, node),
    managed: node && memberOfDatabase(manager, node.id),
    node,
    databases,
    primary: databases.find(isActivePrimary) ?? null,
    candidate: failover.candidate,
    upstream: databases.find(({ id }) => id === upstream) ?? null,
    isAgentDown: node !== null && manager.agents[node.id] === 'silent',
    targetHost: node?.host ?? 'the host of the database',
    now: at,
  }
}

/** A paused repmgrd takes no stop for a failure, and has no part in a start. */
const OF_SERVICES: ReadonlySet<ManagedAction> = new Set<ManagedAction>([
  'fence',
  'unfence',
  'start',
  'stop',
  'restart',
  'rolling-restart',
])

function verdictOn(
  manager: ClusterManager,
  about: ManagerCommandContext,
): Pick<ManagerBlock, 'result' | 'mayOverride' | 'reason'> {
  const mild = isMinorAction(about.action)
  const result = mild ? 'warn' : 'fail'
  const undone = mild ? 'it may undo this' : consequence(about)
  switch (manager.activity) {
    case 'live': {
      if (manager.kind === 'repmgr' && manager.paused && OF_SERVICES.has(about.action)) {
        const reason = `${managerTitle(manager)} is in charge, and its daemons are paused: they take no stop for a failure. Unpause them once this is done`
        return { result: 'warn', mayOverride: true, reason }
      }
      const reason = `${managerTitle(manager)} is in charge (${managerEvidenceText(manager)}): ${undone}`
      return { result, mayOverride: manager.paused === true, reason }
    }
    case 'silent': {
      const standing = isManagerMissing(manager)
        ? 'may be in charge, though nothing shows that it runs'
        : 'seems to be in charge; whether it runs is unknown here'
      const reason = `${managerTitle(manager)} ${standing} (${managerEvidenceText(manager)}): ${undone}`
      return { result, mayOverride: true, reason }
    }
    case 'hint': {
      const reason = `whether ${managerTitle(manager)} is in charge is unknown: any user can cause this (${managerEvidenceText(manager)})`
      return { result: 'warn', mayOverride: true, reason }
    }
  }
}

function consequence({ manager: { kind, paused }, action }: ManagerCommandContext): string {
  const isRole = action === 'promote' || action === 'switchover' || action === 'failback'
  if (kind === 'aurora') return 'its instances share one storage, and only the service makes one of them the writer'
  if (kind === 'patroni' && paused) return 'it is paused, but takes over when it is resumed'
  if (paused) return 'it is paused; resume it once this is done'
  return isRole
    ? 'it would undo a promotion that it did not make, and the writes since then would be lost'
    : 'it undoes changes that it did not make, or treats them as a failure'
}

/**
 * Tells of a former primary that the manager no longer has as a member: it promoted another one, which takes writes
 * of the same system, and its agent did not stop this one. Only a person will. Returns words; null if that is not so.
 */
function leftBehind({ databases, at }: Picture, manager: ClusterManager, target: DatabaseView): string | null {
  if (manager.activity !== 'live' || currentRoleOf(target) !== 'primary') return null
  const others = databases.filter((view) => view !== target && isWritable(view) && isSameSystem(view, target))
  const isFresh = manager.readAt !== null && at - manager.readAt <= 2 * MANAGER_INTERVAL_MS
  const leads = isFresh ? others.find(({ id }) => id === manager.leader) : undefined
  const isLeft = manager.agents[target.id] === 'silent'
  const runs =
    isLeft && manager.leader !== target.id ? others.find(({ id }) => manager.agents[id] === 'runs') : undefined
  const holder = leads ?? runs
  if (!holder) return null
  const by = leads ? `has ${holder.name} as the primary` : `runs beside ${holder.name}, and not beside ${target.name}`
  return `${managerTitle(manager)} ${by}, which is writable: ${target.name} is no longer its primary, and it does not stop ${target.name}`
}
