// What a user who means harm can put into a database: things of PostgreSQL's names, which tell the log when they are run.

/** Every trap tells this, with the role as which it was run. */
export const TAKEN = 'TAKEN by'

const said = (what: string) => `raise log '${TAKEN} ${what} as %', current_user;`

/**
 * In `public`, where pg_catalog is looked in first: things whose types fit calls better than PostgreSQL's own do, whatever
 * is called with a name, a literal or a smaller number. `*` is what 0.1.0 was taken over by.
 */
const BETTER_FITS: readonly (readonly [name: string, takes: readonly string[], returns: string, answer: string])[] = [
  ['pg_has_role', ['name', 'text', 'text'], 'boolean', 'true'],
  ['has_function_privilege', ['name', 'text', 'text'], 'boolean', 'true'],
  ['has_table_privilege', ['name', 'text', 'text'], 'boolean', 'true'],
  ['has_database_privilege', ['name', 'text', 'text'], 'boolean', 'true'],
  ['array_to_json', ['text[]'], 'json', `'[]'`],
  ['array_to_json', ['name[]'], 'json', `'[]'`],
  ['array_to_string', ['text[]', 'text'], 'text', `''`],
  ['array_remove', ['text[]', 'text'], 'text[]', 'null'],
  ['format', ['text', 'text'], 'text', `''`],
  ['format', ['text', 'name'], 'text', `''`],
  ['format', ['text', 'text', 'name'], 'text', `''`],
  ['to_json', ['integer[]'], 'json', `'[]'`],
  ['unnest', ['text[]'], 'text', `''`],
  ['json_build_object', ['text', 'text', 'text', 'text'], 'json', `'{}'`],
  ['json_build_object', ['text', 'boolean', 'text', 'boolean'], 'json', `'{}'`],
  ['pg_create_physical_replication_slot', ['text', 'boolean'], 'text', `''`],
  ['pg_drop_replication_slot', ['text'], 'void', ''],
  ['pg_size_bytes', ['name'], 'bigint', '1'],
  ['substr', ['text', 'smallint', 'smallint'], 'text', `''`],
  ['greatest', ['integer', 'integer'], 'integer', '1'],
]

const OPERATORS: readonly (readonly [name: string, left: string, right: string, returns: string])[] = [
  ['*', 'numeric', 'integer', 'numeric'],
  ['*', 'double precision', 'integer', 'double precision'],
  ['||', 'bigint', 'text', 'text'],
  ['||', 'text', 'bigint', 'text'],
  ['=', 'name', 'integer', 'boolean'],
  ['=', 'text', 'name', 'boolean'],
  ['<>', 'text', 'name', 'boolean'],
  ['>', 'bigint', 'smallint', 'boolean'],
  ['-', 'numeric', 'integer', 'numeric'],
  ['/', 'bigint', 'smallint', 'bigint'],
]

/** Statements that a user who may create in `schema` can run. Where he may not make one of them, it is passed over. */
export function betterFits(schema: string): readonly string[] {
  return [
    ...BETTER_FITS.map(([name, takes, returns, answer]) => {
      const body = `begin ${said(name)} return ${answer}; end`
      return `create function ${schema}.${name}(${takes.join(', ')}) returns ${returns} language plpgsql as $f$ ${body} $f$`
    }),
    ...OPERATORS.flatMap(([name, left, right, returns], index) => [
      `create function ${schema}.trap_${index}(${left}, ${right}) returns ${returns} language plpgsql as $f$ begin
        ${said(`the operator ${name}`)} return null; end $f$`,
      `create operator ${schema}.${name} (leftarg = ${left}, rightarg = ${right}, function = ${schema}.trap_${index})`,
    ]),
    `create function ${schema}.count_trap(bigint, anyelement) returns bigint language plpgsql as $f$ begin
      ${said('count')} return 0; end $f$`,
    `create aggregate ${schema}.count(text) (sfunc = ${schema}.count_trap, stype = bigint)`,
    `create aggregate ${schema}.json_agg(text) (sfunc = ${schema}.count_trap, stype = bigint)`,
    `create aggregate ${schema}.json_agg(json) (sfunc = ${schema}.count_trap, stype = bigint)`,
  ]
}

/** What managers of clusters have under these names: pgdeck looks for them, and must not take a user's for theirs. */
export const MANAGERS: readonly string[] = [
  'create schema repmgr; create schema pgautofailover; grant usage on schema repmgr, pgautofailover to public',
  `create function repmgr.repmgrd_is_paused() returns boolean language plpgsql as $f$ begin
    ${said('repmgrd_is_paused')} return true; end $f$`,
  `create view repmgr.nodes as select 1 as node_id, 'n'::text as node_name, 'host=h'::text as conninfo, 'primary'::text as type,
    repmgr.repmgrd_is_paused() as active`,
  `create table pgautofailover.node (nodeid int, formationid text, nodename text, nodehost text, nodeport int,
    reportedstate text); insert into pgautofailover.node values (1, 'f', 'n', 'h', 5432, 'single')`,
  `create policy p on pgautofailover.node using (repmgr.repmgrd_is_paused());
    alter table pgautofailover.node enable row level security`,
  'grant select on repmgr.nodes, pgautofailover.node to public',
]

/**
 * A block for whoever decides over the search path: everything that pg_catalog has once more in the schema, as it is called
 * there, with operators and views. What such a user can't make is passed over.
 */
export function everythingIn(schema: string): string {
  return `DO $plant$
DECLARE
  r record;
  definition text;
BEGIN
  EXECUTE 'CREATE FUNCTION ${schema}.looked_at(text) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN
    RAISE LOG ''${TAKEN} the view % as %'', $1, current_user; RETURN true; END $f$';
  FOR r IN SELECT oid, proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' LOOP
    BEGIN
      definition := regexp_replace(pg_get_functiondef(r.oid), 'FUNCTION pg_catalog[.]', 'FUNCTION ${schema}.');
      definition := regexp_replace(definition, '\\mLANGUAGE \\w+.*', '');
      EXECUTE definition || 'LANGUAGE plpgsql AS $f$ BEGIN RAISE LOG ''${TAKEN} ' || r.proname || ' as %'', current_user; END $f$';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR r IN SELECT o.oprname, p.proname, o.oprleft, o.oprright FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
      WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft <> 0 LOOP
    BEGIN
      EXECUTE format('CREATE OPERATOR ${schema}.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = ${schema}.%I)', r.oprname,
        r.oprleft::regtype, r.oprright::regtype, r.proname);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR r IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
    BEGIN
      EXECUTE format('CREATE VIEW ${schema}.%I AS SELECT * FROM pg_catalog.%I WHERE ${schema}.looked_at(%L)', r.relname,
        r.relname, r.relname);
      EXECUTE format('GRANT SELECT ON ${schema}.%I TO PUBLIC', r.relname);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
END $plant$`
}
