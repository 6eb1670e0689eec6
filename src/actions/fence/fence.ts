// `fence`: a database is stopped and kept from taking writes.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { notKeptInSplitBrain } from '../checks/split-brain.ts'
import { type Action, type ClusterView, type Draft, PlanError, type PlanningView } from '../definition/action.ts'
import {
  isWritableDatabase,
  mirroredDatabasesOf,
  promotionParticipants,
  writableOfSameSystem,
} from '../definition/participants.ts'
import { stopImpact } from '../definition/stop-impact.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { databaseServiceOf } from '../hosts/service.ts'
import { fenceStep } from '../promotion/fence-step.ts'

/** A fence is for what does not answer too. */
export const needsAnyDatabase = (sight: ClusterView, target: string | null) =>
  findDatabase(sight, target) ? null : 'select a database first'

export const fenceAction: Action = {
  name: 'fence',
  title: 'fence a database',
  explains:
    'Stops its PostgreSQL. With access to its host, also keeps it from starting as a primary: standby.signal, and no recovery target.',
  key: null,
  danger: 'outage',
  target: 'database',
  locks: 'cluster',
  roles: 'ends-writes',
  fields: [],
  whyNot: needsAnyDatabase,
  async draft(sight, request, tools): Promise<Draft> {
    const view = requireDatabaseView(sight, requireTargetDatabase(sight, request))
    const service = await databaseServiceOf(view.id, tools)
    const sessions = view.pulse?.sessions.total ?? null
    const others = writableOfSameSystem(sight, view)
    const isSplit = isWritableDatabase(view) && others.length > 0
    const goesOn = isSplit ? others : mirroredDatabasesOf(sight, view).filter(isWritableDatabase)
    const instead =
      goesOn.length > 0
        ? `${goesOn.map(({ name }) => name).join(', ')} goes on taking writes`
        : 'nobody takes writes of this system then'
    const left = isSplit ? ` What ${view.name} took since they parted is on it alone.` : ''
    return {
      target: { id: view.id, name: view.name },
      title: `fence ${view.name}`,
      danger: 'outage',
      impact: {
        ...stopImpact(
          view,
          sight.picture,
          `${view.name} is stopped; ${isWritableDatabase(view) ? instead : 'it took no writes'}.${left}`,
        ),
        // One that may still take writes is cut off from its sessions, read or not.
        ...(isWritableDatabase(view) ? { sessionsCut: sessions } : {}),
        // How much that is nobody has counted: positions of two histories tell nothing.
        ...(isSplit ? { lossBytes: null, lossSeconds: null } : {}),
      },
      checks: [noClusterManager('fence', view.id), notKeptInSplitBrain(view.id), dataDirectoryMatches(view, service)],
      input: request.input,
      steps: [
        {
          ...fenceStep('fence', view, service),
          // By hand, a script says by it that somebody has done it.
          maySkip: service.control === 'manual',
          changes: [view.id],
          ifStopped: `${view.name} is down.`,
        },
      ],
    }
  },
}

/** The database of that id. Throws PlanProblem where there is none. */
export function requireDatabaseView(sight: PlanningView, id: string): DatabaseView {
  const scene = promotionParticipants(sight, id)
  if (scene) return scene.target
  throw new PlanError(`${id} is not a database of this cluster`)
}
