// Plans about one database that a manager carries out: restart, reload, another upstream, its slots.

import { upstreamOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { noImpact, type PlannedStep } from '../../model/runs/plan.ts'
import { configFilesValid } from '../checks/config-files.ts'
import { standbyHasEnough } from '../checks/lowered-settings.ts'
import { notRequiredForCommits } from '../checks/sync-standbys.ts'
import { type Draft, PlanError, type PreflightCheck } from '../definition/action.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { type EntryPointPlan, planPrimaryRestart, withWaiting } from '../entry-points/plan-entry-points.ts'
import { filesLetItStart, hbaLetsItStart, pauseIsLost, pendingSettings } from '../lifecycle/restart-checks.ts'
import { databaseStopImpact, stopsUsers } from '../lifecycle/stop-cost.ts'
import { notWritable } from '../rebuild-replica/checks.ts'
import { checkpointBeforePause } from '../steps/checkpoint-step.ts'
import { streamingFrom } from '../steps/repoint-standbys.ts'
import { askManagerKind } from './ask-manager.ts'
import type { PlannedRequest } from './definition/manager-acts.ts'
import type { WantedAct } from './definition/wanted-act.ts'
import { type Delegation, managerCarriesOut, type NotDelegated, requestFor } from './delegated-draft.ts'
import { type Effect, NO_EFFECT } from './effects.ts'
import { withEffects } from './promotion-draft.ts'

/** The target of the request. Throws PlanError without one. */
export function targetView({ clusterView, request }: Delegation): DatabaseView {
  const view = findDatabase(clusterView, requireTargetDatabase(clusterView, request))
  if (view) return view
  throw new PlanError(`${request.action}: ${request.target ?? 'nothing'} is not a database of this cluster`)
}

interface OneStep {
  readonly wanted: WantedAct
  readonly view: DatabaseView | null
  readonly effect: Effect
  readonly id?: string
  readonly ifStopped: string
}

function askStep({ acts }: Delegation, planned: PlannedRequest, step: OneStep): PlannedStep {
  const { wanted, view, effect, id = 'ask-manager', ifStopped } = step
  return askManagerKind.plan({
    id,
    acts,
    act: wanted.act,
    planned,
    database: view?.id ?? null,
    effect,
    ifStopped,
    changes: [],
  })
}

/** The draft of a plan with one request and nothing else. */
export async function oneRequest(
  delegation: Delegation,
  step: OneStep,
  draft: Pick<Draft, 'danger' | 'impact'> & { readonly checks: readonly PreflightCheck[] },
): Promise<Draft | NotDelegated> {
  const planned = await requestFor(delegation, step.wanted)
  if ('why' in planned) return planned
  const { view } = step
  return {
    target: view && { id: view.id, name: view.name },
    title: planned.title,
    danger: draft.danger,
    impact: withEffects(draft.impact, planned.effects),
    checks: [managerCarriesOut(delegation), ...draft.checks, ...planned.checks],
    input: delegation.request.input,
    steps: [askStep(delegation, planned, step)],
  }
}

export async function delegatedRestart(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const { picture } = delegation.clusterView
  const step = await restartStep(delegation, view)
  if ('why' in step) return step
  const { planned, steps } = step
  const users = await planPrimaryRestart(view, delegation.tools)
  return {
    target: { id: view.id, name: view.name },
    title: planned.title,
    danger: stopsUsers(view, picture) ? 'outage' : 'disruptive',
    impact: withWaiting(withEffects(databaseStopImpact(view, picture, 'restart'), planned.effects), users),
    checks: [
      managerCarriesOut(delegation),
      ...(await restartChecks(delegation, view)),
      ...planned.checks,
      ...users.checks,
    ],
    input: delegation.request.input,
    steps: await whileUsersWait(delegation, { view, steps, users }),
  }
}

/** The steps of the restart of a primary, with what becomes of the clients of poolers meanwhile. `suffix`: of the steps' ids. */
export async function whileUsersWait(
  { tools }: Delegation,
  { view, steps, users }: { view: DatabaseView; steps: readonly PlannedStep[]; users: EntryPointPlan },
  suffix = '',
): Promise<readonly PlannedStep[]> {
  const flushed = await checkpointBeforePause(view, users.hold, tools, `checkpoint${suffix}`)
  return [...flushed, ...users.hold, ...steps, ...users.release, ...users.byHand, ...users.proof]
}

/** The plan without the manager has its own checks of what is between, which the plan with it looks at itself. */
const OF_DIRECT = new Set(['manager', 'poolers', 'addresses'])

/** For repmgr pgdeck itself stops and starts the server: then all that a restart without a manager looks at counts. */
async function restartChecks(delegation: Delegation, view: DatabaseView): Promise<readonly PreflightCheck[]> {
  if (delegation.acts.kind !== 'repmgr') return restartedByManager(delegation, view)
  const { checks } = await delegation.direct()
  return checks.filter(({ id }) => !OF_DIRECT.has(id))
}

/** What would keep it from coming back; the manager decides on its role. */
export function restartedByManager({ clusterView }: Delegation, view: DatabaseView): readonly PreflightCheck[] {
  const upstream = upstreamOf(clusterView.picture, view)
  return [
    filesLetItStart(view),
    hbaLetsItStart(view),
    standbyHasEnough(view),
    pauseIsLost(view, 'restart'),
    pendingSettings(view),
    ...(upstream && !isWritable(view) ? [notRequiredForCommits(view, upstream)] : []),
  ]
}

/** The restart of a database as steps; a standby that streams must stream again. `suffix`: of the steps' ids. */
export async function restartStep(
  delegation: Delegation,
  view: DatabaseView,
  suffix = '',
): Promise<{ readonly planned: PlannedRequest; readonly steps: readonly PlannedStep[] } | NotDelegated> {
  const wanted = { act: 'restart' as const, view }
  const planned = await requestFor(delegation, wanted)
  if ('why' in planned) return planned
  const upstream = upstreamOf(delegation.clusterView.picture, view)
  const streams = upstream !== null && streamingFrom(delegation.clusterView, view.id, upstream.id).streams
  const effect: Effect = {
    ...NO_EFFECT,
    kind: streams ? 'copied' : 'restarted',
    before: await startedAt(delegation, view),
    upstream: streams ? upstream.id : null,
  }
  const ifStopped = `${view.name} is restarted, or about to be.`
  return {
    planned,
    steps: [askStep(delegation, planned, { wanted, view, effect, ifStopped, id: `ask-manager${suffix}` })],
  }
}

/** When its postmaster was started, as PostgreSQL writes it; null if it does not answer. */
export async function startedAt({ tools }: Delegation, { id, problem }: DatabaseView): Promise<string | null> {
  if (problem !== null) return null
  const [row] = await tools.sql<{ at: string }>(id, {
    text: 'SELECT pg_catalog.pg_postmaster_start_time()::pg_catalog.text AS at',
  })
  return row?.at ?? null
}

export async function delegatedReload(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const [row] = await delegation.tools.sql<{ at: string }>(view.id, {
    text: 'SELECT pg_catalog.pg_conf_load_time()::pg_catalog.text AS at',
  })
  const effect: Effect = { ...NO_EFFECT, kind: 'reloaded', before: row?.at ?? null }
  return oneRequest(
    delegation,
    { wanted: { act: 'reload', view }, view, effect, ifStopped: 'Nothing is left half done.' },
    {
      danger: 'routine',
      impact: noImpact('Changed settings take effect; sessions continue.'),
      checks: [configFilesValid(view.id)],
    },
  )
}

export function delegatedFollow(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const { picture } = delegation.clusterView
  const wanted = delegation.request.input.upstream
  const upstream = picture.databases.find(({ id, name }) => id === wanted || name === wanted)
  if (!upstream) throw new PlanError(`follow: ${wanted ?? 'nothing'} is not a database of this cluster`)
  return oneRequest(
    delegation,
    {
      wanted: { act: 'follow', view, upstream },
      view,
      effect: { ...NO_EFFECT, kind: 'streams', upstream: upstream.id },
      ifStopped: `${view.name} follows ${upstream.name}, or will.`,
    },
    {
      danger: 'disruptive',
      impact: noImpact(`${view.name} follows ${upstream.name}.`),
      checks: [notWritable(view.id)],
    },
  )
}

/** With the checks and the cost of a slot that pgdeck creates or drops itself; the manager needs no privilege of pgdeck's. */
export async function delegatedSlot(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const { action, input } = delegation.request
  const slot = input.slot ?? ''
  const isCreated = action === 'create-slot'
  const own = await delegation.direct()
  const draft = await oneRequest(
    delegation,
    {
      wanted: { act: isCreated ? 'create-slot' : 'drop-slot', view, slot },
      view,
      effect: { ...NO_EFFECT, kind: 'slot', name: slot, value: isCreated ? 'there' : 'gone' },
      ifStopped: isCreated ? `The slot ${slot} is there, or will be.` : `The slot ${slot} is gone, or will be.`,
    },
    {
      danger: own.danger,
      impact: own.impact,
      checks: own.checks.filter(({ id }) => id !== 'privilege' && id !== 'manager'),
    },
  )
  return 'why' in draft || own.confirm === undefined ? draft : { ...draft, confirm: own.confirm }
}
