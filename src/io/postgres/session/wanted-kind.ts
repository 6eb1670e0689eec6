// The kind of server that target_session_attrs asks for.

import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import type { Fault } from '../../../model/values/fault.ts'
import { endpointName } from '../connection/postgres-fault.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'

export type WantedKind = ConnectionParameters['targetSessionAttrs']

/** What to look for, in order: each round tries all endpoints. */
export function roundsOf(target: WantedKind): readonly WantedKind[] {
  return target === 'prefer-standby' ? ['standby', 'any'] : [target]
}

/** These two depend on the server's own default. */
export function looksAtDefault(target: WantedKind): boolean {
  return target === 'read-write' || target === 'read-only'
}

/** Why this server is not of the kind that target_session_attrs requests. */
export function misfitOf(endpoint: ConnectionEndpoint, kind: string, wanted: WantedKind): Fault {
  return {
    code: 'refused',
    reason: 'other-kind',
    message: `${endpointName(endpoint)} is a ${kind}, and target_session_attrs asks for ${wanted}`,
    hint: 'Add the other servers to the dsn, or drop target_session_attrs to watch this one whatever it is.',
  }
}
