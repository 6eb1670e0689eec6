// The registry of profiles: what the configuration may name, and what is known of each before anything is asked.

import { PLAIN_PROFILE, type ProfileId } from '../model/measured/spec.ts'
import type { Profile } from '../model/profile/profile.ts'
import { pam360, passwordManagerPro } from './manageengine/facts.ts'
import { postgres } from './postgres/facts.ts'

const PROFILES: readonly Profile[] = [postgres, passwordManagerPro, pam360]

/** What `profile` of a cluster may be; plain PostgreSQL first. */
export const PROFILE_IDS: readonly [ProfileId, ...ProfileId[]] = [
  PLAIN_PROFILE,
  ...PROFILES.map(({ id }) => id).filter((id) => id !== PLAIN_PROFILE),
]

/** The profile of that id; plain PostgreSQL for an id that is none. */
export function profileOf(id: unknown): Profile {
  return PROFILES.find((profile) => profile.id === id) ?? postgres
}

/** Ports on which a database may listen, to be tried when only its address is known; most likely first. */
export function knownDatabasePorts(profile: ProfileId): readonly number[] {
  return [...new Set([profileOf(profile), ...PROFILES].map(({ databasePort }) => databasePort))]
}
