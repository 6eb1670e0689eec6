// The requests that take a node out of a formation: for good, or to build it anew.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import type { DelegationContext, PlannedRequest, RequestPlan } from '../definition/manager-acts.ts'
import { type CheckedNode, standbysLeft } from './checks.ts'
import { whyNotReplaced } from './data-place.ts'
import { keeperOf, readKeeperSettings, wordsToCreate } from './keeper.ts'
import { leads, type MonitorNode } from './monitor.ts'
import type { MonitorRequest } from './request.ts'

/** A database with its node, by the monitor. */
export interface NodeSubject {
  readonly view: DatabaseView
  readonly node: MonitorNode
  readonly about: CheckedNode
  readonly context: DelegationContext
  /** The request without its call. */
  readonly common: Omit<MonitorRequest, 'call'>
}

/** A keeper only ever copies the primary. */
export async function planCopy(subject: NodeSubject, upstream: DatabaseView | null): Promise<RequestPlan> {
  const { view, node, about, context, common } = subject
  const { tools, manager } = context
  if (upstream === null || manager.leader !== upstream.id)
    return { why: `a keeper copies the primary, which is ${leaderName(context)} by the monitor` }
  const place = await keeperOf(view, tools)
  if ('why' in place) return place
  const settings = await readKeeperSettings(place, tools)
  if ('why' in settings) return settings
  if (settings.pg_autoctl.name !== node.name)
    return { why: `the keeper on ${place.host} is that of ${settings.pg_autoctl.name}, and not of ${node.name}` }
  const create = wordsToCreate(place.dataDirectory, settings, node)
  if ('why' in create) return create
  const why = await whyNotReplaced(place, tools)
  if (why !== null) return { why }
  if (await hasTablespaces(upstream, tools))
    return { why: `${upstream.name} has tablespaces, and a keeper can’t place them elsewhere` }
  const { host, prefix, program, dataDirectory, control, stop, start } = place
  return {
    request: { ...common, call: 'rebuild', host, prefix, program, dataDirectory, stop, start, create },
    how: control,
    where: host,
    title: `ask pg_auto_failover to copy ${upstream.name} to ${view.name}`,
    detail: [
      shellCommandLine(stop),
      `SELECT pgautofailover.remove_node(${node.id}); -- on the monitor`,
      `rm -rf ${shellCommandLine([dataDirectory])} # and the state of its keeper: pg_autoctl show file --state`,
      `${shellCommandLine([program, ...create])} --monitor …`,
      shellCommandLine(start),
    ].join('\n'),
    checks: [standbysLeft(about)],
    effects: ['The monitor forgets the node, and registers it under another number; its priority and quorum stay.'],
    restarts: [view.id],
    deadlineSeconds: 240,
  }
}

function leaderName({ clusterView, manager }: DelegationContext): string {
  return clusterView.picture.databases.find(({ id }) => id === manager.leader)?.name ?? 'unknown'
}

async function hasTablespaces({ id }: DatabaseView, tools: ActionToolbox): Promise<boolean> {
  const [row] = await tools.sql<{ some: boolean }>(id, {
    text: 'SELECT EXISTS (SELECT FROM pg_catalog.pg_tablespace WHERE oid >= 16384) AS some',
  })
  return row?.some !== false
}

/** The keeper stops PostgreSQL when the monitor drops its node, and the others drop their slots for it. */
export function planLeave({ view, node, about, common }: NodeSubject): PlannedRequest | { readonly why: string } {
  if (leads(node)) return { why: `its monitor has ${node.name} as the primary: switch over first` }
  return {
    request: { ...common, call: 'leave' },
    how: 'sql',
    where: 'the monitor',
    title: `ask pg_auto_failover to drop ${view.name}`,
    detail: `SELECT pgautofailover.remove_node(${node.id});\nThe same, on its host, as: pg_autoctl drop node`,
    checks: [standbysLeft(about)],
    // The monitor sets synchronous_standby_names itself when a node leaves.
    replaces: ['sync-standbys'],
    effects: ['Its keeper stops PostgreSQL and ends; the other keepers drop their slots for it.'],
    restarts: [view.id],
    deadlineSeconds: 120,
  }
}
