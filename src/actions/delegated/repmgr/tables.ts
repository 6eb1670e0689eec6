// What repmgr's own tables tell of a node: what it is, and how many events of a kind there are.

import * as z from 'zod'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'

const shape = z.object({
  upstream: z.number().nullable(),
  type: z.string().transform(clean),
  active: z.boolean(),
  done: z.number(),
  failed: z.number(),
  /** Of the newest event. */
  details: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : clean(text))),
})

/** A row of repmgr.nodes with its events. */
export type RepmgrNode = Readonly<z.output<typeof shape>>

// Events are counted, not compared by time: the clocks of two servers differ.
const NODE = `SELECT pg_catalog.json_build_object('upstream', n.upstream_node_id, 'type', n.type, 'active', n.active,
    'done', (SELECT pg_catalog.count(*) FROM repmgr.events e WHERE e.node_id = n.node_id AND e.event = $2 AND e.successful),
    'failed', (SELECT pg_catalog.count(*) FROM repmgr.events e
      WHERE e.node_id = n.node_id AND e.event = $2 AND NOT e.successful),
    'details', (SELECT pg_catalog.left(e.details, 300) FROM repmgr.events e
      WHERE e.node_id = n.node_id AND e.event = $2 ORDER BY e.event_timestamp DESC LIMIT 1)) AS node
  FROM repmgr.nodes n WHERE n.node_id = $1`

/**
 * Reads a node on the first of these databases that lets it, else where the configuration says. null: it is not registered.
 * Throws FaultError.
 */
export async function readRepmgrNode(
  node: number,
  event: string,
  readers: readonly string[],
  tools: ActionToolbox,
): Promise<RepmgrNode | null> {
  const statement = { text: NODE, values: [node, event] }
  for (const at of readers) {
    try {
      return rowOf(await tools.managerSql({ ...statement, at, limitMs: 5_000 }))
    } catch (error) {
      if (!(error instanceof FaultError) || tools.signal.aborted) throw error
    }
  }
  return rowOf(await tools.managerSql(statement))
}

function rowOf(rows: readonly { readonly node?: unknown }[]): RepmgrNode | null {
  return rows[0] ? shape.parse(rows[0].node) : null
}
