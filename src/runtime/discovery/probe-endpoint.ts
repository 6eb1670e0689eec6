// Reads a database once, over a session of its own: one that is given, or one that may be at some host and port.

import type { DatabaseConfig } from '../../config/config.ts'
import { checkPort } from '../../io/network/port-check.ts'
import { openDatabaseSession } from '../../io/postgres/database-session.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import { DEFAULT_AUTH } from '../../model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { pulseProbe } from '../../probes/database/pulse/pulse.ts'
import type { KnownNode } from './node-matching.ts'

/** Either what it answered or why not. */
export type EndpointReading =
  | { readonly pulse: DatabasePulse; readonly fault: null }
  | { readonly pulse: null; readonly fault: Fault }

/** How to reach a neighbour: with the user, database, TLS and password of the node that spoke of it. Has no name yet. */
export function configForEndpoint({ config }: KnownNode, host: string, port: number): DatabaseConfig {
  const sameMachine = config.spec.host === host
  // A name that is only good for certificates (hostaddr) has to be good for the neighbours on that machine too.
  const address = config.connection.endpoints.find((endpoint) => endpoint.host === host)?.address
  return {
    ...config,
    // Its backups are its own.
    backup: null,
    spec: {
      id: '',
      host,
      port,
      hostId: sameMachine ? config.spec.hostId : null,
      replicationUser: config.spec.replicationUser,
      slot: null,
      configured: false,
    },
    // Each node is watched whatever it is; and what merely somebody's answer named gets no password.
    connection: {
      ...config.connection,
      endpoints: [{ host, port, ...(address ? { address } : {}) }],
      targetSessionAttrs: 'any',
      authRequirements: { ...(config.connection.authRequirements ?? DEFAULT_AUTH), isDiscovered: true },
    },
  }
}

/** Looks whether the port is open before a session is set up: most of the ports tried are not. */
export async function probeEndpoint(
  config: DatabaseConfig,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EndpointReading> {
  const { host, port } = config.spec
  const address = config.connection.endpoints[0]?.address ?? host
  const closed = host.startsWith('/') ? null : await checkPort(address, port, signal)
  return closed ? { pulse: null, fault: closed } : readPulseOnce(config, timeoutMs, signal)
}

/** One pulse; the session ends with it. */
export async function readPulseOnce(
  config: DatabaseConfig,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EndpointReading> {
  const { connection, passwordCommand } = config
  const session = openDatabaseSession({ connection, passwordCommand, timeoutMs })
  try {
    return { pulse: await pulseProbe.read({ session }, signal), fault: null }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    return { pulse: null, fault: error.fault }
  } finally {
    await session.close()
  }
}
