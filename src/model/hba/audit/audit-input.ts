// What an audit of pg_hba.conf is told from, taken from what was last read of each database.

import type { HbaLook } from '../../measured/connected-clients.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../measured/snapshot.ts'
import type { Picture } from '../../picture/picture.ts'
import { faultOf, lastGood, type Reading, WAITING } from '../../values/reading.ts'
import { clean } from '../../values/text.ts'
import type { HbaKnown } from '../required/required-connection.ts'

/** The last good look of each database, and why there is none where there is none. */
export function hbaKnown(
  snapshot: Pick<ClusterSnapshot, 'spec' | 'databases' | 'servers'>,
  picture: Picture,
): HbaKnown {
  const looks = new Map<string, HbaLook>()
  const unread = new Map<string, string>()
  for (const record of snapshot.databases) {
    const reading: Reading<HbaLook> = record.looks.hba ?? WAITING
    const look = lastGood(reading)
    if (look) looks.set(record.spec.id, look)
    else unread.set(record.spec.id, whyUnread(record, reading))
  }
  return { snapshot, picture, looks, unread }
}

function whyUnread({ pulse }: DatabaseRecord, look: Reading<HbaLook>): string {
  const fault = faultOf<unknown>(look) ?? faultOf<unknown>(pulse)
  return fault ? `its rules can’t be read: ${clean(fault.message)}` : 'its rules have not been read yet'
}
