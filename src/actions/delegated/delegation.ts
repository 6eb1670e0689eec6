// Lets the manager of a cluster carry out an action, where the configuration permits it and it can be asked.

import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import { PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { isWritable } from '../../model/picture/roles.ts'
import type { Plan } from '../../model/runs/plan.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import {
  type Action,
  type ActionField,
  type ActionRequest,
  type ActionToolbox,
  type Draft,
  PlanError,
  type PlanningView,
  type PreflightCheck,
} from '../definition/action.ts'
import { promotionParticipants, writableOfSameSystem } from '../definition/participants.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { askManagerKind } from './ask-manager.ts'
import { delegatedCancel, delegatedPause, delegatedResume, delegatedRollingRestart } from './cluster-drafts.ts'
import { delegatedRebuild, delegatedReturn } from './copy-drafts.ts'
import { delegatedFollow, delegatedReload, delegatedRestart, delegatedSlot, targetView } from './database-drafts.ts'
import type { Delegation, NotDelegated } from './delegated-draft.ts'
import { delegatedDecommission, delegatedFence, delegatedStart, delegatedUnfence } from './fence-drafts.ts'
import { delegatedHbaEntry } from './hba-draft.ts'
import { ONLY_BY_MANAGER } from './manager-actions.ts'
import { delegatedPromotion } from './promotion-draft.ts'
import { managerActsOf } from './registry.ts'
import { delegatedSetting } from './setting-draft.ts'

type DelegatedDraft = (delegation: Delegation) => Promise<Draft | NotDelegated>

const DRAFTS: Readonly<Record<string, DelegatedDraft>> = {
  promote: (delegation) => promotion(delegation, null),
  switchover: (delegation) => promotion(delegation, whenOf(delegation.request)),
  failback,
  restart: delegatedRestart,
  'rolling-restart': delegatedRollingRestart,
  reload: delegatedReload,
  'rebuild-replica': delegatedRebuild,
  follow: delegatedFollow,
  fence: delegatedFence,
  unfence: delegatedUnfence,
  stop: delegatedFence,
  start: delegatedStart,
  decommission: delegatedDecommission,
  'add-hba-entry': delegatedHbaEntry,
  'change-setting': delegatedSetting,
  'create-slot': delegatedSlot,
  'drop-slot': delegatedSlot,
  'pause-manager': delegatedPause,
  'resume-manager': delegatedResume,
  'cancel-switchover': delegatedCancel,
}

const AT_FIELD: ActionField = {
  name: 'at',
  explains: 'when Patroni is to do it, with its zone, such as 2026-12-24T02:00:00Z',
  kind: 'text',
  required: false,
  defaultText: 'now',
}

/** Returns the action; its plan is the manager's where that carries it out. */
export function withDelegation(action: Action): Action {
  const delegated = DRAFTS[action.name]
  if (!delegated) return action
  return {
    ...action,
    fields: action.name === 'switchover' ? [...action.fields, AT_FIELD] : action.fields,
    async draft(clusterView, request, tools): Promise<Draft> {
      const direct = () => directDraft(action, clusterView, request, tools)
      if (!isOfDatabases(clusterView, request)) return direct()
      const found = isOfProfile(clusterView, request)
        ? whyNotOfProfile(tools)
        : await answeringManager(clusterView, request, tools, direct)
      if (found === null) return direct()
      const draft = 'why' in found ? found : await delegated(found)
      if (!('why' in draft)) return draft
      if (ONLY_BY_MANAGER.has(action.name))
        throw new PlanError(`${action.name}: pgdeck can’t ask the manager: ${draft.why}`)
      return withReason(await direct(), draft.why, action.name, request)
    },
    abortReason: (plan, clusterView, done) =>
      isDelegated(plan)
        ? delegatedAbortReason(plan, clusterView, done)
        : (action.abortReason?.(plan, clusterView, done) ?? null),
  }
}

async function directDraft(
  action: Action,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const { at, ...input } = request.input
  if (action.name !== 'switchover' || at === undefined) return action.draft(clusterView, request, tools)
  await action.draft(clusterView, { ...request, input }, tools)
  throw new PlanError('switchover: only a manager that pgdeck may ask (Patroni) can do it later: leave out at=…')
}

/** An application server is none of a manager's. */
function isOfDatabases(clusterView: PlanningView, { target }: ActionRequest): boolean {
  return target === null || findDatabase(clusterView, target) !== null
}

/** A profile has steps of its own around a change of roles, which a manager does not know. */
function isOfProfile({ config }: PlanningView, { action }: ActionRequest): boolean {
  return config.spec.profile !== PLAIN_PROFILE && OF_PROFILES.has(action)
}

/** null: no manager may be asked. */
function whyNotOfProfile({ config: { manager, spec } }: ActionToolbox): NotDelegated | null {
  return manager?.act ? { why: `the profile ${spec.profile} has steps of its own around this` } : null
}

const OF_PROFILES: ReadonlySet<string> = new Set([
  'promote',
  'failback',
  'switchover',
  'rolling-restart',
  'decommission',
])

/** A busy agent, or a first handshake on a busy host, may take longer than a poll waits. */
const PATIENCE_MS = 10_000
const ASK_AGAIN_MS = 500

/** As `delegationFor`; a manager that may be asked and does not tell its members yet is read again for a while. */
async function answeringManager(
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
  direct: () => Promise<Draft>,
): Promise<Delegation | NotDelegated | null> {
  const until = performance.now() + PATIENCE_MS
  let view = clusterView
  for (;;) {
    const found = delegationFor(view, request, tools, direct)
    const details = view.picture.manager?.details
    // Without its store it tells no members, and carries out nothing.
    const isKnown = details?.areMembersCurrent === true || details?.dcs?.state === 'lost'
    if (found === null || !('why' in found) || isKnown || performance.now() > until) return found
    await tools.wait(ASK_AGAIN_MS)
    view = await tools.refresh()
  }
}

/** null: the configuration has no manager that may be asked. */
function delegationFor(
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
  direct: () => Promise<Draft>,
): Delegation | NotDelegated | null {
  const declared = tools.config.manager
  if (!declared?.act) return null
  const title = MANAGER_TITLES[declared.kind]
  const acts = managerActsOf(declared.kind)
  if (!acts) return { why: `this version can’t ask ${title}` }
  const { manager } = clusterView.picture
  if (manager?.kind !== declared.kind) return { why: `${title} is configured and does not answer` }
  if (manager.systemIdentifierMatches === false) return { why: `the ${title} that answers manages another cluster` }
  if (manager.readAt === null || manager.activity === 'hint') return { why: `${title} does not answer` }
  const delegation: Delegation = { acts, clusterView, manager, tools, request, direct }
  const why = acts.whyNot(delegation)
  return why === null ? delegation : { why }
}

function promotion(delegation: Delegation, at: number | null): Promise<Draft | NotDelegated> {
  const { clusterView, request } = delegation
  const participants = promotionParticipants(clusterView, requireTargetDatabase(clusterView, request))
  if (!participants)
    throw new PlanError(`${request.action}: ${request.target ?? 'nothing'} is not a database of this cluster`)
  if (isWritable(participants.target))
    throw new PlanError(`${request.action}: ${participants.target.name} is writable already`)
  return delegatedPromotion(delegation, participants, at)
}

/** A standby that is back already can be given the role again; another one returns first. */
async function failback(delegation: Delegation): Promise<Draft | NotDelegated> {
  const { input } = delegation.request
  const view = targetView(delegation)
  const isBack = view.problem === null && view.pulse !== null && !isWritable(view)
  if (isBack && input.switchover === 'true') return promotion(delegation, null)
  if (isBack)
    throw new PlanError(`failback: ${view.name} is a standby already; --set switchover=true switches over to it`)
  if (input.switchover === 'true')
    throw new PlanError(
      `failback: ${view.name} must be back first: leave out switchover=true, then do it again with it`,
    )
  const draft = await delegatedReturn(delegation)
  if ('why' in draft) return draft
  const startsIt = draft.steps.some((step) => askManagerKind.argsOf(step)?.restarts.includes(view.id))
  return startsIt ? draft : { why: `its agent must start ${view.name}: pgdeck do unfence ${view.id}` }
}

/** Milliseconds since the epoch; null: now. Throws PlanError for a time without a zone, or in the past. */
function whenOf({ input }: ActionRequest): number | null {
  if (input.at === undefined) return null
  const at = /(?:Z|[+-]\d\d:?\d\d)$/i.test(input.at) ? Date.parse(input.at) : Number.NaN
  if (!Number.isFinite(at))
    throw new PlanError(`switchover: at=${input.at} is no time with a zone, such as 2026-12-24T02:00:00Z`)
  if (at <= Date.now()) throw new PlanError(`switchover: at=${input.at} is in the past`)
  return at
}

/** The plan without the manager, whose check says why it can't be asked. */
function withReason(draft: Draft, why: string, action: string, { target }: ActionRequest): Draft {
  const own = draft.checks.find(({ id }) => id === 'manager') ?? noClusterManager(action, target)
  const check: PreflightCheck = {
    ...own,
    async run(...args) {
      const finding = await own.run(...args)
      if (finding?.result === 'pass') return finding
      return finding && { ...finding, message: `${finding.message}; pgdeck can’t ask it: ${why}` }
    },
  }
  return { ...draft, checks: [check, ...draft.checks.filter(({ id }) => id !== 'manager')] }
}

function isDelegated({ steps }: Plan): boolean {
  return steps.some((step) => askManagerKind.argsOf(step) !== null)
}

/** Before the manager was asked, the old primary is writable; afterwards only the target may be. */
function delegatedAbortReason(plan: Plan, clusterView: PlanningView, done: ReadonlySet<string>): string | null {
  const step = plan.steps.find((each) => askManagerKind.argsOf(each)?.effect.kind === 'promoted')
  const args = step ? askManagerKind.argsOf(step) : null
  if (!step || !args) return null
  const target = findDatabase(clusterView, args.database)
  if (!target) return `${plan.target?.name ?? 'the target'} is no longer watched`
  const [other] = writableOfSameSystem(clusterView, target).filter(
    ({ id }) => id !== args.effect.old || done.has(step.id) || isWritable(target),
  )
  if (!other) return null
  const both = isWritable(target) ? `, and so is ${target.name}: the two diverge` : ''
  return `${other.name} is writable${both}; look at what the manager says before anything else`
}
