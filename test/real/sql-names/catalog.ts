// The names that PostgreSQL has in pg_catalog, by a server.

import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Names } from './words.ts'

export async function namesOf(node: PostgresNode): Promise<Names> {
  const ask = async (sql: string) => new Set((await node.query<{ name: string }>(sql)).map(({ name }) => name))
  return {
    routines: await ask(`select distinct proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace`),
    relations: await ask(
      `select relname as name from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')`,
    ),
    types: await ask(
      `select typname as name from pg_type where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'e', 'p', 'r')`,
    ),
  }
}
