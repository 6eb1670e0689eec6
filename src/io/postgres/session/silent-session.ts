// The faults of a session whose statement was not answered in time.

import { endpointName } from '../connection/postgres-fault.ts'
import type { ServerSession } from './server-session.ts'

export function silence({ endpoint }: ServerSession, timeoutMs: number) {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} did not answer the query within ${timeoutMs} ms`,
    hint: 'Look at its processes, the load of its host and the network: a process may be frozen (state T in ps), the host overloaded, the network cut. No packet came back.',
  } as const
}

export function slowness({ endpoint }: ServerSession, timeoutMs: number) {
  return {
    code: 'slow',
    message: `${endpointName(endpoint)} accepts new sessions, but did not answer the query within ${timeoutMs} ms`,
    hint: 'Look at its load and its storage, or give it more time by a longer `timeout` of the cluster: it is up but slow, or the connection is dead.',
  } as const
}
