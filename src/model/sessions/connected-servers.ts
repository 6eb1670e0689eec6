// Which application servers are connected to a database, by the sessions it sees.

import type { ClientGroup, DatabasePulse } from '../measured/pulse.ts'
import type { ServerRecord } from '../measured/snapshot.ts'
import { isSameAddress } from '../values/address.ts'
import { lastGood } from '../values/reading.ts'

/** Sessions of this program itself come from a server's host where it runs there: they are no sign of the server. */
const OWN_NAME = 'pgdeck'

/**
 * How many servers use the database by configuration, and how many of them have a session there now; `active` is null
 * when the sessions can't be seen.
 */
export function connectedServers(
  databaseId: string,
  pulse: DatabasePulse | null,
  servers: readonly ServerRecord[],
): { readonly configured: number; readonly active: number | null } {
  const users = servers.filter((server) => server.spec.databaseId === databaseId)
  const clients = pulse?.clients ?? null
  if (clients === null) return { configured: users.length, active: null }
  return { configured: users.length, active: users.filter((server) => clients.some(isSessionOf(server))).length }
}

/** Why a pulse does not tell who is connected. */
export function whyClientsUnknown({ unreadSessions = 0 }: DatabasePulse): string {
  return unreadSessions > 0
    ? 'connected servers unknown: the statements of its sessions are too long to read with every poll'
    : 'the connected servers are hidden from this role'
}

/** The sessions of a server among those that a database sees. */
export function sessionsOfServer(server: ServerRecord, clients: readonly ClientGroup[]): readonly ClientGroup[] {
  return clients.filter(isSessionOf(server))
}

/** What the config says of the server's sessions decides; without that, the addresses that its name has. */
function isSessionOf(server: ServerRecord): (client: ClientGroup) => boolean {
  const { applicationName, clientAddress, url, dnsName } = server.spec
  if (applicationName !== null || clientAddress !== null) {
    return (client) =>
      (applicationName === null || client.applicationName === applicationName) &&
      (clientAddress === null || isSameAddress(client.address, clientAddress))
  }
  const addresses = [...(lastGood(server.pulse)?.addresses ?? []), hostOf(url), dnsName]
  return (client) =>
    client.applicationName !== OWN_NAME && addresses.some((address) => isSameAddress(client.address, address))
}

function hostOf(url: string): string | null {
  return /^[a-z]+:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^:/?#]+)/i.exec(url)?.[1] ?? null
}
