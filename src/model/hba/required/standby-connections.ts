// As whom, and from where, a standby connects to its source or to any database that it may follow.

import type { Entrant, HbaLook } from '../../measured/connected-clients.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import type { Picture } from '../../picture/picture.ts'
import { lastGood } from '../../values/reading.ts'
import { clean } from '../../values/text.ts'
import { addressTold, isSameHost, nameIn, type Place, tlsTries } from './client-addresses.ts'
import { type HbaClient, type HbaKnown, seen, type Told, untold } from './required-connection.ts'

const REPLICATION = seen('replication', 'physical replication')

/** The standby as its source, or any database that it may follow, sees it. */
export function standbyClients(from: DatabaseRecord, to: DatabaseRecord, known: HbaKnown): readonly HbaClient[] {
  const there = known.looks.get(to.spec.id) ?? null
  const sender = senderOf(from.spec.id, to.spec.id, known.picture)
  const session = sender && there ? streamOf(sender, there) : null
  const ssl = there?.sight.server.ssl ?? null
  const user = replicationUser(from, known)
  const local = session !== null && session.address === null
  const tls = tlsTries(session ? session.tls !== null : null, ssl, receiverMode(from, known))
  return [
    {
      user: sender?.userName ? seen(sender.userName, `pg_stat_replication of ${nameOf(to)}`) : user,
      address: local ? seen('local', 'it connects over the Unix socket') : standbyAddress(from, to, known),
      database: REPLICATION,
      replication: true,
      local,
      tls: local ? [false] : tls,
      gss: session?.gss ?? false,
      name: nameIn(from.spec.host),
    },
  ]
}

function senderOf(from: string, to: string, picture: Picture) {
  return picture.links.find((link) => link.downstreamId === from && link.upstreamId === to)?.sender ?? null
}

function streamOf(
  { applicationName, userName, address }: { applicationName: string; userName: string | null; address: string | null },
  { entrants }: HbaLook,
): Entrant | null {
  const streams = entrants.sessions?.filter(({ kind, user }) => kind === 'replication' && user === userName) ?? []
  return streams.find((one) => one.address === address && clean(one.application) === clean(applicationName)) ?? null
}

function receiverMode({ spec }: DatabaseRecord, { looks }: HbaKnown): string | null {
  return looks.get(spec.id)?.entrants.receiver?.sslMode ?? null
}

/** The user of its own stream, else the one user that all other standbys stream as. */
function replicationUser(record: DatabaseRecord, known: HbaKnown): Told {
  const own = seenReplicationUser(record, known)
  if (own) return own
  const others = known.snapshot.databases.flatMap((other) => {
    const told = other === record ? null : seenReplicationUser(other, known)
    return told ? [{ told, name: nameOf(other) }] : []
  })
  const [first] = others
  if (first && others.every(({ told }) => told.value === first.told.value)) {
    return { value: first.told.value, source: `as ${first.name} replicates`, assumed: true }
  }
  const name = nameOf(record)
  if (lastGood(record.pulse)?.position.kind === 'primary') {
    return untold(`give ${name} its replicationUser in the config: the role that it would follow another one as`)
  }
  return untold(
    `give ${name} its replicationUser in the config, or pgdeck the right to see pg_stat_replication (pg_monitor) while ${name} streams`,
  )
}

function seenReplicationUser({ spec }: DatabaseRecord, { picture, looks, snapshot }: HbaKnown): Told | null {
  if (spec.replicationUser !== null) return seen(spec.replicationUser, 'replicationUser in the config')
  const link = picture.links.find(({ downstreamId, sender }) => downstreamId === spec.id && sender?.userName)
  const source = snapshot.databases.find((record) => record.spec.id === link?.upstreamId)
  if (link?.sender?.userName) {
    return seen(link.sender.userName, `pg_stat_replication of ${source ? nameOf(source) : link.upstreamName}`)
  }
  const user = looks.get(spec.id)?.entrants.receiver?.user ?? null
  return user === null ? null : seen(user, 'its primary_conninfo')
}

/** What that source sees it come from; else what another one does; else where it is itself reached. */
function standbyAddress(from: DatabaseRecord, to: DatabaseRecord, known: HbaKnown): Told {
  const { picture, snapshot } = known
  const { spec } = from
  const place = (address: string | null | undefined, source: string): Place => ({ address: address ?? null, source })
  const links = picture.links.filter(({ downstreamId, sender }) => downstreamId === spec.id && sender?.address)
  const there = links.find(({ upstreamId }) => upstreamId === to.spec.id)
  const [elsewhere] = links
  const { serverAddress } = lastGood(from.pulse) ?? {}
  const host = snapshot.spec.hosts.find(({ id }) => id === spec.hostId)
  if (there?.sender?.address) return seen(there.sender.address, `pg_stat_replication of ${nameOf(to)}`)
  const places = [
    place(elsewhere?.sender?.address, `as ${elsewhere?.upstreamName} sees it`),
    place(serverAddress, 'the address at which it answers'),
    place(host?.address, `address of ${spec.hostId} in the config`),
    place(spec.host, 'its address in the config'),
  ]
  const wanting = `let ${nameOf(from)} replicate while pgdeck sees pg_stat_replication, or give its host an address in the config`
  return addressTold(places, isSameHost(spec.hostId, to.spec.hostId, snapshot.spec), wanting)
}

function nameOf({ displayName }: DatabaseRecord): string {
  return clean(displayName)
}
