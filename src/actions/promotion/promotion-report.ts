// The report after a promotion: what is verified now, item by item, on readings newer than all steps.

import { UNLESS_SYNC_COMMIT_OFF } from '../../model/failover/loss-text.ts'
import { auditHba, auditOfNode } from '../../model/hba/audit/audit.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { commitWaitsOf, commitWaitsText } from '../../model/replication/sync/commit-waits.ts'
import { type ProvenLoss, toLossProof } from '../../model/runs/proven-loss.ts'
import { isFromTarget, isUnasked } from '../../model/values/fault.ts'
import { formatAge, formatBytes } from '../../model/values/units.ts'
import { profileOf } from '../../profiles/facts.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { type PromotionParticipants, promotionParticipants, writableOfSameSystem } from '../definition/participants.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { streamingFrom } from '../steps/repoint-standbys.ts'
import { UNKNOWN_LOSS } from './cost.ts'
import { provenLoss, stopEvidenceText } from './proven-loss.ts'
import { writeTestKind } from './write-test.ts'

/** Arguments of every report after a promotion. */
export const promotionReportShape = () => ({
  target: arg.text(),
  /** The primary that was replaced; null if unknown. */
  primary: arg.optionalText(),
  followers: arg.texts(),
  /** The loss that the plan announced; -1: unknown. */
  lossBytes: arg.number(),
  lossBound: arg.oneOf('as-read', 'at-least', 'none-confirmed').nullable(),
  /** Age of the primary's last position when the run was planned; null if unknown. */
  lossAgeSeconds: arg.optionalNumber(),
  timeline: arg.number(),
  /** The old primary was to be stopped first. The record has what was received then. */
  isPlanned: arg.flag(),
})
const form = () => arg.form(promotionReportShape())
type Args = arg.Of<typeof form>

/** Plans the report; the kind `product-report` uses it too. */
export function planPromotionReport(participants: PromotionParticipants): StepPlan<Args> {
  const { target, primary, standbys, estimate, isPrimaryUp } = participants
  const { lossBytes, lossBound, basisAgeMs } = estimate.estimate ?? UNKNOWN_LOSS
  return {
    id: 'report',
    args: {
      target: target.id,
      primary: primary?.id ?? null,
      followers: standbys.map(({ id }) => id),
      lossBytes: isPrimaryUp ? 0 : (lossBytes ?? -1),
      // Of a primary that is gone no loss is bounded from above.
      lossBound: isPrimaryUp || lossBound === 'at-most' || lossBound === 'shared-storage' ? null : lossBound,
      lossAgeSeconds: isPrimaryUp || lossBytes === null ? null : basisAgeMs / 1000,
      timeline: target.timeline ?? 0,
      isPlanned: isPrimaryUp,
    },
    title: 'verify the result, item by item',
    how: 'sql',
    where: target.name,
    detail: 'write test, timeline, followers, slots, pg_hba both ways, servers connected, the old primary',
    verify: 'readings after the last step',
    ifStopped: 'Everything else is done.',
    maySkip: true,
    deadlineSeconds: 30,
  }
}

export const promotionReportKind = defineStep({
  kind: 'promotion-report',
  version: 1,
  args: form,
  plan: planPromotionReport,
  isReadOnly: true,
  async run(args, tools) {
    for (const line of await linesOf(args, tools, await lossOf(args, tools))) tools.writeOutput(line)
  },
  async verify(args, tools): Promise<Verification> {
    const target = args.target
    const loss = await lossOf(args, tools)
    const lines = await linesOf(args, tools, loss)
    const view = findDatabase(tools.view(), target)
    if (!view || !isWritable(view)) return { result: 'not-yet', why: `${target} is not verified as writable` }
    return { result: 'yes', evidence: lines.join('; '), proof: toLossProof(loss) }
  },
})

async function linesOf(args: Args, tools: ActionToolbox, loss: ProvenLoss): Promise<readonly string[]> {
  const target = args.target
  const clusterView = await tools.refresh(['hba'])
  const written = await writeTestKind.verify({ database: target, timeline: args.timeline }, tools)
  const stopped = stopEvidenceText(tools)
  const followers = args.followers.map((id) => streamingFrom(clusterView, id, target).words)
  return [
    `write test: ${written.result === 'yes' ? written.evidence : written.why}`,
    ...commitWords(clusterView, target),
    `lost: ${loss.text}`,
    followers.length === 0 ? 'followers: none' : `followers: ${followers.join(', ')}`,
    `slots: ${slotWords(clusterView, target)}`,
    `pg_hba: ${hbaWords(clusterView, target)}`,
    ...serverWords(clusterView, target),
    oldWords(clusterView, target, args.primary),
    ...(stopped === null ? [] : [`old primary stopped: ${stopped}`]),
  ]
}

/** Returns the loss as the steps proved it. If no step had to prove it, the plan's figures. */
async function lossOf(args: Args, tools: ActionToolbox): Promise<ProvenLoss> {
  const clusterView = tools.view()
  const [target, primary] = [args.target, args.primary]
  const names = {
    targetName: databaseName(clusterView, target),
    primaryName: primary === null ? 'the old primary' : databaseName(clusterView, primary),
  }
  const proven = await provenLoss({ target, before: args.timeline, ...names }, tools)
  return proven ?? (args.isPlanned ? UNPROVEN : announced(args))
}

/** A planned change whose record lacks the step that waited for all WAL. */
const UNPROVEN: ProvenLoss = {
  bytes: null,
  bound: null,
  ageSeconds: null,
  text: 'unknown, as nothing proved that everything was received',
}

function announced(args: Args): ProvenLoss {
  const bytes = args.lossBytes
  const ageSeconds = args.lossAgeSeconds
  if (args.lossBound === 'none-confirmed') {
    const asOf = ageSeconds === null ? '' : `, ${formatAge(ageSeconds * 1000)} before this run began`
    const words = `no commit that was confirmed by its last reading${asOf}, ${UNLESS_SYNC_COMMIT_OFF}; what it confirmed after that is unknown`
    return { bytes: bytes < 0 ? null : bytes, bound: 'none-confirmed', ageSeconds, text: words }
  }
  if (bytes < 0) return { ...UNPROVEN, text: 'unknown: how much it lacks of what the old primary wrote last' }
  const before = ageSeconds === null ? '' : `, ${formatAge(ageSeconds * 1000)} before this run began`
  const words =
    bytes === 0
      ? `unknown: what the old primary wrote after it was last seen${before}`
      : `at least ${formatBytes(bytes)}, by what was last seen of the old primary${before}; what it wrote after that is unknown`
  return { bytes, bound: 'at-least', ageSeconds, text: words }
}

/** The write test waits for no standby; commits of users do. */
function commitWords(clusterView: PlanningView, target: string): readonly string[] {
  const pulse = findDatabase(clusterView, target)?.pulse
  const waits = pulse ? commitWaitsOf(pulse) : null
  return waits?.kind === 'too-few' ? [`commits: ${commitWaitsText(waits)}`] : []
}

function slotWords({ picture }: PlanningView, target: string): string {
  const slots = picture.slots.filter(({ databaseId, type }) => databaseId === target && type === 'physical')
  if (slots.length === 0) return 'none'
  return slots.map(({ name, active }) => `${name} ${active ? 'active' : 'inactive: it retains WAL'}`).join(', ')
}

function hbaWords({ snapshot, picture }: PlanningView, target: string): string {
  const { entries } = auditOfNode(auditHba(hbaAuditInput(snapshot, picture, profileOf(snapshot.spec.profile))), target)
  const known = entries.filter(({ result }) => result !== 'unknown')
  if (known.length === 0) return 'unknown, pgdeck has not read the rules'
  const refused = known.filter(({ result }) => ['missing', 'rejected', 'fails'].includes(result))
  if (refused.length === 0) return 'allows all checked connections, both ways'
  return `refuses ${[...new Set(refused.map(({ connection }) => `${connection.from} at ${connection.to}`))].join(', ')}`
}

function serverWords({ picture }: PlanningView, target: string): readonly string[] {
  const view = picture.databases.find(({ id }) => id === target)
  if (!view || picture.servers.length === 0) return []
  const { configured, active } = view.servers
  return [`servers connected to it: ${active ?? '?'} of ${configured} that are configured to use it`]
}

function oldWords(clusterView: PlanningView, target: string, primary: string | null): string {
  if (primary === null) return 'old primary: none'
  const view = findDatabase(clusterView, primary)
  const participants = promotionParticipants(clusterView, target)
  const again = participants
    ? writableOfSameSystem(clusterView, participants.target).find(({ id }) => id === primary)
    : undefined
  if (again) return `old primary: ${again.name} IS WRITABLE: fence it at once (pgdeck do fence ${again.id})`
  if (!view) return `old primary: ${primary} is no longer watched`
  if (!view.problem) return `old primary: ${streamingFrom(clusterView, primary, target).words}`
  const since = formatAge(clusterView.now - view.problem.since)
  const how = isFromTarget(view.problem) || isUnasked(view.problem) ? 'can’t be read' : 'is down'
  return `old primary: ${view.name} ${how} for ${since} and watched: if it becomes writable again, pgdeck raises split-brain`
}
