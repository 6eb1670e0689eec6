// `fence`: a database is stopped and kept from taking writes.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { rightServer } from '../checks/data-directory.ts'
import { noManager } from '../checks/no-manager.ts'
import { notTheOneToKeep } from '../checks/split-brain.ts'
import { type Action, type Draft, type Glance, PlanProblem, type Sight } from '../definition/action.ts'
import { isWritable, mirrorsOf, sceneOf, writableTwins } from '../definition/participants.ts'
import { takenDown } from '../definition/stop-impact.ts'
import { databaseOf, targetDatabase } from '../definition/target.ts'
import { serviceOf } from '../hosts/service.ts'
import { fenceStep } from '../promotion/fence-step.ts'

/** A fence is for what does not answer too. */
export const needsAny = (sight: Glance, target: string | null) =>
  databaseOf(sight, target) ? null : 'select a database first'

export const fence: Action = {
  name: 'fence',
  title: 'fence a database',
  explains:
    'Its PostgreSQL is stopped, and where there is a way into its host it is kept from starting as a primary: standby.signal, and no recovery target.',
  key: null,
  danger: 'outage',
  target: 'database',
  holds: 'cluster',
  roles: 'ends-writes',
  fields: [],
  whyNot: needsAny,
  async draft(sight, request, tools): Promise<Draft> {
    const view = viewOf(sight, targetDatabase(sight, request))
    const service = await serviceOf(view.id, tools)
    const sessions = view.pulse?.sessions.total ?? null
    const others = writableTwins(sight, view)
    const isSplit = isWritable(view) && others.length > 0
    const goesOn = isSplit ? others : mirrorsOf(sight, view).filter(isWritable)
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
        ...takenDown(
          view,
          sight.picture,
          `${view.name} is stopped; ${isWritable(view) ? instead : 'it took no writes'}.${left}`,
        ),
        // One that may still take writes is cut off from its sessions, read or not.
        ...(isWritable(view) ? { sessionsCut: sessions } : {}),
        // How much that is nobody has counted: positions of two histories tell nothing.
        ...(isSplit ? { lossBytes: null, lossSeconds: null } : {}),
      },
      checks: [noManager('fence', view.id), notTheOneToKeep(view.id), rightServer(view, service)],
      input: request.input,
      steps: [
        {
          ...fenceStep('fence', view, service),
          // By hand, a script says by it that somebody has done it.
          maySkip: service.how === 'manual',
          changes: [view.id],
          ifStopped: `${view.name} is down.`,
        },
      ],
    }
  },
}

/** The database of that id. Throws PlanProblem where there is none. */
export function viewOf(sight: Sight, id: string): DatabaseView {
  const scene = sceneOf(sight, id)
  if (scene) return scene.target
  throw new PlanProblem(`${id} is not a database of this cluster`)
}
