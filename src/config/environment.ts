// The environment as the config uses it: an argument, so that tests and several configs in one process are possible.

import type { ProfileId } from '../model/measured/spec.ts'
import { PROFILES } from './profiles/index.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment in which a connection string without a port means the product's port. */
export function profileEnvironment(env: Environment, profile: unknown): Record<string, string | undefined> {
  const known = typeof profile === 'string' && Object.hasOwn(PROFILES, profile) ? (profile as ProfileId) : 'postgres'
  return { ...env, PGPORT: env.PGPORT || String(PROFILES[known].databasePort) }
}
