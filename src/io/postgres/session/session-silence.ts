// What it means when a server is silent: at each stage of a session that did not come about in time, and to a statement.

import type { Fault } from '../../../model/values/fault.ts'
import { endpointName } from '../connection/postgres-fault.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'

export type SessionStage = 'resolving' | 'connecting' | 'encrypting' | 'answering' | 'asking for the password'

/** The fault of an attempt that was given up at this stage after `tookMs`. */
export function silenceFault(stage: SessionStage, endpoint: ConnectionEndpoint, tookMs: number): Fault {
  const within = `within ${Math.round(tookMs)} ms`
  const target = endpointName(endpoint)
  switch (stage) {
    case 'resolving':
      return {
        code: 'dns',
        message: `${target} has a name that DNS did not resolve ${within}`,
        hint: 'Check /etc/resolv.conf and the DNS servers of this host; an address works without DNS.',
      }
    case 'connecting':
      return {
        code: 'timeout',
        reason: 'not-connected',
        message: `${target} did not answer ${within}: no connection was established`,
        hint: 'Check that the host is up and that no firewall drops packets to this port.',
      }
    case 'asking for the password':
      return {
        code: 'local',
        message: `${target} waits for a password, which passwordCommand has not printed ${within}`,
        hint: 'The command continues to run; pgdeck uses its output with the next poll.',
      }
    case 'encrypting':
    case 'answering':
      return {
        code: 'timeout',
        message: `${target} accepted the connection but did not ${stage === 'encrypting' ? 'begin TLS' : 'open a session'} ${within}`,
        hint: 'Look at its processes and the load of its host: they may be frozen (state T in ps) or overloaded. A proxy without a server behind it looks the same.',
      }
  }
}

interface Asked {
  readonly endpoint: ConnectionEndpoint
}

/** The fault of a statement that was not answered within `timeoutMs`, where nothing else shows that the server lives. */
export function unansweredFault({ endpoint }: Asked, timeoutMs: number): Fault {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} did not answer the query within ${timeoutMs} ms`,
    hint: 'Look at its processes, the load of its host and the network: a process may be frozen (state T in ps), the host overloaded, the network cut. No packet came back.',
  }
}

/** The same where the server accepted another session meanwhile. */
export function slowFault({ endpoint }: Asked, timeoutMs: number): Fault {
  return {
    code: 'slow',
    message: `${endpointName(endpoint)} accepts new sessions, but did not answer the query within ${timeoutMs} ms`,
    hint: 'Look at its load and its storage, or give it more time by a longer `timeout` of the cluster: it is up but slow, or the connection is dead.',
  }
}

/** A statement that waited for others of pgdeck all the time. `isThere`: the server showed meanwhile that it is. */
export function noTurnFault(endpoint: ConnectionEndpoint | undefined, timeoutMs: number, isThere: boolean): Fault {
  return {
    code: isThere ? 'slow' : 'timeout',
    message: `${endpointName(endpoint ?? { host: '?', port: 0 })} was still busy with an earlier query of pgdeck after ${timeoutMs} ms`,
    hint: 'A slow sessions query delays the others: make it faster, or the timeout of the cluster longer.',
  }
}
