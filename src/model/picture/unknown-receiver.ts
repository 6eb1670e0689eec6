// Standbys of which nobody tells whether they have a walreceiver.

import type { DatabasePulse } from '../measured/pulse.ts'
import { refusalOf } from '../values/refused-function.ts'
import { standbyPositionOf } from './roles.ts'

/**
 * Whether the server refuses to tell of the walreceiver of a standby, and its process can't be seen either. A server
 * that has no such function does not stream as others do: shared storage feeds its standbys.
 */
export function isReceiverUnknown({ pulse }: { readonly pulse: DatabasePulse | null }): boolean {
  const refusal = refusalOf(pulse, 'pg_stat_get_wal_receiver()')
  if (!pulse || !refusal || standbyPositionOf({ pulse })?.receiver !== null) return false
  const hidesProcesses = pulse.missing.length > 0 || refusalOf(pulse, 'pg_stat_get_activity()') !== null
  return hidesProcesses || (refusal.why !== 'not permitted' && refusal.why !== 'too slow')
}
