// Which checks a diagnosis has, in the order of the pass, by what it is about.

import type { DatabaseRole } from '../picture/picture.ts'
import type { CheckId } from './check-result.ts'

const WAY: readonly CheckId[] = ['here', 'name', 'host', 'port']
const END: readonly CheckId[] = ['disk', 'clock']
const LINK: readonly CheckId[] = [
  'source',
  'receiver',
  'sender',
  'role',
  'way-to-source',
  'hba',
  'hba-reverse',
  'slot',
  'wal',
  'timeline',
]

/** `mayReplicate`: the config says how it replicates, whatever it is now. */
export function checksOf(kind: 'server' | 'database', role: DatabaseRole, mayReplicate: boolean): readonly CheckId[] {
  if (kind === 'server') {
    return [...WAY, 'tls', 'application', 'service', 'database', 'sessions', 'hba-database', 'replica', ...END]
  }
  const isStandby = role === 'replica' || role === 'cascading-replica' || (role === 'unknown' && mayReplicate)
  const link: readonly CheckId[] = isStandby ? LINK : ['sole-primary']
  return [...WAY, 'session', 'state', 'service', ...link, 'standbys', 'users', ...END]
}
