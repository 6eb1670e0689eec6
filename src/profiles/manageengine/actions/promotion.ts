// The vendor's promotion of a read-only server, in the order that begins a new timeline or in the documented order.

import { type AttachingPlan, planAttaching, withAdmission } from '../../../actions/add-hba-entry/attaching.ts'
import { mayExecuteFunction } from '../../../actions/checks/privilege.ts'
import type {
  ActionField,
  ActionRequest,
  ActionToolbox,
  ClusterView,
  Draft,
  PlanningView,
  PreflightCheck,
} from '../../../actions/definition/action.ts'
import type { PromotionParticipants } from '../../../actions/definition/participants.ts'
import type { ProfilePromotion } from '../../../actions/definition/profile-actions.ts'
import { findServer } from '../../../actions/definition/target.ts'
import { type EntryPointPlan, planEntryPoints } from '../../../actions/entry-points/plan-entry-points.ts'
import { databaseServiceOf } from '../../../actions/hosts/service.ts'
import { promotionChecks } from '../../../actions/promotion/checks.ts'
import { failoverImpact, promotionDanger } from '../../../actions/promotion/cost.ts'
import { promotionSlotsStep, repointSteps } from '../../../actions/promotion/planned-steps.ts'
import { promoteStandbyKind } from '../../../actions/promotion/promote-standby.ts'
import { writeTestKind } from '../../../actions/promotion/write-test.ts'
import { stopDatabaseKind } from '../../../actions/steps/stop-database.ts'
import type { ServerView } from '../../../model/picture/picture.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { fileEditStep, planFileEdits } from '../files/file-edits.ts'
import { productInstallationOn } from '../roles/installation.ts'
import type { PromotedInstallation } from '../roles/promoted-installation.ts'
import { formerDatabases, formerServers, installationHostId, serverUsing } from '../roles/server-roles.ts'
import { recordActingKind, SAME_TIMELINE_WARNING } from '../steps/record-acting.ts'
import { productReportKind } from '../steps/report.ts'
import { productServiceKind } from '../steps/service.ts'
import { verifyServingKind } from '../steps/verify-serving.ts'
import {
  formerServersDown,
  installationFilesCheck,
  installationServiceCheck,
  keyFileCheck,
  serverCertificateCheck,
} from './checks.ts'
import { readOnlyCleanupSteps, standbySlotOf } from './script-steps.ts'
import { removeStandbySignalStep } from './standby-signal.ts'

/** The profile's own fields of `promote`. */
const VENDOR_ORDER_FIELD: ActionField = {
  name: 'vendor-order',
  explains: `in the order of the vendor's document, without a new timeline (${SAME_TIMELINE_WARNING})`,
  kind: 'boolean',
  required: false,
  defaultText: 'false: pg_promote() first, with a new timeline',
}

/** `promote` of a read-only server, by the vendor's procedure. */
export const manageEnginePromotion: ProfilePromotion = {
  fields: [VENDOR_ORDER_FIELD],
  // The product promotes servers: a server as target stands for its database.
  databaseOf: (clusterView, target) => findServer(clusterView, target)?.databaseId ?? target,
  draft(participants, clusterView, request, tools) {
    const server = readOnlyServer(clusterView, participants.target.id)
    return server ? promotionDraft(participants, server, clusterView, request, tools) : null
  },
  whyNotGeneral: ({ input }) =>
    input[VENDOR_ORDER_FIELD.name] === 'true'
      ? `${VENDOR_ORDER_FIELD.name} is for read-only servers of the vendor’s profiles`
      : null,
  // The product’s other servers would keep their type. The only way back is backup and restore.
  whyNoSwitchover: (clusterView, database) =>
    readOnlyServer(clusterView, database)
      ? 'the vendor’s read-only server takes over only if the primary is lost (promote), and returns by failback'
      : null,
}

/** Returns the read-only server that the vendor's procedure promotes; null if the general plan applies. */
function readOnlyServer(clusterView: ClusterView, database: string): ServerView | null {
  const server = serverUsing(clusterView, database)
  return server?.type === 'read-only' ? server : null
}

async function promotionDraft(
  participants: PromotionParticipants,
  server: ServerView,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  // The procedure is for a failed primary: it stops none, and a primary that answers blocks it.
  const scene: PromotionParticipants = { ...participants, isPrimaryUp: false }
  const { target, primary } = scene
  const documented = request.input[VENDOR_ORDER_FIELD.name] === 'true'
  const installation = await productInstallationOn(installationHostId(clusterView, server.id, target.id), tools)
  const service = primary ? await databaseServiceOf(primary.id, tools) : null
  const promoted: PromotedInstallation = { participants: scene, server, installation, service, documented }
  const edits = await planFileEdits(installation, tools)
  const byRequest = request.target === server.id ? { confirm: server.name } : {}
  const attaching = await planAttaching(
    { upstream: target, followers: scene.standbys.map(({ id }) => id), servers: [server.id] },
    tools,
  )
  const users = await planEntryPoints({ primary, target, pauses: false }, tools)
  const impact = failoverImpact(scene, clusterView)
  const fork = documented ? ` No new timeline begins: ${SAME_TIMELINE_WARNING}.` : ''
  return {
    ...byRequest,
    target: { id: target.id, name: target.name },
    title: `promote ${server.name} with ${target.name}${primary ? ` in place of ${primary.name}, which is down` : ''}${documented ? ', in the documented order' : ''}`,
    danger: promotionDanger(scene, clusterView),
    impact: withAdmission(
      {
        ...impact,
        serversAffected: [...new Set([...impact.serversAffected, server.name])],
        orphans: [...impact.orphans, ...orphansOf(promoted, clusterView)],
        sessionsCut: target.problem ? 0 : (target.pulse?.sessions.total ?? null),
        statement: `${firstSentence(impact.statement)} ${server.name} restarts for it. The old primary must not start again before the backup of ${server.name} is restored there.${fork}`,
        servingAfter: `users write through ${server.name}, and schedules run there`,
      },
      attaching,
    ),
    input: request.input,
    checks: [
      ...generalChecks(promoted, clusterView, attaching),
      formerServersDown(formerServers(clusterView, server.id).map(({ id }) => id)),
      installationFilesCheck(edits, installation),
      installationServiceCheck(installation),
      keyFileCheck(installation),
      serverCertificateCheck(server.id),
      ...(documented ? [sameTimeline(target.name)] : []),
      ...users.checks,
    ],
    steps: [
      ...attaching.steps,
      ...(primary && service ? [stopDatabaseKind.plan({ id: 'fence-old-primary', view: primary, service })] : []),
      ...(await fenceOthers(promoted, clusterView, tools)),
      ...(await conversion(promoted, edits, clusterView, tools)),
      ...(await readOnlyCleanupSteps(promoted, clusterView, standbySlotOf(clusterView, target), tools)),
      ...(await proof(promoted, users, tools)),
    ],
  }
}

/** The cost only: the old primary is treated differently here. */
function firstSentence(statement: string): string {
  return /^.*?\.(?=\s[A-Za-z]|$)/s.exec(statement)?.[0] ?? statement
}

/** The order of the conversion: the step that begins the new timeline first, or the documented order. */
async function conversion(
  promoted: PromotedInstallation,
  edits: Awaited<ReturnType<typeof planFileEdits>>,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { participants, server, installation, service, documented } = promoted
  const { target } = participants
  const databases = formerDatabases(clusterView, target, server.id).map(({ id }) => id)
  const primary = participants.primary && !databases.includes(participants.primary.id) ? [participants.primary.id] : []
  const note = recordActingKind.plan({
    database: target,
    server,
    sameTimeline: documented,
    formerDatabases: [...databases, ...primary],
    formerServers: formerServers(clusterView, server.id).map(({ id }) => id),
  })
  const common = { installation, server, database: target }
  // In the documented order this step begins the promotion: the walreceiver must have ended by itself before.
  const receivers = {
    receiversOf: target.id,
    primaryHost: service?.host ?? null,
    primaryData: service?.dataDirectory ?? null,
  }
  const stop = productServiceKind.plan({
    ...common,
    id: 'stop-service',
    to: 'stopped',
    withDatabase: documented,
    asPrimary: false,
    ...(documented ? { receivers } : {}),
  })
  const start = productServiceKind.plan({
    ...common,
    id: 'start-service',
    to: 'started',
    withDatabase: true,
    asPrimary: true,
  })
  const files = [
    await removeStandbySignalStep(installation, target.id, documented, tools),
    ...edits.map((edit) => fileEditStep(edit, installation, target.id)),
  ]
  return documented
    ? [stop, ...files, start, note]
    : [promoteStandbyKind.plan({ participants, service }), note, stop, ...files, start]
}

/** Other servers that must stop serving: former servers on hosts of their own. */
async function fenceOthers(
  { server, participants }: PromotedInstallation,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const primaryHost = participants.primary ? installationHostId(clusterView, null, participants.primary.id) : null
  const others = formerServers(clusterView, server.id).filter((each) => {
    const host = installationHostId(clusterView, each.id, each.databaseId ?? '')
    return host !== null && host !== primaryHost && each.portOpen !== false
  })
  const steps: PlannedStep[] = []
  for (const other of others) {
    const installation = await productInstallationOn(
      installationHostId(clusterView, other.id, other.databaseId ?? ''),
      tools,
    )
    steps.push({
      ...productServiceKind.plan({
        id: `fence-${other.id}`,
        installation,
        server: other,
        database: null,
        to: 'stopped',
        withDatabase: false,
        asPrimary: false,
      }),
      title: `stop ${other.name}: it must not serve again before the restore`,
      ifStopped: `${other.name} is stopped, and nothing is promoted.`,
      maySkip: true,
    })
  }
  return steps
}

async function proof(
  promoted: PromotedInstallation,
  users: EntryPointPlan,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { documented, installation, server } = promoted
  // Without a new timeline, the old timeline is not a failure.
  const scene = documented
    ? { ...promoted.participants, target: { ...promoted.participants.target, timeline: null } }
    : promoted.participants
  const repoint = await repointSteps(scene, tools)
  const next = `next: bring the primary back, then pgdeck do failback ${server.id}; nothing else may start before`
  return [
    writeTestKind.plan(scene.target),
    ...users.release,
    verifyServingKind.plan({ installation, server, database: scene.target }),
    ...repoint.steps,
    await promotionSlotsStep(scene, repoint.slots, [], tools),
    ...users.byHand,
    ...users.proof,
    productReportKind.plan({ participants: scene, sameTimeline: documented, next: [next] }),
  ]
}

function generalChecks(
  { participants, service, documented }: PromotedInstallation,
  clusterView: PlanningView,
  attaching: AttachingPlan,
): readonly PreflightCheck[] {
  const isFenced = service !== null && service.control !== 'manual'
  const privilege = mayExecuteFunction(participants.target.id, '').id
  return promotionChecks(participants, clusterView, { isFenced, service, attaching }).flatMap((check) => {
    if (documented && check.id === privilege) return []
    return check.id === 'no-other-primary' ? [withHint(check, HINT)] : [check]
  })
}

const HINT = 'This procedure is for a primary that can’t return. Stop it for good first: pgdeck do fence.'

function withHint(check: PreflightCheck, hint: string): PreflightCheck {
  return {
    ...check,
    async run(clusterView, draft, tools) {
      const finding = await check.run(clusterView, draft, tools)
      return finding?.result === 'fail' ? { ...finding, hint } : finding
    },
  }
}

function sameTimeline(name: string): PreflightCheck {
  return {
    id: 'same-timeline',
    mayOverride: true,
    run: () => ({
      result: 'warn',
      message: `the documented order begins no new timeline on ${name}: ${SAME_TIMELINE_WARNING}`,
      hint: 'Without --set vendor-order=true, pg_promote() comes first: then the old primary has another timeline.',
    }),
  }
}

function orphansOf({ server, participants }: PromotedInstallation, clusterView: PlanningView): readonly string[] {
  const names = [...formerServers(clusterView, server.id).map(({ name }) => name)]
  const who = names.length > 0 ? names.join(', ') : (participants.primary?.name ?? 'the old primary')
  return [
    `${who} must not start again before the backup of ${server.name} is restored there (pgdeck do failback)`,
    `${server.name} can’t become a read-only server again: decommission it after the failback`,
  ]
}
