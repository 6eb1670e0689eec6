// `fence`: stops a database and keeps it from starting as a primary. `unfence`: lets it start as what it was.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isPrimary, isWritable } from '../../model/picture/roles.ts'
import { dataAccess } from '../checks/data-access.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { isDownNow, noOtherPrimaryRuns } from '../checks/second-primary.ts'
import { notKeptInSplitBrain } from '../checks/split-brain.ts'
import { type Action, type ClusterView, type Draft, PlanError, type PlanningView } from '../definition/action.ts'
import {
  mirroredDatabasesOf,
  promotionParticipants,
  unreadOfSameSystem,
  writableOfSameSystem,
} from '../definition/participants.ts'
import { sessionsOf, stopImpact } from '../definition/stop-impact.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { databaseServiceOf } from '../hosts/service.ts'
import { startDatabaseKind } from '../steps/start-database.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'

/** A server that does not answer can be fenced too. */
const needsAnyDatabase = (clusterView: ClusterView, target: string | null) =>
  findDatabase(clusterView, target) ? null : 'select a database first'

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
  async draft(clusterView, request, tools): Promise<Draft> {
    const view = requireDatabaseView(clusterView, requireTargetDatabase(clusterView, request))
    const service = await databaseServiceOf(view.id, tools)
    const sessions = view.pulse?.sessions.total ?? null
    const others = writableOfSameSystem(clusterView, view)
    // A primary that is up and can't be read may have taken writes, too.
    const isDoubtful = view.problem !== null && isPrimary(view) && sessionsOf(view) === null
    const isSplit = (isWritable(view) || isDoubtful) && others.length > 0
    const goesOn = isSplit ? others : mirroredDatabasesOf(clusterView, view).filter(isWritable)
    const instead =
      goesOn.length > 0
        ? `${goesOn.map(({ name }) => name).join(', ')} stays writable`
        : 'no database with its system identifier is writable then'
    const left = isSplit ? ` Only ${view.name} has its writes since the split.` : ''
    return {
      target: { id: view.id, name: view.name },
      title: `fence ${view.name}`,
      danger: 'outage',
      impact: {
        ...stopImpact(
          view,
          clusterView.picture,
          `${view.name} is stopped; ${isWritable(view) ? instead : isDoubtful ? 'whether it was writable is unknown' : 'it was not writable'}.${left}`,
        ),
        // A server that may be writable loses its sessions, whether it can be read or not.
        ...(isWritable(view) ? { sessionsCut: sessions } : {}),
        // The loss is unknown: positions of two histories can't be compared.
        ...(isSplit ? { lossBytes: null, lossSeconds: null } : {}),
      },
      checks: [
        noClusterManager('fence', view.id),
        notKeptInSplitBrain(view.id),
        dataAccess(service),
        dataDirectoryMatches(view, service),
      ],
      input: request.input,
      steps: [
        {
          ...stopDatabaseKind.plan({ id: 'fence', view, service }),
          // A script skips a manual step to confirm that a person has done it.
          maySkip: service.control === 'manual',
          changes: [view.id],
          ifStopped: `${view.name} is down.`,
        },
      ],
    }
  },
}

/** Returns the database with that id. Throws PlanError if there is none. */
function requireDatabaseView(clusterView: PlanningView, id: string): DatabaseView {
  const participants = promotionParticipants(clusterView, id)
  if (participants) return participants.target
  throw new PlanError(`${id} is not a database of this cluster`)
}

const AS_STANDBY = 'Start it as a standby: --set as=standby.'

export const unfenceAction: Action = {
  name: 'unfence',
  title: 'start a fenced database again',
  explains:
    'As a primary only if pgdeck can read all databases with its system identifier and no other one is writable.',
  key: null,
  danger: 'disruptive',
  target: 'database',
  locks: 'cluster',
  fields: [
    {
      name: 'as',
      explains: 'the role it starts in',
      kind: 'choice',
      choices: ['primary', 'standby'],
      required: false,
      defaultText: 'standby while another database is writable, else primary',
    },
  ],
  whyNot: (clusterView, target) =>
    needsAnyDatabase(clusterView, target) ?? (findDatabase(clusterView, target)?.problem ? null : 'it runs'),
  async draft(clusterView, request, tools): Promise<Draft> {
    const view = requireDatabaseView(clusterView, requireTargetDatabase(clusterView, request))
    const service = await databaseServiceOf(view.id, tools)
    const others = writableOfSameSystem(clusterView, view)
    const asPrimary = (request.input.as ?? (others.length > 0 ? 'standby' : 'primary')) === 'primary'
    return {
      target: { id: view.id, name: view.name },
      title: `start ${view.name} ${asPrimary ? 'in its role before the fence' : 'as a standby'}`,
      danger: 'disruptive',
      impact: {
        lossBytes: 0,
        lossSeconds: 0,
        writableInSeconds: null,
        sessionsCut: 0,
        serversAffected: [],
        orphans: [],
        statement: asPrimary
          ? `${view.name} is writable again if it was a primary.`
          : `${view.name} is not writable; to follow it may need a rewind or a rebuild.`,
      },
      checks: [
        noClusterManager('unfence', view.id),
        isDownNow(view),
        dataAccess(service, !asPrimary),
        ...(asPrimary ? [noOtherPrimaryRuns(view, AS_STANDBY)] : []),
      ],
      input: request.input,
      steps: [
        startDatabaseKind.plan({
          view,
          service,
          as: asPrimary ? 'primary' : 'standby',
          unread: unreadOfSameSystem(clusterView, view),
        }),
      ],
    }
  },
}
