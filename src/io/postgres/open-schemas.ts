// Finds which untrusted users can create functions and operators in schemas: a name that is looked up there could be
// theirs, and would run with our rights.

// Trusted are superusers, the owner of the database (who may do everything in it), our own role, and the owner of a
// schema that the configuration names. A member of a trusted role may act as that role, and is trusted with it.
const TRUSTED = `trusted AS (
  SELECT r.oid FROM pg_catalog.pg_roles r
   WHERE r.rolsuper OR r.rolname = current_user OR r.rolname = 'pg_database_owner'
      OR r.oid = (SELECT d.datdba FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))`

const isTrusted = (role: string) => `EXISTS (SELECT FROM trusted t WHERE t.oid = ${role})`
const owns = (role: string) => `(w.named AND ${role} = w.nspowner)`
const nameOf = (role: string) => `(SELECT r.rolname::pg_catalog.text FROM pg_catalog.pg_roles r WHERE r.oid = ${role})`

const trouble = (kind: string, parts: string) =>
  `SELECT pg_catalog.json_build_object('kind', '${kind}', 'schema', w.name, ${parts}) AS trouble`

const MISSING = `${trouble('missing', `'who', NULL`)}
    FROM wanted w WHERE w.oid IS NULL AND w.named`

// The owner may always grant it to himself, so his own entry says nothing.
const CREATE = `${trouble(
  'create',
  `'who', ${nameOf('a.grantee')},
    'fix', pg_catalog.format('REVOKE CREATE ON SCHEMA %I FROM %s%s', w.name,
      coalesce(pg_catalog.quote_ident(${nameOf('a.grantee')}), 'PUBLIC'),
      CASE WHEN a.is_grantable THEN ' CASCADE' ELSE '' END)`,
)}
    FROM wanted w, LATERAL pg_catalog.aclexplode(w.nspacl) a
   WHERE a.privilege_type = 'CREATE' AND a.grantee <> w.nspowner AND NOT ${isTrusted('a.grantee')}`

const OWNER = `${trouble(
  'owner',
  `'who', ${nameOf('w.nspowner')},
    'fix', pg_catalog.format('ALTER SCHEMA %I OWNER TO pg_database_owner', w.name)`,
)}
    FROM wanted w WHERE NOT w.named AND w.oid IS NOT NULL AND NOT ${isTrusted('w.nspowner')}`

// Objects from a time when others could create there. The argument types select a function or operator over all schemas
// of the path. A relation is looked for in one schema after the other, pg_catalog first.
const object = (catalog: string, prefix: string, hides: string) => `${trouble(
  'object',
  `'who', ${nameOf(`o.${prefix}owner`)}, 'what', i.type || ' ' || i.identity,
    'fix', pg_catalog.format('DROP %s %s', pg_catalog.upper(i.type), i.identity)`,
)}
    FROM wanted w JOIN pg_catalog.${catalog} o ON o.${prefix}namespace = w.oid,
         LATERAL pg_catalog.pg_identify_object('pg_catalog.${catalog}'::pg_catalog.regclass, o.oid, 0) i
   WHERE NOT ${isTrusted(`o.${prefix}owner`)} AND NOT ${owns(`o.${prefix}owner`)}
     AND EXISTS (SELECT FROM pg_catalog.${catalog} c
                  WHERE c.${prefix}name = o.${prefix}name AND c.${prefix}owner <> o.${prefix}owner AND ${hides})`

const inPath = (namespace: string) =>
  `(${namespace} = 'pg_catalog'::pg_catalog.regnamespace OR ${namespace} IN (SELECT other.oid FROM wanted other))`
const LATER = 'c.relnamespace IN (SELECT later.oid FROM wanted later WHERE later.place > w.place)'

/** More would not help the reader. */
const MOST = 5

/**
 * SQL: a JSON array of `OpenSchema`, empty if all is safe. `names` is an expression of name[], `named` of boolean. Run
 * it with a search_path of pg_catalog alone.
 */
export function openSchemasSql(names: string, named: string): string {
  return `(WITH wanted AS MATERIALIZED (
  SELECT given.name, given.place, ${named} AS named, n.oid, n.nspowner, n.nspacl
    FROM pg_catalog.unnest(${names}) WITH ORDINALITY given(name, place)
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = given.name),
${TRUSTED},
troubles AS (
  (${MISSING})
  UNION ALL (${CREATE})
  UNION ALL (${OWNER})
  UNION ALL (${object('pg_proc', 'pro', inPath('c.pronamespace'))})
  UNION ALL (${object('pg_operator', 'opr', inPath('c.oprnamespace'))})
  UNION ALL (${object('pg_class', 'rel', LATER)})
  LIMIT ${MOST})
SELECT coalesce(pg_catalog.json_agg(trouble), '[]'::pg_catalog.json) FROM troubles)`
}
