// Names in SQL: routines by name, and the schemas in which SQL of the user's configuration looks for unqualified
// names.

/**
 * Returns the signature with its schema and those of its types: `pg_read_file(text)` →
 * `pg_catalog.pg_read_file(pg_catalog.text)`. Without them the server would search the search path, where others may
 * have created a routine or a type of that name. `boolean`, `integer` and `bigint` are words of the grammar and mean
 * the same in every path.
 */
export function qualifiedRoutine(signature: string): string {
  return `pg_catalog.${signature.replaceAll(/\btext\b/g, 'pg_catalog.text')}`
}

export interface SearchPath {
  /** As in `pg_namespace`, in their order. pg_catalog always comes first, and pg_temp of this session last. */
  readonly schemas: readonly string[]
  /** True if the configuration names them: then their owners are trusted. */
  readonly isExplicit: boolean
}

/** PostgreSQL's own default. */
export const DEFAULT_SEARCH_PATH: SearchPath = { schemas: ['public'], isExplicit: false }
// Without quotes and backslashes: such a name means the same in every way of quoting. The server would replace
// `$user`. Names that begin with pg_ belong to PostgreSQL.
const SCHEMA = /^(?!pg_)[\p{L}_][\p{L}\p{N}_$. -]*$/u
const MOST_BYTES = 63

/** Whether pgdeck can look in a schema of that name. */
export function isSchemaName(name: string): boolean {
  return SCHEMA.test(name) && Buffer.byteLength(name) <= MOST_BYTES
}

/** One reason why it is unsafe to look for names in a schema. */
export type SchemaRisk =
  /** The schema does not exist. */
  | { readonly kind: 'missing'; readonly schema: string }
  /** A role, or everybody (null), may create objects there. `fix` is the statement that revokes it. */
  | { readonly kind: 'create'; readonly schema: string; readonly who: string | null; readonly fix: string }
  /** Its owner is neither a superuser, nor the owner of the database, nor this role. */
  | { readonly kind: 'owner'; readonly schema: string; readonly who: string; readonly fix: string }
  /** An untrusted role owns an object there that may be taken for another of its name. */
  | {
      readonly kind: 'object'
      readonly schema: string
      readonly who: string
      readonly what: string
      readonly fix: string
    }

/** The reason in words: `PUBLIC may create in schema public`. Names are as the server has them. */
export function schemaRiskText(trouble: SchemaRisk): string {
  const { schema } = trouble
  switch (trouble.kind) {
    case 'missing':
      return `there is no schema ${schema}`
    case 'create':
      return `${trouble.who ?? 'everybody'} may create in schema ${schema}`
    case 'owner':
      return `schema ${schema} belongs to ${trouble.who}`
    case 'object':
      return `${trouble.who} owns ${trouble.what}, which can be mistaken for another one`
  }
}

/** What corrects it; a statement if one does. */
export function schemaRiskRemedy(trouble: SchemaRisk): string {
  switch (trouble.kind) {
    case 'missing':
      return 'Correct "searchPath" in the configuration.'
    case 'create':
      return `${trouble.fix};`
    case 'owner':
      return `${trouble.fix}; or name the schema in "searchPath" if you trust its owner.`
    case 'object':
      return `Unless it is there on purpose: ${trouble.fix};`
  }
}
