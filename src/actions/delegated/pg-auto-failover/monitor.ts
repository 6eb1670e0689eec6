// The nodes of a formation as the monitor of pg_auto_failover has them now.

import * as z from 'zod'
import { SILENT_KEEPER_SECONDS } from '../../../model/managers/detection/intervals.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'

const word = z.string().transform(clean)

const nodeShape = z.object({
  id: z.number(),
  name: word,
  group: z.number(),
  /** What its keeper reported last. */
  reported: word,
  /** What the monitor wants it to be. */
  assigned: word,
  isHealthy: z.boolean(),
  /** Seconds since its keeper reported. */
  reportedAgo: z.coerce.number(),
  system: z.string().nullable(),
  /** 0: never the primary. */
  priority: z.number().default(50),
  /** Whether commits may wait for it. */
  quorum: z.boolean().default(true),
})

/** A node, by the monitor. */
export type MonitorNode = Readonly<z.output<typeof nodeShape>>

export interface MonitorGroup {
  readonly nodes: readonly MonitorNode[]
  /** How many synchronous standbys commits need. */
  readonly syncStandbys: number
}

// As JSON: the columns of the versions differ.
const NODES = `SELECT pg_catalog.json_build_object('id', n.nodeid, 'name', pg_catalog.left(n.nodename, 200), 'group', n.groupid,
    'reported', n.reportedstate::pg_catalog.text, 'assigned', n.goalstate::pg_catalog.text, 'isHealthy', n.health > 0,
    'reportedAgo', extract(epoch FROM pg_catalog.clock_timestamp() - n.reporttime),
    'system', nullif(n.sysidentifier, 0)::pg_catalog.text,
    'priority', n.candidatepriority, 'quorum', n.replicationquorum) AS node, f.number_sync_standbys AS sync
  FROM pgautofailover.node n JOIN pgautofailover.formation f ON f.formationid = n.formationid
  WHERE n.formationid = $1 ORDER BY n.nodeid LIMIT 200`

/** Reads the group of that node anew; all of the formation where it has no such node. Throws FaultError. */
export async function readMonitorGroup(formation: string, name: string, tools: ActionToolbox): Promise<MonitorGroup> {
  const rows = await tools.managerSql<{ node: unknown; sync: number }>({ text: NODES, values: [formation] })
  const all = rows.map(({ node }) => nodeShape.parse(node))
  const own = all.find((node) => node.name === name)
  return { nodes: own ? all.filter(({ group }) => group === own.group) : all, syncStandbys: rows[0]?.sync ?? 0 }
}

const LEADING: ReadonlySet<string> = new Set(['primary', 'single', 'wait_primary', 'join_primary'])

/** Its state is what the monitor wants it to be. */
export function isSettled({ reported, assigned }: MonitorNode): boolean {
  return reported === assigned
}

/** It is the primary, and stays that. */
export function leads(node: MonitorNode): boolean {
  return isSettled(node) && LEADING.has(node.assigned)
}

const TAKING_OVER: ReadonlySet<string> = new Set([
  ...LEADING,
  'apply_settings',
  'prepare_promotion',
  'stop_replication',
])

/**
 * It is the primary now, or the monitor makes it that. One that lost the role still reports it until its keeper answers:
 * a keeper that is silent never does, so another one that leads proves that the role is lost.
 */
export function mayLead(node: MonitorNode, { nodes }: MonitorGroup): boolean {
  const { reported, assigned, reportedAgo, isHealthy } = node
  if (TAKING_OVER.has(assigned)) return true
  if (!TAKING_OVER.has(reported) || assigned === 'dropped') return false
  const isGone = LOST.has(assigned) && !isHealthy && reportedAgo > SILENT_KEEPER_SECONDS
  return !(isGone && nodes.some((each) => each !== node && leads(each)))
}

/** What the monitor wants of a primary that it has replaced. */
const LOST: ReadonlySet<string> = new Set(['demoted', 'demote_timeout'])

/** It is a standby that may be promoted now. */
export function isSecondary(node: MonitorNode): boolean {
  return isSettled(node) && node.assigned === 'secondary'
}

/** Nodes that are on their way to another state; without those whose keeper does not report, for which nobody waits. */
export function changing({ nodes }: MonitorGroup): readonly MonitorNode[] {
  return nodes.filter((node) => !isSettled(node) && node.reportedAgo <= SILENT_KEEPER_SECONDS)
}

/** A keeper reports each second. */
export const DEAD_KEEPER_SECONDS = 3

/** It is in maintenance, or on its way there. */
export function isMaintained({ assigned }: MonitorNode): boolean {
  return /maintenance$/.test(assigned)
}

/** `node1 primary, node2 catchingup → secondary`. */
export function statesText(nodes: readonly MonitorNode[]): string {
  return nodes.map(nodeStateText).join(', ')
}

/** `node2 catchingup → secondary`. */
export function nodeStateText(node: MonitorNode): string {
  return `${node.name} ${node.reported}${isSettled(node) ? '' : ` → ${node.assigned}`}`
}
