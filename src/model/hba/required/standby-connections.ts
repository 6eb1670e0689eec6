// As whom, and from where, a standby connects to its source or to any database that it may follow.

import type { ConnectedClient, HbaSnapshot } from '../../measured/connected-clients.ts'
import type { WalSender } from '../../measured/pulse.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { linkBetween } from '../../picture/neighbours.ts'
import type { Picture } from '../../picture/picture.ts'
import { isReadAsPrimary } from '../../picture/roles.ts'
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

const REPLICATION = observedValue('replication', 'physical replication')

/** The database to which pg_rewind connects. */
export const REWIND_DATABASE = 'postgres'

/** The standby as its source, or any database that it may follow, sees it. */
export function standbyClients(from: DatabaseRecord, to: DatabaseRecord, known: HbaAuditInput): readonly HbaClient[] {
  const there = known.snapshots.get(to.spec.id) ?? null
  const sender = senderOf(from.spec.id, to.spec.id, known.picture)
  const session = sender && there ? streamOf(sender, there) : null
  const ssl = there?.reading.server.ssl ?? null
  const user = replicationUser(from, known)
  const local = session !== null && session.address === null
  const tls = tlsAttempts(session ? session.tls !== null : null, ssl, receiverMode(from, known))
  return [
    {
      user: sender?.userName ? observedValue(sender.userName, `pg_stat_replication of ${nameOf(to)}`) : user,
      address: local ? observedValue('local', 'it connects over the Unix socket') : standbyAddress(from, to, known),
      database: REPLICATION,
      replication: true,
      local,
      tls: local ? [false] : tls,
      gss: session?.gss ?? false,
      name: asHostName(from.spec.host),
    },
  ]
}

/** pg_rewind as the new primary sees it: with the connection string of the standby, and an ordinary session. */
export function rewindClients(from: DatabaseRecord, to: DatabaseRecord, known: HbaAuditInput): readonly HbaClient[] {
  if (known.planned?.rewound !== from.spec.id || known.planned.upstream !== to.spec.id) return []
  const database = observedValue(REWIND_DATABASE, 'pg_rewind connects there')
  return standbyClients(from, to, known).map((client) => ({ ...client, database, replication: false }))
}

function senderOf(from: string, to: string, picture: Picture) {
  return linkBetween(picture, to, from)?.sender ?? null
}

/** How that very connection came in. Who it is of, the replication graph has told: names and addresses may be those of several. */
function streamOf({ pid }: WalSender, { clients }: HbaSnapshot): ConnectedClient | null {
  return clients.sessions?.find(({ pids }) => pids?.includes(pid)) ?? null
}

function receiverMode({ spec }: DatabaseRecord, { snapshots }: HbaAuditInput): string | null {
  return snapshots.get(spec.id)?.clients.receiver?.sslMode ?? null
}

/** The user of its own stream, else the one user that all other standbys stream as. */
function replicationUser(record: DatabaseRecord, known: HbaAuditInput): SourcedValue {
  const own = seenReplicationUser(record, known)
  if (own) return own
  const others = known.snapshot.databases.flatMap((other) => {
    const user = other === record ? null : seenReplicationUser(other, known)
    return user ? [{ user, name: nameOf(other) }] : []
  })
  const [first] = others
  if (first && others.every(({ user }) => user.value === first.user.value)) {
    return { value: first.user.value, source: `as ${first.name} replicates`, assumed: true }
  }
  const name = nameOf(record)
  if (isReadAsPrimary({ pulse: lastGood(record.pulse) })) {
    return undeterminedValue(`give ${name} its replicationUser in the config: the role that it would replicate as`)
  }
  return undeterminedValue(
    `give ${name} its replicationUser in the config, or pgdeck the right to see pg_stat_replication (pg_monitor) while ${name} streams`,
  )
}

function seenReplicationUser(
  { spec }: DatabaseRecord,
  { picture, snapshots, snapshot, planned }: HbaAuditInput,
): SourcedValue | null {
  const role = planned?.roles.get(spec.id)
  if (role !== undefined) return observedValue(role, 'the plan connects it as this role')
  if (spec.replicationUser !== null) return observedValue(spec.replicationUser, 'replicationUser in the config')
  const link = picture.links.find(({ downstreamId, sender }) => downstreamId === spec.id && sender?.userName)
  const source = snapshot.databases.find((record) => record.spec.id === link?.upstreamId)
  if (link?.sender?.userName) {
    return observedValue(link.sender.userName, `pg_stat_replication of ${source ? nameOf(source) : link.upstreamName}`)
  }
  const user = snapshots.get(spec.id)?.clients.receiver?.user ?? null
  return user === null ? null : observedValue(user, 'its primary_conninfo')
}

/** What that source sees it come from; else what another one does; else where it is itself reached. */
function standbyAddress(from: DatabaseRecord, to: DatabaseRecord, known: HbaAuditInput): SourcedValue {
  const { picture, snapshot } = known
  const { spec } = from
  const place = (address: string | null | undefined, source: string): ClientAddress => ({
    address: address ?? null,
    source,
  })
  const links = picture.links.filter(({ downstreamId, sender }) => downstreamId === spec.id && sender?.address)
  const there = links.find(({ upstreamId }) => upstreamId === to.spec.id)
  const [elsewhere] = links
  const { serverAddress } = lastGood(from.pulse) ?? {}
  const host = snapshot.spec.hosts.find(({ id }) => id === spec.hostId)
  if (there?.sender?.address) return observedValue(there.sender.address, `pg_stat_replication of ${nameOf(to)}`)
  const places = [
    place(elsewhere?.sender?.address, `as ${elsewhere?.upstreamName} sees it`),
    place(serverAddress, 'the address at which it answers'),
    place(host?.address, `address of ${spec.hostId} in the config`),
    place(spec.host, 'its address in the config'),
  ]
  const wanting = `let ${nameOf(from)} replicate while pgdeck sees pg_stat_replication, or give its host an address in the config`
  return selectClientAddress(places, isSameHost(spec.hostId, to.spec.hostId, snapshot.spec), wanting)
}

function nameOf({ displayName }: DatabaseRecord): string {
  return clean(displayName)
}
