// Takes one look or the pulse of a real server, as a role of each kind.

import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { OnDemandQuery, OnDemandResults } from '../../src/model/measured/on-demand.ts'
import { ON_DEMAND_PROBES } from '../../src/probes/database/index.ts'
import { patiently } from '../wait.ts'
import { linkTo, NEVER } from './links.ts'

/** Superuser, pg_monitor, and a role that may do no more than log in. */
export const ROLES = ['postgres', 'pgdeck', 'plain"quoted'] as const
export type Role = (typeof ROLES)[number]
export const SEEING = ['postgres', 'pgdeck'] as const
export const GRANT = 'GRANT pg_monitor TO "plain""quoted"'
export const MB = 1024 * 1024

export async function look<Id extends OnDemandQuery>(
  node: PostgresNode,
  id: Id,
  role: Role = 'pgdeck',
  database = 'postgres',
) {
  const link = linkTo(node.dsn(role, database), { timeoutMs: patiently(5_000) })
  try {
    const found: OnDemandResults[Id] = await ON_DEMAND_PROBES[id].read({ session: link }, NEVER)
    return found
  } finally {
    await link.close()
  }
}

/** A link as pg_monitor. */
export async function linked<Value>(node: PostgresNode, body: (link: ReturnType<typeof linkTo>) => Promise<Value>) {
  const link = linkTo(node.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
  try {
    return await body(link)
  } finally {
    await link.close()
  }
}
