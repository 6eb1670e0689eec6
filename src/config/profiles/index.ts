// The registry of profiles, by the id that the config gives them.

import type { ProfileId } from '../../model/measured/spec.ts'
import { pam360 } from './pam360.ts'
import { passwordManagerPro } from './password-manager-pro.ts'
import { postgres } from './postgres.ts'
import type { Profile } from './profile.ts'

export type { Profile } from './profile.ts'

export const PROFILES: Readonly<Record<ProfileId, Profile>> = {
  postgres,
  'password-manager-pro': passwordManagerPro,
  pam360,
}

/** Ports on which a database may listen, to be tried when only its address is known; most likely first. */
export function knownDatabasePorts(profile: ProfileId): readonly number[] {
  const ports = Object.values(PROFILES).map((known) => known.databasePort)
  return [...new Set([PROFILES[profile].databasePort, ...ports])]
}
