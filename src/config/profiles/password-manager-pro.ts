// ManageEngine Password Manager Pro with its bundled PostgreSQL.

import type { Profile } from './profile.ts'

export const passwordManagerPro: Profile = {
  title: 'Password Manager Pro',
  databasePort: 2345,
  serverPort: 7272,
  logFolders: { server: ['logs', 'pgsql/data/pg_log'], database: ['pgsql/data/pg_log'] },
}
