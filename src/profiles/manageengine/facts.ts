// The two products of ManageEngine, each with its bundled PostgreSQL: they differ in name and ports alone.

import type { ProfileId } from '../../model/measured/spec.ts'
import type { Profile } from '../../model/profile/profile.ts'

const LOG_FOLDERS = { server: ['logs', 'pgsql/data/pg_log'], database: ['pgsql/data/pg_log'] } as const

export const passwordManagerPro: Profile = {
  id: 'password-manager-pro',
  title: 'Password Manager Pro',
  databasePort: 2345,
  serverPort: 7272,
  logFolders: LOG_FOLDERS,
}

export const pam360: Profile = {
  id: 'pam360',
  title: 'PAM360',
  databasePort: 3456,
  serverPort: 8282,
  logFolders: LOG_FOLDERS,
}

/** The ids of both. */
export const MANAGEENGINE_PROFILES: readonly ProfileId[] = [passwordManagerPro.id, pam360.id]
