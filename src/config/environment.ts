// The environment as the config uses it: an argument, so that tests and several configs in one process are possible.

import { profileOf } from '../profiles/facts.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment in which a connection string without a port means the product's port. */
export function profileEnvironment(env: Environment, profile: unknown): Record<string, string | undefined> {
  return { ...env, PGPORT: env.PGPORT || String(profileOf(profile).databasePort) }
}
