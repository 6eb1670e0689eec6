// What it costs when a database is taken down and another goes on: who notices, and nothing that was committed.

import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import type { Impact } from '../../model/runs/plan.ts'

/** The impact of stopping a database that loses nothing by it: its sessions, its servers, what replicates from it. */
export function stopImpact(view: DatabaseView, { servers, databases }: Picture, statement: string): Impact {
  return {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: null,
    sessionsCut: view.problem ? 0 : (view.pulse?.sessions.total ?? null),
    serversAffected: servers.filter(({ databaseId }) => databaseId === view.id).map(({ name }) => name),
    orphans: databases
      .filter(({ upstreamId }) => upstreamId === view.id)
      .map(({ name }) => `${name} replicates from it`),
    statement,
  }
}
