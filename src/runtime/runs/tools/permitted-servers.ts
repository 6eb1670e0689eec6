// The servers that may be acted on: for a plan those that were just read, in a run those that it was planned on.

import { isWritable } from '../../../model/picture/roles.ts'
import { isPrimaryInBasis } from '../../../model/runs/plan-basis.ts'
import type { Run } from '../../../model/runs/run.ts'
import type { ClusterLock } from '../locks/lock-request.ts'
import { acceptedServer, whyNotActOn, whyNotReadServer } from '../servers/accepted-servers.ts'
import { currentEndpoint, isConfiguredEndpoint } from '../servers/current-basis.ts'
import type { PermittedServers } from './action-sessions.ts'
import type { ClusterAccess } from './cluster-access.ts'

/** For planning and checking: each session must meet the server that was read last. */
export function serversForPlanning(clusterAccess: ClusterAccess): PermittedServers {
  return {
    whyNot: (database, server) =>
      whyNotReadServer(clusterAccess.view().picture.databases.find(({ id }) => id === database) ?? null, server),
    identity: (database) => clusterAccess.view().picture.databases.find(({ id }) => id === database)?.identity ?? null,
    timeline: (database) => primaryTimeline(clusterAccess, database),
    // A plan has no locks.
    holding: () => null,
    place: (database) => currentEndpoint(clusterAccess.view(), database),
  }
}

/** For a run in its current state: its own steps restart servers. */
export function serversForRun(
  clusterAccess: ClusterAccess,
  run: () => Run,
  lock: ClusterLock | null,
): PermittedServers {
  return {
    whyNot: (database, server) => whyNotActOn(run(), database, server),
    identity: (database) => acceptedServer(run(), database),
    timeline: (database) => primaryTimeline(clusterAccess, database, run()),
    holding: (database) => lock?.holdingOn(database) ?? null,
    place(database) {
      const planned = run().plan.basis.nodes.find(({ id }) => id === database)?.place
      const view = clusterAccess.view()
      // The configuration may have another name for the same server by now. Journals of 0.1.0 have no address.
      return planned && isConfiguredEndpoint(view, database, planned) ? planned : currentEndpoint(view, database)
    },
  }
}

/** The timeline of the plan, or of the last reading: a run changes the timeline of the server that it promotes. */
function primaryTimeline(clusterAccess: ClusterAccess, database: string, run: Run | null = null): number | null {
  const view = clusterAccess.view().picture.databases.find(({ id }) => id === database)
  const isTouched = run?.plan.steps.some(({ changes }) => changes.includes(database)) ?? true
  const planned = isTouched ? null : run?.plan.basis.nodes.find(({ id }) => id === database)
  if (planned?.timeline != null) return isPrimaryInBasis(planned) ? planned.timeline : null
  return view && isWritable(view) ? view.timeline : null
}
