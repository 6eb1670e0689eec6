// The faults of a session whose statement was not answered in time.

import { endpointName } from '../connection/postgres-fault.ts'
import type { ServerSession } from './server-session.ts'

export function silence({ endpoint }: ServerSession, timeoutMs: number) {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} did not answer the query within ${timeoutMs} ms`,
    hint: 'Its processes may be frozen, its host overloaded, or the network between cut: no packet came back.',
  } as const
}

export function slowness({ endpoint }: ServerSession, timeoutMs: number) {
  return {
    code: 'slow',
    message: `${endpointName(endpoint)} accepts new sessions, but did not answer the query within ${timeoutMs} ms`,
    hint: 'It is up but slow, or the connection is dead: a longer `timeout` of the cluster gives it more time.',
  } as const
}
