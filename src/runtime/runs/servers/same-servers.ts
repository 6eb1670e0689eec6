// Compares the current servers and addresses with those that a run was planned on.

import type { PlanningView } from '../../../actions/definition/action.ts'
import { isSameServer, mayBeRestartOf } from '../../../model/measured/server-identity.ts'
import { isSamePostmaster, postmasterText } from '../../../model/measured/server-on-host.ts'
import { OtherServerError } from '../../../model/runs/action-error.ts'
import type { JsonValue, Plan, PlannedEndpoint } from '../../../model/runs/plan.ts'
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
    const found = view.problem === null ? serverOfReading(view) : null
    const node = run.plan.basis.nodes.find(({ id }) => id === view.id)
    if (!found || !node) continue
    if (touched.has(view.id)) {
      const why = whyServerNotAccepted(run, view.id, found)
      if (why !== null) return why
    } else if (node.identity && !run.servers[view.id]) {
      const isIt = isSameServer(node.identity, found.identity) || mayBeRestartOf(found.identity, node.identity)
      if (!isIt) return whyServerNotAccepted(run, view.id, found)
    }
  }
  return null
}

/** Why the run does not belong to this configuration: a database of it leads elsewhere. null if it belongs. */
function otherConfiguration(run: Run, sight: PlanningView): string | null {
  const touched = databasesTouchedBy(run)
  for (const { id, place } of run.plan.basis.nodes) {
    if (!touched.has(id)) continue
    const view = sight.picture.databases.find((each) => each.id === id)
    if (!view) return `${id} is not a database of this configuration`
    const found = view.problem === null ? serverOfReading(view) : null
    // The same server under another name is the same server.
    if (!place || (found && whyServerNotAccepted(run, id, found) === null)) continue
    if (!isConfiguredEndpoint(sight, id, place)) {
      const now = currentEndpoint(sight, id)
      return `${id} led to ${placeText(place)} when this was planned, and leads to ${now ? placeText(now) : 'another place'} in this configuration`
    }
  }
  const named = textsInJson(run.plan.steps.map(({ args }) => args))
  for (const { id, access } of run.plan.basis.hosts ?? []) {
    const now = sight.config.hosts.find((host) => host.id === id)
    const leads = now ? hostAccessText(now.access) : 'nothing'
    if (named.has(id) && leads !== access)
      return `the host ${id} was reached by ${access} when this was planned, and is by ${leads} in this configuration`
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
    const found = onHost?.postmaster
    if (before && found && !isSamePostmaster(before, found))
      return `another postmaster runs in the data directory of ${id}: it was ${postmasterText(before)}, and now it is ${postmasterText(found)}`
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
