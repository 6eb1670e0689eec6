// The cost of stopping a database whose work another one continues: affected sessions and servers, and no lost commit.

import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import type { Impact } from '../../model/runs/plan.ts'
import { isFromTarget, isUnasked } from '../../model/values/fault.ts'

/** Returns the impact of stopping a database without data loss: its sessions, its application servers, its standbys. */
export function stopImpact(view: DatabaseView, picture: Picture, statement: string): Impact {
  return {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: null,
    sessionsCut: sessionsOf(view),
    serversAffected: picture.servers.filter(({ databaseId }) => databaseId === view.id).map(({ name }) => name),
    orphans: standbysOf(picture, view.id).map(({ name }) => `${name} replicates from it`),
    statement,
  }
}

/** Returns its sessions now: none if it does not answer, null if it is up, or may be, and can't be read. */
export function sessionsOf({ problem, pulse }: DatabaseView): number | null {
  if (problem === null) return pulse?.sessions.total ?? null
  return isFromTarget(problem) || isUnasked(problem) ? null : 0
}
