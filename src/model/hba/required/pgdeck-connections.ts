// As whom, and from where, pgdeck itself connects to a database.

import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { isLoopback } from '../../values/address.ts'
import { faultOf } from '../../values/reading.ts'
import { tlsAttempts } from './client-addresses.ts'
import {
  type HbaAuditInput,
  type HbaClient,
  observedValue,
  type SourcedValue,
  undeterminedValue,
} from './required-connection.ts'

/** pgdeck as that database sees it; where it is kept out, as the refusal says, else as another database sees it. */
export function pgdeckClients(to: DatabaseRecord, known: HbaAuditInput): readonly HbaClient[] {
  const own = known.snapshots.get(to.spec.id)?.clients.ownSession
  const client = (
    user: SourcedValue,
    database: SourcedValue,
    address: SourcedValue,
    tls: readonly boolean[],
    local = false,
  ): HbaClient => ({
    user,
    database,
    address,
    tls,
    local,
    replication: false,
    gss: own?.gss ?? false,
    name: null,
  })
  if (own) {
    const here = (value: string | null) => observedValue(value ?? 'local', 'its session')
    const isLocal = own.address === null
    const tls = isLocal || own.isEncryptionKnown ? [own.tls !== null] : tlsAttempts(null, null, null)
    return [client(here(own.user), here(own.database), here(own.address), tls, isLocal)]
  }
  const refused = refusalOf(to)
  if (refused) return [client(refused.user, refused.database, refused.address, [refused.tls], refused.local)]
  const other = [...known.snapshots.values()][0]?.clients.ownSession
  if (!other) {
    const how = undeterminedValue('no database shows which role pgdeck connects as')
    return [client(how, how, how, [false])]
  }
  const likely = (value: string | null): SourcedValue => ({ value, source: 'as other databases see it', assumed: true })
  const address =
    other.address !== null && !isLoopback(other.address)
      ? likely(other.address)
      : undeterminedValue('this database is not reachable, and others see pgdeck on their own host')
  return [client(likely(other.user), likely(other.database), address, tlsAttempts(null, null, null))]
}

/** For whom PostgreSQL has found no line. */
function refusalOf({ pulse }: DatabaseRecord) {
  const refused = faultOf(pulse)?.refused
  if (refused === undefined) return null
  const says = (value: string) => observedValue(value, 'its refusal')
  const { user, database, address, tls } = refused
  return { user: says(user), database: says(database), address: says(address ?? 'local'), tls, local: address === null }
}
