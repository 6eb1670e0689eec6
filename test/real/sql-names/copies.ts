// A schema with a copy of everything that pg_catalog has, and which of it a statement would use: what is not named with its
// schema is found there first.

import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { DemoSession } from '../../../src/io/postgres/demo-session.ts'

// Definitions as the server prints them, under another schema. What can't be copied (types of the server's own, a language
// that takes no such argument) is left out; those that count are looked for by the test.
const COPY = `DO $copy$
DECLARE
  r record;
BEGIN
  SET LOCAL search_path = pg_catalog;
  CREATE SCHEMA copies;
  FOR r IN SELECT oid, prokind FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'w') LOOP
    BEGIN
      EXECUTE replace(pg_get_functiondef(r.oid), 'FUNCTION pg_catalog.', 'FUNCTION copies.');
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR r IN SELECT p.proname, p.pronargs, pg_get_function_identity_arguments(p.oid) AS arguments, a.aggtransfn, a.aggtranstype,
      a.aggfinalfn, a.aggfinalextra, a.agginitval
      FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid WHERE p.pronamespace = 'pg_catalog'::regnamespace LOOP
    BEGIN
      EXECUTE format('CREATE AGGREGATE copies.%I(%s) (SFUNC = %s, STYPE = %s%s%s%s)', r.proname,
        CASE WHEN r.pronargs = 0 THEN '*' ELSE r.arguments END, r.aggtransfn::regproc, r.aggtranstype::regtype,
        CASE WHEN r.aggfinalfn <> 0 THEN ', FINALFUNC = ' || r.aggfinalfn::regproc ELSE '' END,
        CASE WHEN r.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END,
        CASE WHEN r.agginitval IS NOT NULL THEN format(', INITCOND = %L', r.agginitval) ELSE '' END);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR r IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
    BEGIN
      EXECUTE format('CREATE VIEW copies.%I AS SELECT * FROM pg_catalog.%I', r.relname, r.relname);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR r IN SELECT typname FROM pg_type
      WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'e', 'r') AND typcategory <> 'A' LOOP
    BEGIN
      EXECUTE format('CREATE DOMAIN copies.%I AS pg_catalog.%I', r.typname, r.typname);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
END $copy$`

/** Makes the schema `copies` in the database `postgres`. */
export async function makeCopies(node: PostgresNode): Promise<void> {
  await node.query(COPY)
}

const USED = `SELECT i.type, i.identity FROM pg_catalog.pg_depend d
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) i
  WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    AND d.objid = 'public.uses'::pg_catalog.regproc AND i.schema = 'copies' ORDER BY 1, 2`

/** What of the copies the statement would use where they come first, as `function copies.format(text)`. It is not run. */
export async function copiesUsedBy(session: DemoSession, text: string): Promise<readonly string[]> {
  await session.query('BEGIN')
  try {
    await session.query('SET LOCAL search_path = copies, pg_catalog')
    await session.query(`PREPARE asked AS ${text}`)
    const [types] = await session.query<{ types: string }>(
      "SELECT pg_catalog.array_to_string(parameter_types, ', ') AS types FROM pg_catalog.pg_prepared_statements WHERE name = 'asked'",
    )
    await session.query(
      `CREATE FUNCTION public.uses(${types?.types ?? ''}) RETURNS void LANGUAGE sql BEGIN ATOMIC ${text}; END`,
    )
    const used = await session.query<{ type: string; identity: string }>(USED)
    return used.map(({ type, identity }) => `${type} ${identity}`)
  } finally {
    await session.query('ROLLBACK')
    await session.query('DEALLOCATE ALL')
  }
}
