// The tunnel to a database's servers through a host's ssh: each endpoint as that host reaches it. A failure names both.

import { setTimeout as wait } from 'node:timers/promises'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { ConnectionEndpoint, Tunnel } from '../postgres/connection/tunnel.ts'
import type { SshConnection, SshForward } from './ssh.ts'

/** ssh reports why a channel was refused at about the time it closes the channel, but on another pipe. */
const TELLS_WITHIN_MS = 200
const ASK_EVERY_MS = 10

/** Returns a tunnel through the ssh connection of that host. Closing the session ends it. */
export function tunnelThrough(hostId: string, ssh: SshConnection): Tunnel {
  const forwards = new Map<ConnectionEndpoint, SshForward>()
  const named = (fault: Fault): Fault => ({ ...fault, message: `${clean(hostId)} (ssh): ${fault.message}` })
  return {
    async ready(endpoint, signal) {
      try {
        let forward = forwards.get(endpoint)
        if (forward) await forward.ready(signal)
        else {
          forward = await ssh.openForward(endpoint.address ?? endpoint.host, endpoint.port, signal)
          forwards.set(endpoint, forward)
        }
        return `${forward.folder}/.s.PGSQL.${forward.port}`
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
        throw new FaultError(named(asUnreached(error.fault)), { cause: error })
      }
    },
    async problem(endpoint, signal) {
      const forward = forwards.get(endpoint)
      if (!forward) return null
      const endsAt = performance.now() + TELLS_WITHIN_MS
      for (;;) {
        const fault = forward.problem()
        if (fault) return named(fault)
        if (signal.aborted || performance.now() >= endsAt) return null
        await wait(ASK_EVERY_MS)
      }
    },
  }
}

/** That the host's ssh refused says nothing about the database's own port. */
function asUnreached(fault: Fault): Fault {
  return fault.code === 'refused' ? { ...fault, code: 'unreachable' } : fault
}
