// The cost of stopping or restarting a database: who serves the users then, whose sessions end, what waits for it.

import { standbysOf, upstreamOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import type { Impact } from '../../model/runs/plan.ts'
import { isFromTarget } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import { dataAccess } from '../checks/data-access.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { notKeptInSplitBrain } from '../checks/split-brain.ts'
import { notRequiredForCommits } from '../checks/sync-standbys.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { stopImpact } from '../definition/stop-impact.ts'
import type { DatabaseService } from '../hosts/service.ts'

export type StopVerb = 'stop' | 'restart'

/** Whether users lose something: the database is writable or may be, or an application server uses it. */
export function stopsUsers(view: DatabaseView, picture: Picture): boolean {
  return isWritable(view) || mayBeUp(view) || picture.servers.some(({ databaseId }) => databaseId === view.id)
}

/** It does not answer, but refuses this role only. */
function mayBeUp({ problem }: DatabaseView): boolean {
  return problem !== null && isFromTarget(problem)
}

export function databaseStopImpact(view: DatabaseView, picture: Picture, verb: StopVerb): Impact {
  return stopImpact(view, picture, statementOf(view, picture, verb))
}

function statementOf(view: DatabaseView, picture: Picture, verb: StopVerb): string {
  const { id, name } = view
  const servers = picture.servers.filter(({ databaseId }) => databaseId === id).map((server) => server.name)
  const lose =
    servers.length === 0 ? '' : `; ${listText(servers)} ${servers.length === 1 ? 'has' : 'have'} no database then`
  if (!isWritable(view)) {
    const until = verb === 'restart' ? 'for some seconds' : 'until it is started again'
    const fed = standbysOf(picture, id).map((each) => each.name)
    const others =
      fed.length === 0 ? 'Nobody else loses anything.' : `${listText(fed)} receives nothing from it meanwhile.`
    return `${name} answers no queries ${until}${lose}. ${others}`
  }
  const others = picture.databases.filter((each) => each.id !== id && isWritable(each))
  const still =
    others.length === 0 ? 'nobody can write' : `only ${listText(others.map((each) => each.name))} is writable`
  if (verb === 'restart') return `${name} is down for some seconds: ${still}${lose}. No commit is lost.`
  const standby = standbysOf(picture, id).find(({ problem }) => problem === null)
  const way = standby ? ` Without an interruption of minutes: pgdeck do switchover ${standby.id}, then stop it.` : ''
  return `${name} is stopped: ${still} until it is started again${lose}. No commit is lost.${way}`
}

/** The checks before a database is stopped. */
export function stopChecks(
  view: DatabaseView,
  service: DatabaseService,
  picture: Picture,
  verb: StopVerb,
): readonly PreflightCheck[] {
  const upstream = upstreamOf(picture, view)
  const sync = upstream && !isWritable(view) ? [notRequiredForCommits(view, upstream)] : []
  return [
    noClusterManager(verb, view.id),
    answersNow(view),
    dataAccess(service),
    dataDirectoryMatches(view, service),
    ...(verb === 'stop' ? [notKeptInSplitBrain(view.id)] : []),
    ...(verb === 'stop' ? sync : sync.map(onlyWarns)),
  ]
}

/** A restart takes seconds: commits wait that long. */
function onlyWarns(check: PreflightCheck): PreflightCheck {
  return {
    ...check,
    async run(...args): Promise<PreflightResult> {
      const finding = await check.run(...args)
      if (finding?.result !== 'fail') return finding
      const message = finding.message.replace('every commit would hang', 'commits wait until it streams again')
      return { ...finding, result: 'warn', message }
    },
  }
}

function answersNow({ id, name, problem }: DatabaseView): PreflightCheck {
  return {
    id: 'answers',
    mayOverride: true,
    run(): PreflightResult {
      if (problem === null) return { result: 'pass', message: `${name} answers`, hint: null }
      if (isFromTarget(problem)) {
        const message = `${name} is up, but pgdeck can’t read it (${problem.message}): who uses it is unknown`
        return { result: 'warn', message, hint: problem.hint }
      }
      const hint = `To start it: pgdeck do start ${id}. To keep it from starting as a primary: pgdeck do fence ${id}.`
      return { result: 'fail', message: `${name} does not answer: ${problem.message}`, hint }
    },
  }
}
