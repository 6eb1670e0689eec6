// The cost of stopping a database whose work another one continues: affected sessions and servers, and no lost commit.

import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import type { Impact } from '../../model/runs/plan.ts'

/** Returns the impact of stopping a database without data loss: its sessions, its application servers, its standbys. */
export function stopImpact(view: DatabaseView, picture: Picture, statement: string): Impact {
  return {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: null,
    sessionsCut: view.problem ? 0 : (view.pulse?.sessions.total ?? null),
    serversAffected: picture.servers.filter(({ databaseId }) => databaseId === view.id).map(({ name }) => name),
    orphans: standbysOf(picture, view.id).map(({ name }) => `${name} replicates from it`),
    statement,
  }
}
