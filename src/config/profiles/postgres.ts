// Plain PostgreSQL, no product on top of it.

import type { Profile } from './profile.ts'

export const postgres: Profile = {
  title: 'PostgreSQL',
  databasePort: 5432,
  serverPort: null,
  logFolders: { server: [], database: [] },
}
