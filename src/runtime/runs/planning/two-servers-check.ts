// The check that one single server answers behind each database of an action. A load balancer or a moved address leads
// to several.

import type { Draft, PlanningView } from '../../../actions/definition/action.ts'
import { twoServersText } from '../../../model/alerts/rules/two-servers.ts'
import type { DatabasePulse } from '../../../model/measured/pulse.ts'
import { isSameServer, serverIdentityText } from '../../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { Plan, PlanCheck } from '../../../model/runs/plan.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { refusalOf, refusedFunctionText } from '../../../model/values/refused-function.ts'
import { restartsOf } from '../../../profiles/step-kinds.ts'
import { textsInJson } from '../servers/same-servers.ts'
import type { RunToolbox } from '../tools/run-toolbox.ts'

/** Two sessions find a balancer over two servers that takes turns, three do so also while others connect through it. */
const SESSIONS = 3

const TWO_SERVERS = 'two-servers'
const HINT = 'Give each server an entry of its own, whose dsn leads to it alone and not through a balancer.'

/**
 * For this long after the check of a plan no new sessions are opened for it: each session of the run checks its server.
 */
const FRESH_MS = 60_000

/** The check of a plan that was made just now; null if it is older, or had no result. */
export function recentServerCheck({ checks, plannedAt }: Plan, now: number): PlanCheck | null {
  const isFresh = now - plannedAt < FRESH_MS
  return checks.find(({ id, result }) => isFresh && id === TWO_SERVERS && result === 'pass') ?? null
}

/**
 * null if the action changes neither roles nor data directories, and no session met another server. With `lookedFor` it
 * opens no sessions.
 */
export async function checkOneServerEach(
  draft: Draft,
  clusterView: PlanningView,
  tools: RunToolbox,
  lookedFor: PlanCheck | null = null,
): Promise<PlanCheck | null> {
  const about = { id: TWO_SERVERS, overridden: null, hint: HINT } as const
  const views = changesRoles(draft) ? databasesOf(draft, clusterView) : []
  const results = lookedFor ? [] : await Promise.all(views.map((view) => checkServerBehind(view, tools)))
  const others = [...new Set([...tools.otherServersMet(), ...results.flatMap(({ other }) => other ?? [])])]
  if (others.length > 0) return { ...about, result: 'fail', message: others.join('; '), mayOverride: false }
  const before = views.flatMap((view) => otherServerSeenBefore(view, clusterView) ?? [])
  if (before.length > 0) return { ...about, result: 'fail', message: before.join('; '), mayOverride: true }
  const nameless = views.flatMap(({ name, pulse, identity }) =>
    pulse && !identity ? withoutIdentity(name, pulse) : [],
  )
  if (nameless.length > 0) return { ...about, ...FAILED, message: nameless.join('; '), hint: grantsOf(views) }
  const unknown = results.flatMap(({ why }) => why ?? [])
  if (unknown.length > 0)
    return { ...about, result: 'warn', message: `unknown: ${unknown.join('; ')}`, mayOverride: false }
  if (views.length === 0) return null
  const message = `only one server answers behind ${views.map(({ name }) => name).join(', ')}`
  return { ...about, result: 'pass', message, mayOverride: false, hint: null }
}

const FAILED = { result: 'fail', mayOverride: false } as const
const OF_IDENTITY = ['pg_control_system()', 'pg_postmaster_start_time()']

/** No step could tell then whether it acts on the server that is meant. */
function withoutIdentity(name: string, pulse: DatabasePulse): readonly string[] {
  const why = OF_IDENTITY.flatMap((each) => refusalOf(pulse, each) ?? [])
  return [`${name} does not tell which server it is: ${why.map(refusedFunctionText).join('; ')}`]
}

function grantsOf(views: readonly DatabaseView[]): string | null {
  const refused = views.flatMap(({ pulse }) => OF_IDENTITY.flatMap((each) => refusalOf(pulse, each)?.grant ?? []))
  return refused.length === 0 ? null : [...new Set(refused)].join('; ')
}

/** A server that answered earlier may be gone: the address may have been moved on purpose. */
function otherServerSeenBefore({ id, name }: DatabaseView, { snapshot, now }: PlanningView): string | null {
  return twoServersText(name, snapshot.databases.find(({ spec }) => spec.id === id)?.servers, now)
}

function changesRoles({ steps }: Draft): boolean {
  return steps.some((step) => step.changes.length > 0 || restartsOf(step).length > 0)
}

/** The databases of the action that answer. */
function databasesOf({ target, steps }: Draft, { picture }: PlanningView): readonly DatabaseView[] {
  const named = textsInJson(steps.map(({ args, changes }) => [args, changes]))
  return picture.databases.filter(({ id, problem }) => problem === null && (id === target?.id || named.has(id)))
}

interface ServerCheckResult {
  /** The sentence about another server than the one that was read. */
  readonly other: string | null
  /** Why it can't be determined. */
  readonly why: string | null
}

async function checkServerBehind({ id, name, identity }: DatabaseView, tools: RunToolbox): Promise<ServerCheckResult> {
  if (!identity) return { other: null, why: `pgdeck has not read ${name}` }
  try {
    const servers = await tools.serversBehind(id, SESSIONS)
    const other = servers.find((each) => !isSameServer(each.identity, identity))
    if (!other) return { other: null, why: null }
    const both = `${serverIdentityText(identity)}, and ${serverIdentityText(other.identity)}`
    return { other: `two servers answer behind ${name}: ${both}`, why: null }
  } catch (error) {
    return { other: null, why: messageOf(error) }
  }
}
