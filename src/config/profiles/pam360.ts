// ManageEngine PAM360 with its bundled PostgreSQL.

import type { Profile } from './profile.ts'

export const pam360: Profile = {
  title: 'PAM360',
  databasePort: 3456,
  serverPort: 8282,
  logFolders: { server: ['logs', 'pgsql/data/pg_log'], database: ['pgsql/data/pg_log'] },
}
