// `backup`: a copy of a database that can be restored by itself. Its dangers and steps are those of the profile.

import { actionByProfile } from '../definition/by-profile.ts'
import { manageEngineBackup } from '../manageengine/backup.ts'
import { postgresBackup } from './postgres.ts'

export const backupAction = actionByProfile(
  {
    name: 'backup',
    title: 'take a backup',
    explains: 'A full copy with all the WAL that it needs, verified against its manifest; never over an existing file.',
    key: 'b',
    danger: 'routine',
    target: 'node',
    locks: 'none',
  },
  { postgres: postgresBackup, vendor: manageEngineBackup },
)
