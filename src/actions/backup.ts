// `backup`: a copy of a database that can be restored by itself. Its dangers and steps are those of the profile.

import { postgresBackup } from './backup/postgres.ts'
import { vendorBackup } from './backup/vendor.ts'
import { byProfile } from './by-profile.ts'

export const backup = byProfile(
  {
    name: 'backup',
    title: 'take a backup',
    explains: 'A full copy with all the WAL that it needs, verified against its manifest; never over an existing file.',
    key: 'b',
    danger: 'routine',
    target: 'node',
    holds: 'none',
  },
  { postgres: postgresBackup, vendor: vendorBackup },
)
