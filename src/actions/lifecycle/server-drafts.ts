// The plans that start, stop and restart an application server.

import type { AccessLevel, DatabaseView, Picture, ServerView } from '../../model/picture/picture.ts'
import { isDown } from '../../model/picture/status.ts'
import { type Impact, noImpact } from '../../model/runs/plan.ts'
import type {
  ActionRequest,
  ActionToolbox,
  Draft,
  PlanningView,
  PreflightCheck,
  PreflightResult,
} from '../definition/action.ts'
import { unreadOfSameSystem } from '../definition/participants.ts'
import { findDatabase } from '../definition/target.ts'
import { type ServerService, serverServiceKind, serverServiceOf } from './server-service.ts'
import { gateOver, restoreGateOpen } from './start-checks.ts'
import { databaseStartChecks } from './start-database-draft.ts'
import { startableOf } from './startable.ts'
import { databaseStopImpact, type StopVerb, stopChecks } from './stop-cost.ts'

/** The verb of the action; also its name. */
export type ServerVerb = 'start' | StopVerb

export async function serverDraft(
  verb: ServerVerb,
  view: ServerView,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const service = await serverServiceOf(view, clusterView, tools)
  const { picture } = clusterView
  const stops = verb !== 'start'
  const starts = verb !== 'stop'
  const unread = service.database && !stops ? unreadOfSameSystem(clusterView, service.database) : []
  const isRisky = stops ? stopsUsersOf(view, service, picture) : gateOver(clusterView, view.id) !== null
  return {
    target: { id: view.id, name: view.name },
    title: `${verb} ${view.name}`,
    danger: isRisky ? 'outage' : stops ? 'disruptive' : 'routine',
    impact: stops
      ? stopImpactOf(view, service, picture, verb)
      : noImpact(`${view.name} is started; ${thenText(view, null, picture)}`),
    checks: [
      await managersOf(service, verb, clusterView, tools),
      isInState(view, stops ? 'up' : 'down'),
      hasCommands(view, service, verb),
      ...(starts ? [restoreGateOpen(view.id, null), databaseAnswers(view, service)] : []),
    ].flat(),
    input: request.input,
    steps: [
      ...(stops ? [serverServiceKind.plan({ id: 'stop', view, service, to: 'stopped' })] : []),
      ...(starts ? [serverServiceKind.plan({ id: 'start', view, service, to: 'started', unread })] : []),
    ],
  }
}

/** Where its commands stop and start a database too, all checks of that; a manager does not mind an application server. */
async function managersOf(
  { database }: ServerService,
  verb: ServerVerb,
  { picture }: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PreflightCheck[]> {
  if (!database) return [{ id: 'manager', mayOverride: false, run: () => null }]
  const startable = await startableOf(database, tools)
  if (verb === 'start') return databaseStartChecks(database, startable)
  return stopChecks(database, startable.service, picture, verb).filter(({ id }) => id !== 'answers')
}

function isInState(view: ServerView, wanted: 'up' | 'down'): PreflightCheck {
  const id = wanted === 'up' ? 'answers' : 'is-down'
  return {
    id,
    mayOverride: true,
    run(): PreflightResult {
      const { name, problem } = view
      const is = isDown(view) ? 'down' : 'up'
      const message = problem ? `${name}: ${problem.message}` : `${name} answers`
      if (is === wanted) return { result: 'pass', message, hint: null }
      const hint = wanted === 'up' ? `To start it: pgdeck do start ${view.id}` : `It runs: pgdeck do restart ${view.id}`
      return { result: 'fail', message, hint }
    },
  }
}

function hasCommands({ name }: ServerView, { control, start, stop }: ServerService, verb: ServerVerb): PreflightCheck {
  return {
    id: 'commands',
    mayOverride: false,
    run(): PreflightResult {
      const missing = [
        ...(verb === 'stop' || start ? [] : ['"start"']),
        ...(verb === 'start' || stop ? [] : ['"stop"']),
      ]
      if (missing.length > 0) {
        const hint = `Set ${missing.join(' and ')} for ${name} in the config, with "host".`
        return { result: 'warn', message: `pgdeck does not know how to ${verb} it: you do it by hand`, hint }
      }
      if (control !== 'manual') return { result: 'pass', message: 'pgdeck runs its commands on its host', hint: null }
      const hint = 'Set "ssh" or "local" for its host in the config.'
      return {
        result: 'warn',
        message: 'pgdeck has no access to its host, or it does not answer: you do it by hand',
        hint,
      }
    },
  }
}

/** A server without its database can't serve. */
function databaseAnswers({ databaseId, name }: ServerView, service: ServerService): PreflightCheck {
  return {
    id: 'database',
    mayOverride: true,
    run(clusterView): PreflightResult {
      const database = findDatabase(clusterView, databaseId)
      if (!database || database.id === service.database?.id) return null
      if (!isDown(database)) return { result: 'pass', message: `its database ${database.name} is up`, hint: null }
      const message = `its database ${database.name} is down: ${name} can’t serve without it`
      return { result: 'fail', message, hint: `Start it first: pgdeck do start ${database.id}` }
    },
  }
}

const SERVES: ReadonlySet<AccessLevel | null> = new Set<AccessLevel | null>([
  'read-write',
  'read-write-no-resets',
  'read-only',
])

/** Whether users are on it: it serves, or it has sessions, or a database stops with it. */
function stopsUsersOf({ id, access, sessions }: ServerView, { database }: ServerService, picture: Picture): boolean {
  if (database !== null || picture.serving?.id === id) return true
  return SERVES.has(access) && sessions !== 0
}

function stopImpactOf(view: ServerView, { database }: ServerService, picture: Picture, verb: StopVerb): Impact {
  const how = verb === 'stop' ? 'is stopped' : 'is down for some seconds'
  const sessions = isDown(view) ? 0 : view.sessions
  const who = sessions === 0 ? '' : ` Its ${sessions ?? '(unknown number of)'} sessions end.`
  const own: Impact = {
    ...noImpact(`${view.name} ${how}: ${thenText(view, database, picture)}${who}`),
    sessionsCut: sessions,
    serversAffected: [view.name],
  }
  return database ? withDatabase(own, database, picture, verb) : own
}

function withDatabase(own: Impact, database: DatabaseView, picture: Picture, verb: StopVerb): Impact {
  const its = databaseStopImpact(database, picture, verb)
  return {
    ...its,
    sessionsCut: own.sessionsCut === null || its.sessionsCut === null ? null : own.sessionsCut + its.sessionsCut,
    serversAffected: [...new Set([...own.serversAffected, ...its.serversAffected])],
    statement: `${own.statement} Its service also holds ${database.name}. ${its.statement}`,
  }
}

/** Who serves the users meanwhile; not a server whose database, `without`, is down then too. */
function thenText({ id }: ServerView, without: DatabaseView | null, { serving, next, servers }: Picture): string {
  const byId = (of: string) => servers.find((each) => each.id === of)
  const nameOf = (of: string) => byId(of)?.name ?? of
  const remains = (of: string) => of !== id && (without === null || byId(of)?.databaseId !== without.id)
  if (serving && remains(serving.id)) return `users are served by ${nameOf(serving.id)} (${serving.access}).`
  const first = next.find((each) => remains(each.id))
  return first ? `users are served by ${nameOf(first.id)} (${first.access}) then.` : 'nobody else serves the users.'
}
