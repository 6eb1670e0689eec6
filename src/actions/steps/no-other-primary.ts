// The last look before a server is started that may be a primary: that no other one is writable, or may have become so.

import { ActionError } from '../../model/runs/action-error.ts'
import { listText } from '../../model/values/text.ts'
import type { PlanningView } from '../definition/action.ts'
import { promotionParticipants, unreadOfSameSystem, writableOfSameSystem } from '../definition/participants.ts'

interface Starting {
  readonly database: string
  /** Ids of databases that are accepted as silent. */
  readonly unread: readonly string[]
  /** This process has stopped it a moment ago, in the same run. */
  readonly isStoppedHere: boolean
}

/**
 * Throws ActionError if another database of its system is writable. A database that is down for longer may have been
 * replaced: then also if another one can't be read that was not accepted as silent.
 */
export function requireNoOtherPrimary({ database, unread, isStoppedHere }: Starting, view: PlanningView): void {
  const participants = promotionParticipants(view, database)
  if (!participants) return
  const [other] = writableOfSameSystem(view, participants.target)
  if (other)
    throw new ActionError(
      `${other.name} is writable: starting ${database} could make two writable databases`,
      `Start it as a standby: pgdeck do unfence ${database} --set as=standby`,
    )
  if (isStoppedHere) return
  const silent = unreadOfSameSystem(view, participants.target).filter(({ id }) => !unread.includes(id))
  if (silent.length === 0) return
  throw new ActionError(
    `${database} is down, and whether ${listText(silent.map(({ name }) => name))} was promoted since is unknown: starting it could make two writable databases`,
    `Check the others on their hosts, then: pgdeck do start ${database}`,
  )
}
