// `stop` and `restart`: a server or a database stops serving, for good or for some seconds.

import { isDown } from '../../model/picture/status.ts'
import {
  type Action,
  type ActionRequest,
  type ActionToolbox,
  type ClusterView,
  type Draft,
  PlanError,
  type PlanningView,
} from '../definition/action.ts'
import { findDatabase, findServer } from '../definition/target.ts'
import { serverDraft } from './server-drafts.ts'
import type { StopVerb } from './stop-cost.ts'
import { restartDatabaseDraft, stopDatabaseDraft } from './stop-database-draft.ts'

const COMMON = { key: null, danger: 'outage', target: 'node', locks: 'cluster', fields: [], yieldsToOwn: true } as const

export const stopAction: Action = {
  ...COMMON,
  name: 'stop',
  title: 'stop a server or a database',
  explains: 'Stops it on its host; PostgreSQL in mode fast, after a checkpoint. start starts it again, in its role.',
  roles: 'ends-writes',
  whyNot: (clusterView, target) => whyNotStopped('stop', clusterView, target),
  draft: (clusterView, request, tools) => draftOf('stop', clusterView, request, tools),
}

export const restartAction: Action = {
  ...COMMON,
  name: 'restart',
  title: 'restart a server or a database',
  explains: 'Stops it and starts it again in the same role: settings that wait for a restart take effect.',
  roles: 'changes',
  whyNot: (clusterView, target) => whyNotStopped('restart', clusterView, target),
  draft: (clusterView, request, tools) => draftOf('restart', clusterView, request, tools),
}

function draftOf(
  verb: StopVerb,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const database = findDatabase(clusterView, request.target)
  if (database) {
    const draft = verb === 'stop' ? stopDatabaseDraft : restartDatabaseDraft
    return draft(database, clusterView, request, tools)
  }
  const server = findServer(clusterView, request.target)
  if (server) return serverDraft(verb, server, clusterView, request, tools)
  throw new PlanError(`${verb}: ${request.target ?? 'nothing'} is no server or database of this cluster`)
}

function whyNotStopped(verb: StopVerb, clusterView: ClusterView, target: string | null): string | null {
  const database = findDatabase(clusterView, target)
  if (database) return isDown(database) ? `${database.name} is down: start starts it` : null
  const server = findServer(clusterView, target)
  if (!server) return 'select a server or a database first'
  if (isDown(server)) return `${server.name} is down: start starts it`
  const { canStart = false, canStop = false } =
    clusterView.snapshot.spec.servers.find(({ id }) => id === server.id) ?? {}
  if (!canStop) return `the config has no "stop" for ${server.name}`
  return verb === 'stop' || canStart ? null : `the config has no "start" for ${server.name}`
}
