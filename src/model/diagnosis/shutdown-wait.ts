// Whom a server that shuts down waits for: it ends when each connected standby has confirmed its last record. A smart
// shutdown waits for the clients before.

import { linksFrom } from '../picture/neighbours.ts'
import type { DatabaseView, Picture } from '../picture/picture.ts'
import { endOfWal, isReadableStandby, standbyPositionOf } from '../picture/roles.ts'
import { formatLsn, furthestLsn } from '../values/lsn.ts'
import { listText } from '../values/text.ts'

export interface ShutdownWait {
  readonly names: string
  /** They lack WAL that is known. Otherwise a smart shutdown, which waits for clients, looks the same. */
  readonly isBehind: boolean
  /** To be read after "it waits until": `a has confirmed the last record: it has received up to 0/3000000, others 0/3000060`. */
  readonly text: string
}

/** null: it does not shut down, or no standby that can be read has a connection to it. */
export function shutdownWaitOf(picture: Picture, view: DatabaseView): ShutdownWait | null {
  if (view.status !== 'stopping') return null
  const connected = linksFrom(picture, view.id).flatMap(({ downstreamId }) => {
    const standby = picture.databases.find(({ id }) => id === downstreamId)
    return standby && isReadableStandby(standby) && standbyPositionOf(standby)?.receiver ? [standby] : []
  })
  const furthest = furthestLsn(view.lsn, ...connected.map(endOfWal))
  const behind = connected.filter((standby) => furthest !== null && (endOfWal(standby) ?? 0n) < furthest)
  const holding = behind.length > 0 ? behind : connected
  if (holding.length === 0) return null
  const names = listText(holding.map(({ name }) => name))
  const positions = holding.map((standby) => `${standby.name} has received up to ${formatLsn(endOfWal(standby) ?? 0n)}`)
  const last = furthest === null || behind.length === 0 ? '' : `, its WAL ends at ${formatLsn(furthest)} or after`
  const verb = holding.length === 1 ? 'has' : 'have'
  return {
    names,
    isBehind: behind.length > 0,
    text: `${names} ${verb} confirmed the last record: ${positions.join(', ')}${last}`,
  }
}
