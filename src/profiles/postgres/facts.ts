// Plain PostgreSQL, without a product on top of it.

import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import type { Profile } from '../../model/profile/profile.ts'

export const postgres: Profile = {
  id: PLAIN_PROFILE,
  title: 'PostgreSQL',
  databasePort: 5432,
  serverPort: null,
  logFolders: { server: [], database: [] },
}
