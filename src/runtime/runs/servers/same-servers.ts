// Compares the current servers and addresses with those that a run was planned on.

import type { PlanningView } from '../../../actions/definition/action.ts'
import { type FoundServer, isSameServer, mayBeRestartOf } from '../../../model/measured/server-identity.ts'
import { isSamePostmaster, postmasterText } from '../../../model/measured/server-on-host.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { OtherServerError } from '../../../model/runs/action-error.ts'
import type { JsonValue, Plan, PlanBasisNode, PlannedEndpoint } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { serverOfReading, whyServerNotAccepted } from './accepted-servers.ts'
import { currentEndpoint, hostAccessText, isConfiguredEndpoint } from './current-basis.ts'

/**
 * Names a database behind which another server answers than the run may act on, in one sentence; null if there is none.
 * A server that the remaining steps do not use may have been restarted.
 */
export function otherServerFound(run: Run, { picture }: Pick<PlanningView, 'picture'>): string | null {
  const touched = databasesTouchedBy(run)
  for (const view of picture.databases) {
    const now = view.problem === null ? serverOfReading(view) : null
    const planned = run.plan.basis.nodes.find(({ id }) => id === view.id)
    if (!now || !planned) continue
    const isOther = touched.has(view.id) || isReplaced(run, planned, now)
    const why = isOther ? whyServerNotAccepted(run, view.id, now) : null
    if (why !== null) return why
  }
  return null
}

/** True for a server that no step has touched, which is neither the one of the plan nor a restart of it. */
function isReplaced(run: Run, { id, identity }: PlanBasisNode, now: FoundServer): boolean {
  if (!identity || run.servers[id]) return false
  return !isSameServer(identity, now.identity) && !mayBeRestartOf(now.identity, identity)
}

/** Why the run does not belong to this configuration: a database of it leads elsewhere. null if it belongs. */
function otherConfiguration(run: Run, view: PlanningView): string | null {
  return otherEndpoint(run, view) ?? otherHostAccess(run, view)
}

function otherEndpoint(run: Run, view: PlanningView): string | null {
  const touched = databasesTouchedBy(run)
  for (const { id, place } of run.plan.basis.nodes.filter((node) => touched.has(node.id))) {
    const database = view.picture.databases.find((each) => each.id === id)
    if (!database) return `${id} is not a database of this configuration`
    if (!place || isAcceptedNow(run, database) || isConfiguredEndpoint(view, id, place)) continue
    const now = currentEndpoint(view, id)
    return `${id} led to ${placeText(place)} when this was planned, and leads to ${now ? placeText(now) : 'another place'} in this configuration`
  }
  return null
}

/** The same server by another name is the same server. */
function isAcceptedNow(run: Run, database: DatabaseView): boolean {
  const now = database.problem === null ? serverOfReading(database) : null
  return now !== null && whyServerNotAccepted(run, database.id, now) === null
}

function otherHostAccess({ plan }: Run, { config }: PlanningView): string | null {
  const named = textsInJson(plan.steps.map(({ args }) => args))
  for (const { id, access } of plan.basis.hosts ?? []) {
    const host = config.hosts.find((each) => each.id === id)
    const now = host ? hostAccessText(host) : 'nothing'
    if (named.has(id) && now !== access)
      return `the host ${id} was reached by ${access} when this was planned, and is by ${now} in this configuration`
  }
  return null
}

function placeText({ host, port, via }: PlannedEndpoint): string {
  return `${host}:${port}${via === null ? '' : ` through ${via}`}`
}

/**
 * Throws OtherServerError if the current servers differ from those that the run was planned on. `now` is its plan made
 * again, with the current readings of hosts.
 */
export function requireSameServers(run: Run, view: PlanningView, now: Plan | null = null): void {
  const why = otherConfiguration(run, view) ?? otherServerFound(run, view) ?? (now && otherPostmaster(run.plan, now))
  if (why !== null) throw new OtherServerError(why, 'Nothing was done. Check where its dsn leads, then plan again.')
}

function otherPostmaster(confirmed: Plan, now: Plan): string | null {
  for (const { id, onHost } of now.basis.nodes) {
    const before = confirmed.basis.nodes.find((node) => node.id === id)?.onHost?.postmaster
    const current = onHost?.postmaster
    if (before && current && !isSamePostmaster(before, current))
      return `another postmaster runs in the data directory of ${id}: it was ${postmasterText(before)}, and now it is ${postmasterText(current)}`
  }
  return null
}

/** Ids of the databases that are the run's target or are named by its open steps. */
export function databasesTouchedBy({ plan, steps }: Run): ReadonlySet<string> {
  const open = plan.steps.filter(({ id }) => !steps.some((step) => step.id === id && isOver(step.state)))
  const named = textsInJson(open.map(({ args, changes }) => [args, changes]))
  const ids = plan.basis.nodes.map(({ id }) => id)
  return new Set(ids.filter((id) => id === plan.target?.id || named.has(id)))
}

function isOver(state: Run['steps'][number]['state']): boolean {
  return state === 'done' || state === 'skipped'
}

/** Returns every text in it, at any depth. */
export function textsInJson(value: JsonValue): ReadonlySet<string> {
  if (typeof value === 'string') return new Set([value])
  if (typeof value !== 'object' || value === null) return new Set()
  const parts: readonly JsonValue[] = Array.isArray(value) ? value : Object.values(value)
  return new Set(parts.flatMap((part) => [...textsInJson(part)]))
}
