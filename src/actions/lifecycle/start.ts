// `start`: starts what is down on its host. A database starts in the role of its files, and never as a second primary.

import type { Picture } from '../../model/picture/picture.ts'
import { isDown } from '../../model/picture/status.ts'
import { type Action, type ClusterView, type Draft, PlanError } from '../definition/action.ts'
import { findDatabase, findServer } from '../definition/target.ts'
import { serverDraft } from './server-drafts.ts'
import { startDatabaseDraft } from './start-database-draft.ts'

export const startAction: Action = {
  name: 'start',
  title: 'start a server or a database',
  explains: 'Starts it on its host. A database starts in the role that its files give it, never as a second primary.',
  key: 'R',
  danger: 'routine',
  target: 'node',
  locks: 'cluster',
  roles: 'brings-back',
  fields: [],
  yieldsToOwn: true,
  proposes: downInstead,
  whyNot: whyNotStarted,
  async draft(clusterView, request, tools): Promise<Draft> {
    const database = findDatabase(clusterView, request.target)
    if (database) return startDatabaseDraft(database, clusterView, request, tools)
    const server = findServer(clusterView, request.target)
    if (server) return serverDraft('start', server, clusterView, request, tools)
    throw new PlanError(`start: ${request.target ?? 'nothing'} is no server or database of this cluster`)
  },
}

function whyNotStarted(clusterView: ClusterView, target: string | null): string | null {
  const database = findDatabase(clusterView, target)
  if (database) return database.problem ? null : `${database.name} runs`
  const server = findServer(clusterView, target)
  if (!server) return 'select a server or a database first'
  if (!isDown(server)) return `${server.name} runs`
  const { canStart = false } = clusterView.snapshot.spec.servers.find(({ id }) => id === server.id) ?? {}
  return canStart ? null : `the config has no "start" for ${server.name}`
}

/** The primary that is down, where something else is selected that is not. */
function downInstead({ databases, servers, failover, splitBrains }: Picture, selected: string): string | null {
  const { ifFails, basis } = failover
  const primary = databases.find(({ id }) => id === ifFails)
  if (basis !== 'last-seen' || !primary?.problem || splitBrains.length > 0) return null
  const node = [...databases, ...servers].find(({ id }) => id === selected)
  return node && node.id !== primary.id && isDown(node) ? null : primary.id
}
