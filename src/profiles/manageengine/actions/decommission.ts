// `decommission` of the vendor's profiles: removes a read-only or acting server for good, with its slot and its lines
// in pg_hba.conf.

import {
  type ActionToolbox,
  type ClusterView,
  type Draft,
  PlanError,
  type PlanningView,
  type PreflightCheck,
  type PreflightResult,
} from '../../../actions/definition/action.ts'
import { writableOfSameSystem } from '../../../actions/definition/participants.ts'
import type { ProfilePlan } from '../../../actions/definition/profile-actions.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import { promotionSlotsKind } from '../../../actions/promotion/promotion-slots.ts'
import { mayManageSlots } from '../../../actions/repoint/physical-slots.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { readActingPrimary } from '../roles/acting-store.ts'
import { productInstallationOn } from '../roles/installation.ts'
import { installationHostId, serverUsing } from '../roles/server-roles.ts'
import { recordRemovalKind } from '../steps/record-acting.ts'
import { productServiceKind } from '../steps/service.ts'
import { installationServiceCheck } from './checks.ts'
import { hbaCleanupSteps } from './hba-cleanup.ts'
import { standbySlotOf } from './script-steps.ts'

/** The server that is removed, with the database that only it uses. */
interface LeavingServer {
  readonly database: DatabaseView
  readonly server: ServerView | null
}

export const manageEngineDecommission: ProfilePlan = {
  fields: [],
  whyNot(clusterView, target) {
    const parts = leavingOf(clusterView, target)
    return typeof parts === 'string' ? parts : null
  },
  async draft(clusterView, request, tools): Promise<Draft> {
    const parts = leavingOf(clusterView, request.target)
    if (typeof parts === 'string') throw new PlanError(`decommission: ${parts}`)
    const { database, server } = parts
    const installation = await productInstallationOn(
      installationHostId(clusterView, server?.id ?? null, database.id),
      tools,
    )
    const stays = stayingPrimary(clusterView, database)
    const slot = standbySlotOf(clusterView, database)
    const asked = findServer(clusterView, request.target) ?? database
    const name = (server ?? database).name
    const stop = productServiceKind.plan({
      id: 'stop-service',
      installation,
      server,
      database,
      to: 'stopped',
      withDatabase: true,
      asPrimary: false,
    })
    return {
      target: { id: asked.id, name: asked.name },
      title: `decommission ${name}`,
      danger: 'outage',
      impact: {
        lossBytes: 0,
        lossSeconds: 0,
        writableInSeconds: null,
        sessionsCut: database.problem ? 0 : (database.pulse?.sessions.total ?? null),
        serversAffected: server ? [server.name] : [],
        orphans: [`there is no fallback until you build a new read-only server (pgdeck do build-read-only)`],
        statement: `${name} is stopped for good; its data stays.`,
      },
      input: request.input,
      checks: [notNeeded(parts), restoreDone(parts), installationServiceCheck(installation)],
      steps: [
        { ...stop, changes: [database.id], ifStopped: `${name} is stopped.` },
        ...(stays && slot !== null ? [await dropStep(stays, slot, tools)] : []),
        ...(stays ? await hbaCleanupSteps(stays, database, clusterView, tools) : []),
        recordRemovalKind.plan({ database: database.id, entries: configEntries(parts, clusterView) }),
      ],
    }
  },
}

function leavingOf(clusterView: ClusterView, target: string | null): LeavingServer | string {
  const asked = findServer(clusterView, target)
  const database = findDatabase(clusterView, asked?.databaseId ?? target)
  if (!database) return 'select a read-only server or its database first'
  const server = serverUsing(clusterView, database.id)
  const isActing = clusterView.snapshot.actingPrimary?.database === database.id
  if (asked && asked.id !== server?.id)
    return `${asked.name} shares ${database.name} with ${server?.name ?? 'others'}: stop its service instead`
  if (server?.type !== 'read-only' && !isActing) return `${(server ?? database).name} is not a read-only server`
  return { database, server }
}

/** The primary that stays, by a fresh reading. */
function stayingPrimary({ picture }: PlanningView, leaving: DatabaseView): DatabaseView | null {
  return picture.databases.find((view) => view.id !== leaving.id && isWritable(view)) ?? null
}

/** Fails if no other database is writable: the removed one would be the last with all data. */
function notNeeded({ database }: LeavingServer): PreflightCheck {
  return {
    id: 'not-needed',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, database.id) ?? database
      const others = writableOfSameSystem(clusterView, view)
      const other = stayingPrimary(clusterView, view)
      if (other) return { result: 'pass', message: `${other.name} is the primary, and stays`, hint: null }
      if (!isWritable(view) && others.length === 0) {
        const hint = 'While no primary runs it has the last copy of the data: start a primary first.'
        return {
          result: 'fail',
          message: `no other database is writable, so ${view.name} may still be needed`,
          hint,
        }
      }
      return {
        result: 'fail',
        message: `${view.name} is the only writable database`,
        hint: 'Go back first: pgdeck do failback.',
      }
    },
  }
}

/** Fails while the data that it wrote as the acting primary are on no other database. */
function restoreDone({ database }: LeavingServer): PreflightCheck {
  return {
    id: 'restore-done',
    mayOverride: true,
    run(_, __, tools): PreflightResult {
      const record = readActingPrimary(tools)
      if (record?.database !== database.id) return null
      if (record.restoredAt !== null)
        return { result: 'pass', message: 'its backup was restored on the primary and verified', hint: null }
      const hint =
        'pgdeck do failback does that. Overrule this if it was done without pgdeck, and give as the reason how it was verified.'
      return {
        result: 'fail',
        message: 'pgdeck has no record that the writes of the acting primary were restored',
        hint,
      }
    },
  }
}

async function dropStep(primary: DatabaseView, slot: string, tools: ActionToolbox): Promise<PlannedStep> {
  const { id, name } = primary
  return promotionSlotsKind.plan({
    id: 'drop-slot',
    primary,
    create: [],
    drop: [{ database: id, name, slot }],
    may: await mayManageSlots(id, tools).catch(() => false),
    title: `drop the slot ${slot} on ${name}: it would retain WAL without a client`,
    verify: `pg_replication_slots of ${name} has no ${slot}`,
  })
}

/** The entries to delete from the configuration. */
function configEntries({ database, server }: LeavingServer, { config }: PlanningView): readonly string[] {
  const cluster = config.spec.name
  const host = installationHostId({ config }, server?.id ?? null, database.id)
  const isOthers =
    config.servers.some(({ spec }) => spec.hostId === host && spec.id !== server?.id) ||
    config.databases.some(({ spec }) => spec.hostId === host && spec.id !== database.id)
  return [
    ...(server ? [`clusters "${cluster}", servers "${server.id}"`] : []),
    `clusters "${cluster}", databases "${database.id}"`,
    ...(host !== null && !isOthers ? [`clusters "${cluster}", hosts "${host}"`] : []),
  ]
}
