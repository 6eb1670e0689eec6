// What it costs when a database is taken down and another goes on: who notices, and nothing that was committed.

import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import type { Impact } from '../../model/runs/plan.ts'

/** The impact of stopping a database that loses nothing by it: its sessions, its servers, what replicates from it. */
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
