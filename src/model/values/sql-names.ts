// Names in SQL: routines whose name is text, and the schemas in which SQL of the user's own configuration looks for names
// that it writes without one.

/**
 * The signature with its schema and those of its types: `pg_read_file(text)` → `pg_catalog.pg_read_file(pg_catalog.text)`.
 * Without them the server would look along the search path, where others may have put a routine or a type of that name.
 * `boolean`, `integer` and `bigint` are words of the grammar, and mean the same in every path.
 */
export function qualifiedRoutine(signature: string): string {
  return `pg_catalog.${signature.replaceAll(/\btext\b/g, 'pg_catalog.text')}`
}

export interface SearchPath {
  /** As `pg_namespace` has them, in their order. pg_catalog always comes before, this session's own pg_temp after. */
  readonly schemas: readonly string[]
  /** True where the configuration names them: whoever owns them is trusted then, because it was chosen to trust them. */
  readonly isExplicit: boolean
}

/** What PostgreSQL itself begins with. */
export const DEFAULT_SEARCH_PATH: SearchPath = { schemas: ['public'], isExplicit: false }
// Quotes and backslashes are left out, so that a name means the same in every way of quoting. `$user` would be
// replaced by the server, and what begins with pg_ is PostgreSQL's own.
const SCHEMA = /^(?!pg_)[\p{L}_][\p{L}\p{N}_$. -]*$/u
const MOST_BYTES = 63

/** Whether a schema of that name can be looked in. */
export function isSchemaName(name: string): boolean {
  return SCHEMA.test(name) && Buffer.byteLength(name) <= MOST_BYTES
}

/** One reason why names can't be looked up safely in a schema. */
export type SchemaRisk =
  /** There is no such schema. */
  | { readonly kind: 'missing'; readonly schema: string }
  /** A role, or everybody (null), may put things there. `fix` is the statement that ends it. */
  | { readonly kind: 'create'; readonly schema: string; readonly who: string | null; readonly fix: string }
  /** It belongs to a role that is neither a superuser, nor the owner of the database, nor our own. */
  | { readonly kind: 'owner'; readonly schema: string; readonly who: string; readonly fix: string }
  /** A role that is not trusted has something there that may be taken for something else of its name. */
  | {
      readonly kind: 'object'
      readonly schema: string
      readonly who: string
      readonly what: string
      readonly fix: string
    }

/** The trouble in words: `PUBLIC may create in schema public`. Names are as the server has them. */
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

/** What mends it; a statement where one does. */
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
