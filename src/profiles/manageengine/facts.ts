// ManageEngine's two products with a bundled PostgreSQL. They differ only in name and ports.

import type { HbaRecord } from '../../model/hba/syntax/record.ts'
import type { ProfileId } from '../../model/measured/spec.ts'
import type { Profile } from '../../model/profile/profile.ts'

const LOG_FOLDERS = { server: ['logs', 'pgsql/data/pg_log'], database: ['pgsql/data/pg_log'] } as const

export const passwordManagerPro: Profile = {
  id: 'password-manager-pro',
  title: 'Password Manager Pro',
  databasePort: 2345,
  serverPort: 7272,
  logFolders: LOG_FOLDERS,
  isDocumentedHbaLine,
}

export const pam360: Profile = {
  id: 'pam360',
  title: 'PAM360',
  databasePort: 3456,
  serverPort: 8282,
  logFolders: LOG_FOLDERS,
  isDocumentedHbaLine,
}

/** The ids of both. */
export const MANAGEENGINE_PROFILES: readonly ProfileId[] = [passwordManagerPro.id, pam360.id]

/** `host replication USER ADDRESS/32 md5`, for one user and one address: the line in the products' documentation. */
function isDocumentedHbaLine({ type, databases, users, address, method }: HbaRecord): boolean {
  const [user] = users
  return (
    (type === 'host' || type === 'hostssl') &&
    method === 'md5' &&
    databases.every(({ text, quoted }) => text === 'replication' && !quoted) &&
    users.length === 1 &&
    user !== undefined &&
    (user.quoted || !(user.text === 'all' || user.text.startsWith('+'))) &&
    user.pattern === null &&
    address?.kind === 'network' &&
    address.network.mask === (address.network.address.family === 4 ? 0xffffffffn : (1n << 128n) - 1n)
  )
}
