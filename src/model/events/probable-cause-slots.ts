// Why a slot is idle, keeps WAL or is lost; and which slots fill a disk.

import type { DatabaseView, Picture } from '../picture/picture.ts'
import { formatBytes } from '../values/units.ts'

/** `subject` is `database/slot`; `db-ro is disconnected` of an idle slot, null where nothing is known of its user. */
export function causeOfSlot(subject: string, picture: Picture): string | null {
  const slot = picture.slots.find(({ databaseId, name }) => `${databaseId}/${name}` === subject)
  const user = slot && picture.databases.find(({ id }) => id === slot.usedBy)
  return user ? causeIn(user) : null
}

function causeIn({ name, status, replayPaused }: DatabaseView): string | null {
  if (status === 'inactive' || status === 'starting' || status === 'disconnected') return `${name} is ${status}`
  return replayPaused ? `replay is paused on ${name}` : null
}

/** The slots with an alert for the WAL they keep, of databases on the host of a file system (`host/wal`). */
export function slotsRetainingWal(subject: string, { hosts, slots, alerts }: Picture): string | null {
  const host = hosts.find(({ id }) => subject.startsWith(`${id}/`))
  if (!host) return null
  const guilty = slots.filter(({ databaseId, name }) => {
    const own = `${databaseId}/${name}`
    return (
      host.nodeIds.includes(databaseId) &&
      alerts.some(({ rule, subject: of }) => rule === 'slot-retained' && of === own)
    )
  })
  if (guilty.length === 0) return null
  return guilty.map((slot) => `slot ${slot.name} keeps ${formatBytes(slot.retainedBytes ?? 0)} of WAL`).join(', ')
}
