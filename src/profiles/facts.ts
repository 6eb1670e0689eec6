// The registry of profiles: which ids the configuration accepts, and the facts of each.

import { PLAIN_PROFILE, type ProfileId } from '../model/measured/spec.ts'
import type { Profile } from '../model/profile/profile.ts'
import { pam360, passwordManagerPro } from './manageengine/facts.ts'
import { postgres } from './postgres/facts.ts'

const PROFILES: readonly Profile[] = [postgres, passwordManagerPro, pam360]

/** The valid values of a cluster's `profile`, plain PostgreSQL first. */
export const PROFILE_IDS: readonly [ProfileId, ...ProfileId[]] = [
  PLAIN_PROFILE,
  ...PROFILES.map(({ id }) => id).filter((id) => id !== PLAIN_PROFILE),
]

/** Returns the profile with that id; plain PostgreSQL for an unknown id. */
export function profileOf(id: unknown): Profile {
  return PROFILES.find((profile) => profile.id === id) ?? postgres
}

/** Returns the ports to try if only the address of a database is known, the most likely first. */
export function knownDatabasePorts(profile: ProfileId): readonly number[] {
  return [...new Set([profileOf(profile), ...PROFILES].map(({ databasePort }) => databasePort))]
}
