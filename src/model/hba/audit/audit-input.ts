// The input of an audit of pg_hba.conf, from the last reading of each database.

import type { HbaSnapshot } from '../../measured/connected-clients.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../measured/snapshot.ts'
import type { Picture } from '../../picture/picture.ts'
import { faultOf, lastGood, PENDING, type Reading } from '../../values/reading.ts'
import { clean } from '../../values/text.ts'
import type { HbaAuditInput } from '../required/required-connection.ts'

/** The last good reading of each database, or why there is none. */
export function hbaAuditInput(
  snapshot: Pick<ClusterSnapshot, 'spec' | 'databases' | 'servers'>,
  picture: Picture,
  profile: HbaAuditInput['profile'],
): HbaAuditInput {
  const snapshots = new Map<string, HbaSnapshot>()
  const unread = new Map<string, string>()
  for (const record of snapshot.databases) {
    const reading: Reading<HbaSnapshot> = record.onDemand.hba ?? PENDING
    const hba = lastGood(reading)
    if (hba) snapshots.set(record.spec.id, hba)
    else unread.set(record.spec.id, whyUnread(record, reading))
  }
  return { snapshot, picture, profile, snapshots, unreadReasons: unread }
}

function whyUnread({ pulse }: DatabaseRecord, reading: Reading<HbaSnapshot>): string {
  const fault = faultOf<unknown>(reading) ?? faultOf<unknown>(pulse)
  return fault ? `pgdeck can’t read its rules: ${clean(fault.message)}` : 'pgdeck has not read its rules yet'
}
