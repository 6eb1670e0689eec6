// Which checks a diagnosis has, in the order of the pass, by what it is about.

import type { DatabaseRole } from '../picture/picture.ts'
import type { DiagnosisCheckId } from './check-result.ts'

const WAY: readonly DiagnosisCheckId[] = ['here', 'name', 'host', 'port']
const END: readonly DiagnosisCheckId[] = ['disk', 'clock']
const LINK: readonly DiagnosisCheckId[] = [
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
export function diagnosisChecks(
  kind: 'server' | 'database',
  role: DatabaseRole,
  mayReplicate: boolean,
): readonly DiagnosisCheckId[] {
  if (kind === 'server') {
    return [...WAY, 'tls', 'application', 'service', 'database', 'sessions', 'hba-database', 'replica', ...END]
  }
  const isStandby = role === 'replica' || role === 'cascading-replica' || (role === 'unknown' && mayReplicate)
  const link: readonly DiagnosisCheckId[] = isStandby ? LINK : ['sole-primary']
  return [...WAY, 'session', 'state', 'service', ...link, 'standbys', 'users', ...END]
}
