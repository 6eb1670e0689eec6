// `failback` of the vendor's profiles: from the acting primary back to the recovered one, by backup and restore.

import { type Draft, PlanError, type PreflightCheck, type PreflightResult } from '../../../actions/definition/action.ts'
import type { ProfilePlan } from '../../../actions/definition/profile-actions.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import { databaseSizeSql } from '../../../io/postgres/database-size.ts'
import { standbysOf } from '../../../model/picture/neighbours.ts'
import type { DatabaseView, Picture } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { type Impact, noImpact } from '../../../model/runs/plan.ts'
import { formatAge, formatBytes } from '../../../model/values/units.ts'
import {
  type FailbackParticipants,
  failbackParticipants,
  formerNodesOf,
  startedFormerNodes,
} from '../roles/failback-participants.ts'
import { type ProductInstallation, productInstallationOn } from '../roles/installation.ts'
import { installationHostId } from '../roles/server-roles.ts'
import { recordHoldingsKind } from '../steps/holdings.ts'
import { productRestoreKind } from '../steps/restore.ts'
import { WRITTEN_SINCE } from '../steps/written-since.ts'
import { installationServiceCheck, keyFileCheck, serverCertificateCheck } from './checks.ts'
import { manageEngineFailbackSteps } from './failback-steps.ts'
import { BACKUP_FOLDER_FIELD } from './script-steps.ts'

export const manageEngineFailback: ProfilePlan = {
  fields: [BACKUP_FOLDER_FIELD],
  whyNot(clusterView) {
    const parts = failbackParticipants(clusterView)
    if (typeof parts === 'string') return parts
    return isWritable(parts.actingPrimary)
      ? null
      : `${parts.actingPrimary.name} is not writable: it has nothing to bring back`
  },
  async draft(clusterView, request, tools): Promise<Draft> {
    const parts = failbackParticipants(clusterView)
    if (typeof parts === 'string') throw new PlanError(`failback: ${parts}`)
    const { actingPrimary, actingServer, primary, primaryServer } = parts
    const from = await productInstallationOn(
      installationHostId(clusterView, actingServer?.id ?? null, actingPrimary.id),
      tools,
    )
    const to = await productInstallationOn(
      installationHostId(clusterView, primaryServer?.id ?? null, primary.id),
      tools,
    )
    const asked = findServer(clusterView, request.target) ?? findDatabase(clusterView, request.target) ?? actingPrimary
    return {
      target: { id: asked.id, name: asked.name },
      title: `go back from ${(actingServer ?? actingPrimary).name} to ${(primaryServer ?? primary).name}, by backup and restore`,
      danger: 'data-loss',
      impact: impactOf(parts, clusterView.picture),
      input: request.input,
      checks: [
        actsAsPrimary(actingPrimary),
        nobodyStarted(parts),
        installationServiceCheck(from),
        { ...installationServiceCheck(to), id: 'primary-service' },
        keyFileCheck(to),
        serverCertificateCheck(primaryServer?.id ?? null),
        room(actingPrimary, to),
      ],
      steps: await manageEngineFailbackSteps(
        parts,
        from,
        to,
        request.input[BACKUP_FOLDER_FIELD.name] ?? null,
        clusterView,
        tools,
      ),
    }
  },
  abortReason(plan, clusterView, done) {
    const measured = plan.steps.find(({ id }) => id === 'measure')
    const restore = plan.steps.find(({ id }) => id === 'restore')
    if (!measured || !restore || done.has('note-restored')) return null
    const held = recordHoldingsKind.argsOf(measured)
    if (!held) return 'the run does not say who must not be started: plan it again'
    const former = { databases: held.formerDatabases, servers: held.formerServers }
    // From the restore on, this run itself starts the primary and its server.
    const restored = done.has('restore') ? (productRestoreKind.argsOf(restore)?.database ?? null) : null
    const isOurs = (id: string) => id === restored || findServer(clusterView, id)?.databaseId === restored
    const [other] = startedFormerNodes(former, clusterView).filter(({ id }) => restored === null || !isOurs(id))
    return other
      ? `${other.name} was started without the restore: stop it at once, its data is not that of the acting primary`
      : null
  },
}

function impactOf({ actingPrimary, actingServer, primary }: FailbackParticipants, picture: Picture): Impact {
  const name = (actingServer ?? actingPrimary).name
  const left = standbysBelow(picture, actingPrimary.id).filter(({ id }) => id !== primary.id)
  return {
    ...noImpact(''),
    lossBytes: null,
    lossSeconds: null,
    sessionsCut: actingPrimary.pulse?.sessions.total ?? null,
    serversAffected: actingServer ? [actingServer.name] : [],
    orphans: [
      `decommission ${name}: it can’t become a read-only server again`,
      ...left.map((view) => `${view.name} holds the data of ${actingPrimary.name}: build it anew from ${primary.name}`),
    ],
    statement: `${name} is stopped after its backup: no server serves the users from then on, until ${primary.name} is restored and started. Writes between the backup and the stop are lost: keep users out from now on; the step ${WRITTEN_SINCE} measures them.`,
  }
}

/** Those that replicate from it, directly or through others. */
function standbysBelow(picture: Picture, id: string): readonly DatabaseView[] {
  return standbysOf(picture, id).flatMap((view) => [view, ...standbysBelow(picture, view.id)])
}

function actsAsPrimary({ id }: DatabaseView): PreflightCheck {
  return {
    id: 'acting-primary',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, id)
      const since = clusterView.snapshot.actingPrimary?.since
      const age = since === undefined ? '' : `, for ${formatAge(clusterView.now - since)}`
      if (view && isWritable(view))
        return { result: 'pass', message: `${view.name} acts as the primary${age}`, hint: null }
      const name = view?.name ?? id
      const problem = view?.problem
      if (!problem) return { result: 'fail', message: `${name} is not writable: it is in recovery`, hint: null }
      const message = `whether ${name} is still writable is unknown: ${problem.message}`
      return { result: 'fail', message, hint: `Plan again once ${name} answers.` }
    },
  }
}

function nobodyStarted(parts: FailbackParticipants): PreflightCheck {
  return {
    id: 'started-without-restore',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const others = startedFormerNodes(formerNodesOf(parts, clusterView), clusterView)
      if (others.length === 0)
        return { result: 'pass', message: 'the old primary and secondary do not run', hint: null }
      const names = others.map(({ name }) => name).join(', ')
      return { result: 'fail', message: `${names} runs without the restore`, hint: 'Stop it first: pgdeck do fence.' }
    },
  }
}

/** Needs room for the backup and for what the tool unpacks. */
function room({ id }: DatabaseView, to: ProductInstallation): PreflightCheck {
  return {
    id: 'disk',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const connection = tools.host(to.host)
      if (to.control === 'manual' || to.folder === null || !connection) return null
      const [row] = await tools.sql<{ bytes: string }>(id, {
        text: `SELECT pg_catalog.sum(${databaseSizeSql()})::pg_catalog.text AS bytes
          FROM pg_catalog.pg_database WHERE datallowconn`,
      })
      const { stdout } = await connection.run(['df', '-Pk', to.folder], { signal: tools.signal })
      const free = Number(stdout.trim().split('\n').at(-1)?.split(/\s+/)[3] ?? Number.NaN) * 1024
      const wanted = 2 * Number(row?.bytes ?? Number.NaN)
      if (Number.isNaN(free) || Number.isNaN(wanted))
        return { result: 'warn', message: 'free space is unknown', hint: null }
      const message = `${formatBytes(free)} are free on ${to.host}, about ${formatBytes(wanted)} are needed`
      return {
        result: free < wanted ? 'fail' : 'pass',
        message,
        hint: free < wanted ? 'Free space there first.' : null,
      }
    },
  }
}
