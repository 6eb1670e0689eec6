// Which deployment model a set of servers most likely is, and which servers a model needs.

import type { ModelId, ServerType } from '../model/measured/spec.ts'

type Typed = { readonly type: ServerType }

const TYPES: Readonly<Record<ModelId, readonly ServerType[]>> = {
  'shared-database-with-read-only': ['primary', 'secondary', 'read-only'],
  'primary-with-read-only': ['primary', 'read-only'],
  'shared-database': ['primary', 'secondary'],
  mirrored: ['primary', 'secondary'],
  databases: [],
}

/**
 * The model when the config names none. `mirrored` is never guessed: there two writable databases are normal, and a
 * wrong guess would silence the split brain alert.
 */
export function defaultModel(servers: readonly Typed[]): ModelId {
  const has = (type: ServerType) => servers.some((server) => server.type === type)
  if (servers.length === 0) return 'databases'
  if (!has('read-only')) return 'shared-database'
  return has('secondary') ? 'shared-database-with-read-only' : 'primary-with-read-only'
}

/** Types of servers that belong to the model and are not there. */
export function missingServerTypes(model: ModelId, servers: readonly Typed[]): readonly ServerType[] {
  return TYPES[model].filter((type) => !servers.some((server) => server.type === type))
}
