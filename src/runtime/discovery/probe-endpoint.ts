// Reads a database once in a session of its own: a configured one, or a candidate at a host and port.

import type { DatabaseConfig } from '../../config/config.ts'
import { checkPort } from '../../io/network/port-check.ts'
import { openDatabaseSession } from '../../io/postgres/database-session.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import { DEFAULT_AUTH } from '../../model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { pulseProbe } from '../../probes/database/pulse/pulse.ts'
import type { KnownNode } from './node-matching.ts'

/** The pulse, or why there is none. */
export type EndpointReading =
  | { readonly pulse: DatabasePulse; readonly fault: null }
  | { readonly pulse: null; readonly fault: Fault }

/**
 * Returns how to reach a candidate: with the user, database, TLS settings and password of the server that reported it.
 * It has no name yet.
 */
export function configForEndpoint({ config }: KnownNode, host: string, port: number): DatabaseConfig {
  const sameMachine = config.spec.host === host
  // A name that serves only the certificate (with hostaddr) must serve for candidates on that machine too.
  const address = config.connection.endpoints.find((endpoint) => endpoint.host === host)?.address
  return {
    ...config,
    // Backups are configured per server.
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
    // The candidate may have any role (target_session_attrs). A server that only an answer named gets no password.
    connection: {
      ...config.connection,
      endpoints: [{ host, port, ...(address ? { address } : {}) }],
      targetSessionAttrs: 'any',
      authRequirements: { ...(config.connection.authRequirements ?? DEFAULT_AUTH), isDiscovered: true },
    },
  }
}

/** Checks that the port is open before a session is opened: most of the tried ports are closed. */
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

/** Reads one pulse and ends the session. */
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
