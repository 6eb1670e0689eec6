// As whom, and from where, an application server connects to a database, by its sessions and the config.

import type { ConnectedClient, HbaSnapshot } from '../../measured/connected-clients.ts'
import type { DatabaseRecord, ServerRecord } from '../../measured/snapshot.ts'
import { sessionsOfServer } from '../../sessions/connected-servers.ts'
import { lastGood } from '../../values/reading.ts'
import { clean } from '../../values/text.ts'
import { asHostName, type ClientAddress, isSameHost, selectClientAddress, tlsAttempts } from './client-addresses.ts'
import {
  type HbaAuditInput,
  type HbaClient,
  observedValue,
  type SourcedValue,
  undeterminedValue,
} from './required-connection.ts'

/** The server as that database sees it, or would: one client for each user, database and address that it uses. */
export function serverClients(server: ServerRecord, to: DatabaseRecord, known: HbaAuditInput): readonly HbaClient[] {
  const there = known.snapshots.get(to.spec.id) ?? null
  const here = there ? entrantsOf(server, there) : []
  if (here.length > 0) {
    const source = `a session on ${nameOf(to)}`
    return here.map((entrant) =>
      clientOf(entrant, source, false, observedValue(entrant.address ?? 'local', source), [entrant.tls !== null]),
    )
  }
  const ssl = there?.reading.server.ssl ?? null
  const sessions = sessionsElsewhere(server, known) ?? siblingSessions(server, known)
  const places = serverPlaces(server, sessions?.isItsOwn ? sessions.sessions : [], known)
  const wanting = `give ${clean(server.displayName)} its clientAddress in the config`
  const address = selectClientAddress(
    places,
    isSameHost(server.spec.hostId, to.spec.hostId, known.snapshot.spec),
    wanting,
  )
  if (!sessions) {
    const how = `connect ${clean(server.displayName)} once while pgdeck may see sessions (pg_monitor)`
    const blank = {
      user: undeterminedValue(how),
      database: undeterminedValue(how),
      replication: false,
      local: false,
      gss: false,
    }
    return [{ ...blank, address, tls: tlsAttempts(null, ssl, null), name: asHostName(server.spec.dnsName) }]
  }
  return distinct(sessions.sessions).map((entrant) => {
    const tls = tlsAttempts(null, ssl, entrant.tls === null && sessions.ssl ? 'disable' : null)
    return {
      ...clientOf(entrant, sessions.source, !sessions.isItsOwn, address, tls),
      local: false,
      name: asHostName(server.spec.dnsName),
    }
  })
}

interface Sessions {
  readonly sessions: readonly ConnectedClient[]
  readonly source: string
  readonly isItsOwn: boolean
  /** Whether TLS was on where they were seen. */
  readonly ssl: boolean
}

function clientOf(
  entrant: ConnectedClient,
  source: string,
  assumed: boolean,
  address: SourcedValue,
  tls: readonly boolean[],
): HbaClient {
  const { user, database, gss } = entrant
  return {
    user: { value: user, source, assumed },
    address,
    database: { value: database, source, assumed },
    replication: false,
    local: entrant.address === null,
    tls,
    gss,
    name: null,
  }
}

/** Sessions that are alike but for where they come from and what they are called are one. */
function distinct(all: readonly ConnectedClient[]): readonly ConnectedClient[] {
  const byName = new Map(all.map((entrant) => [`${entrant.user}\0${entrant.database}`, entrant]))
  return [...byName.values()]
}

function entrantsOf(server: ServerRecord, { clients: entrants }: HbaSnapshot): readonly ConnectedClient[] {
  const clients = (entrants.sessions ?? [])
    .filter(({ kind }) => kind === 'client')
    .map((entrant) => ({ ...entrant, applicationName: entrant.application }))
  const own = new Set(sessionsOfServer(server, clients))
  const kept = new Map(
    clients
      .filter((client) => own.has(client))
      .map((client) => [[client.user, client.database, client.address, client.tls !== null].join('\0'), client]),
  )
  return [...kept.values()]
}

function sessionsElsewhere(server: ServerRecord, { snapshot, snapshots }: HbaAuditInput): Sessions | null {
  for (const record of snapshot.databases) {
    const hba = snapshots.get(record.spec.id)
    const sessions = hba ? entrantsOf(server, hba) : []
    const source = `its sessions on ${nameOf(record)}`
    if (hba && sessions.length > 0) return { sessions, source, isItsOwn: true, ssl: hba.reading.server.ssl }
  }
  return null
}

/** Servers of one installation log in alike: what another one of the same database uses, this one likely will. */
function siblingSessions(server: ServerRecord, known: HbaAuditInput): Sessions | null {
  const { databaseId } = server.spec
  if (databaseId === null) return null
  const siblings = known.snapshot.servers.filter((other) => other !== server && other.spec.databaseId === databaseId)
  for (const sibling of siblings) {
    const sessions = sessionsElsewhere(sibling, known)
    if (sessions) return { ...sessions, isItsOwn: false, source: `as ${clean(sibling.displayName)} connects` }
  }
  return null
}

function serverPlaces(
  { spec, pulse }: ServerRecord,
  sessions: readonly ConnectedClient[],
  { picture, snapshot }: HbaAuditInput,
): readonly ClientAddress[] {
  const counted = picture.databases.flatMap((view) => {
    const record = { spec, pulse } as ServerRecord
    const clients = view.pulse?.clients ?? []
    return sessionsOfServer(record, clients).map(({ address }) => ({ address, source: `its sessions on ${view.name}` }))
  })
  const host = snapshot.spec.hosts.find(({ id }) => id === spec.hostId)
  return [
    { address: spec.clientAddress, source: 'clientAddress in the config' },
    ...sessions.map(({ address }) => ({ address, source: 'its sessions' })),
    ...counted,
    ...(lastGood(pulse)?.addresses ?? []).map((address) => ({
      address,
      source: `an address of ${clean(spec.dnsName)}`,
    })),
    { address: host?.address ?? null, source: `address of ${spec.hostId} in the config` },
    { address: spec.dnsName, source: 'its name in the config' },
  ]
}

function nameOf({ displayName }: DatabaseRecord): string {
  return clean(displayName)
}
