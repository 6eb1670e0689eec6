// `failback`: brings the old primary back as a standby after a promotion, and hands the role back to it on request.

import { REWIND_DATABASE } from '../../model/hba/required/standby-connections.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { type AttachingPlan, planAttaching, withAdmission } from '../add-hba-entry/attaching.ts'
import {
  type Action,
  type ActionRequest,
  type ActionToolbox,
  type ClusterView,
  type Draft,
  PlanError,
  type PlanningView,
} from '../definition/action.ts'
import { actionByProfile } from '../definition/by-profile.ts'
import type { ProfileActions, ProfilePlan } from '../definition/profile-actions.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { canSeeShutdown, databaseServiceOf } from '../hosts/service.ts'
import { planRebuild, rebuildChecks } from '../rebuild-replica/draft.ts'
import { type Rebuild, roleOfRebuilt } from '../rebuild-replica/planned-steps.ts'
import { failoverSlotsOf, ownSlotSteps } from '../steps/drop-own-slot.ts'
import { failbackAbortReason } from './abort-conditions.ts'
import { actingPrimariesFor, actingPrimaryOf } from './acting-primary.ts'
import { switchoverBackSteps } from './hand-over.ts'
import { type HistoryCondition, historyConditionOf } from './history-condition.ts'
import { type ReturnMethod, returnSteps } from './return-steps.ts'
import { assessRewind, noRewind, type RewindAssessment } from './rewindable.ts'
import { failbackDanger, failbackImpact, failbackTitle, historyCheck, rewindCheck } from './text.ts'

/** Returns the action, with the plans of these profiles and that for plain PostgreSQL. */
export function createFailbackAction(profiles: readonly ProfileActions[]): Action {
  return actionByProfile(
    {
      name: 'failback',
      title: 'bring the old primary back',
      explains: 'After a promotion the old primary follows the new one: rewound if pg_rewind can, else rebuilt.',
      key: 'F',
      danger: 'outage',
      target: 'node',
      locks: 'cluster',
      roles: 'changes',
    },
    plainFailback,
    profiles,
  )
}

const plainFailback: ProfilePlan = {
  fields: [
    {
      name: 'switchover',
      explains: 'then switch over to it',
      kind: 'boolean',
      required: false,
      defaultText: 'false',
    },
    {
      name: 'by',
      explains: 'how it returns',
      kind: 'choice',
      choices: ['rewind', 'rebuild'],
      required: false,
      defaultText: 'with its data if that is safe, else rewound if pg_rewind can, else rebuilt',
    },
    {
      name: 'tablespaces',
      explains: 'where a rebuild puts its tablespaces: NAME=/PATH, several separated by commas',
      kind: 'text',
      required: false,
      defaultText: 'where it has them, else as on the acting primary',
    },
    {
      name: 'keep-old',
      explains: 'keep the old data directory after a rebuild',
      kind: 'boolean',
      required: false,
      defaultText: 'true',
    },
    {
      name: 'slot',
      explains: 'its slot on the acting primary',
      kind: 'text',
      required: false,
      defaultText: 'the slot it had, else its name',
    },
  ],
  whyNot: needsActing,
  async draft(clusterView, request, tools): Promise<Draft> {
    const id = requireTargetDatabase(clusterView, request)
    const reason = needsActing(clusterView, id)
    if (reason !== null) throw new PlanError(`failback: ${reason}`)
    const view = findDatabase(clusterView, id)
    const actingPrimary = view && (await actingPrimaryOf(clusterView, view, tools))
    if (!view || !actingPrimary)
      throw new PlanError(`failback: which database replaced ${view?.name ?? id} as the primary is unclear`)
    const input = { ...request.input, upstream: actingPrimary.id }
    const rebuild = await planRebuild(
      clusterView,
      id,
      { ...request, input },
      request.input['keep-old'] !== 'false',
      tools,
    )
    const condition = await historyConditionOf(view, actingPrimary, rebuild.service, clusterView, tools)
    const found = await assessRewind(view, actingPrimary, rebuild.service, condition, tools)
    const { method, rewinds, attaching } = await admittedWay(found, condition, rebuild, request, clusterView, tools)
    const handsOver = request.input.switchover === 'true'
    if (method === 'follows' && !handsOver)
      throw new PlanError(`failback: ${condition.why}; --set switchover=true switches over to it`)
    // What pg_rewind or a base backup leaves there has no slots.
    const own = method === 'as-it-is' ? failoverSlotsOf(clusterView.picture, actingPrimary.id) : []
    const names = own.map(({ name }) => name)
    const back = [
      ...(await returnSteps(method, rebuild, tools)),
      ...(await ownSlotSteps(view, actingPrimary, names, tools)),
    ]
    const over = handsOver
      ? await switchoverBackSteps({ target: id, actingPrimary, slot: rebuild.slot }, clusterView, request, tools)
      : []
    return {
      target: { id, name: view.name },
      title: failbackTitle(method, rebuild, handsOver),
      danger: failbackDanger(method, rebuild),
      impact: withAdmission(
        failbackImpact(
          method,
          rebuild,
          handsOver,
          clusterView,
          canSeeShutdown(await databaseServiceOf(actingPrimary.id, tools)),
        ),
        attaching,
      ),
      checks: [
        historyCheck(condition),
        ...(condition.kind === 'differs' || condition.kind === 'same-timeline' ? [rewindCheck(rewinds, request)] : []),
        ...(method === 'follows'
          ? []
          : rebuildChecks('failback', rebuild, attaching).filter(
              ({ id: check }) => method === 'rebuild' || !COPYING.has(check),
            )),
      ],
      input: request.input,
      steps: [...attaching.steps, ...back, ...over],
    }
  },
  abortReason: failbackAbortReason,
}

interface AdmittedWay {
  readonly method: ReturnMethod
  readonly rewinds: RewindAssessment
  readonly attaching: AttachingPlan
}

/** pg_rewind is no way where pg_hba.conf of the acting primary refuses it, and pgdeck can't add the line. */
async function admittedWay(
  rewinds: RewindAssessment,
  condition: HistoryCondition,
  rebuild: Rebuild,
  request: ActionRequest,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<AdmittedWay> {
  const method = wayFor(condition, rewinds, rebuild, request)
  const attaching = await attachingReturned(rebuild, method, clusterView, tools)
  const refused = attaching.refused.find(({ connection }) => !connection.replication)
  if (method !== 'rewind' || !refused) return { method, rewinds, attaching }
  const { proposal, message, connection } = refused
  const hint = proposal && `Missing in its pg_hba.conf: ${proposal.line}`
  const none = noRewind(
    `${connection.to} would refuse ${connection.user.value ?? '?'} on ${REWIND_DATABASE}: ${message}`,
    hint,
  )
  return admittedWay(none, condition, rebuild, request, clusterView, tools)
}

/** It returns with its own connection string where pgdeck can know its role, else with that of the acting primary. */
function attachingReturned(
  rebuild: Rebuild,
  method: ReturnMethod,
  { snapshot }: PlanningView,
  tools: ActionToolbox,
): Promise<AttachingPlan> {
  const { view, upstream } = rebuild
  const roles = method === 'as-it-is' ? new Map<string, string>() : roleOfRebuilt(rebuild)
  const isConfigured = snapshot.databases.some(({ spec }) => spec.id === view.id && spec.replicationUser !== null)
  const isRoleKnown = roles.size > 0 || (isConfigured && method !== 'as-it-is')
  return planAttaching(
    {
      upstream,
      followers: method === 'follows' ? [] : [view.id],
      servers: [],
      roles,
      likeUpstream: isRoleKnown ? [] : [view.id],
      ...(method === 'rewind' ? { rewound: view.id } : {}),
    },
    tools,
  )
}

/** Checks that apply only to a new base backup. */
const COPYING: ReadonlySet<string> = new Set(['disk', 'tablespaces', 'copy-way'])

function needsActing(clusterView: ClusterView, target: string | null): string | null {
  const view = findDatabase(clusterView, target)
  if (!view) return 'select a database first'
  if (isWritable(view)) return `${view.name} is writable: if another database should be the primary, fence it first`
  if (actingPrimariesFor(clusterView, view).length > 0) return null
  return `no other database with the system identifier of ${view.name} is writable`
}

function wayFor(
  condition: HistoryCondition,
  { can, why }: RewindAssessment,
  { copyMethod }: Rebuild,
  { input }: ActionRequest,
): ReturnMethod {
  if (condition.kind === 'follows') return 'follows'
  if (input.by === 'rebuild') return 'rebuild'
  if (input.by === 'rewind') {
    if (can) return 'rewind'
    throw new PlanError(`failback: pg_rewind can’t rewind it: ${why}`)
  }
  if (condition.kind === 'behind' && copyMethod.method !== 'manual') return 'as-it-is'
  return can ? 'rewind' : 'rebuild'
}
