// Names of relations that a server's answer could give by oid only, because they are in another of its databases.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { clean } from '../../../model/values/text.ts'

/** Where a relation is that has no name in the connected database. */
export const relationElsewhere = z.object({ database: z.string(), oid: z.number() })
export type RelationElsewhere = z.infer<typeof relationElsewhere>

/** Tells the name of each: as its own database says, else `table 16387 of app`. Never throws. */
export async function namesElsewhere(
  session: DatabaseSession,
  relations: readonly (RelationElsewhere | null | undefined)[],
): Promise<(relation: RelationElsewhere) => string> {
  const wanted = Map.groupBy(
    relations.filter((relation) => relation != null),
    ({ database }) => database,
  )
  const oids = new Map([...wanted].map(([database, all]) => [database, [...new Set(all.map(({ oid }) => oid))]]))
  const names = oids.size === 0 ? new Map<string, never>() : await session.relationNames(oids)
  return ({ database, oid }) => names.get(database)?.get(oid) ?? `table ${oid} of ${clean(database)}`
}
