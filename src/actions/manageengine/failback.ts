// `failback` of the vendor's profiles: back from the acting primary to the recovered one, by backup and restore.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { type Impact, noImpact } from '../../model/runs/plan.ts'
import { formatAge, formatBytes } from '../../model/values/units.ts'
import { type CheckCode, type Draft, type Finding, PlanProblem } from '../definition/action.ts'
import type { ProfilePlan } from '../definition/by-profile.ts'
import { isWritable } from '../definition/participants.ts'
import { textOf, textsOf } from '../definition/step-arguments.ts'
import { databaseOf, serverOf } from '../definition/target.ts'
import { BACKUP_FOLDER } from './backup-step.ts'
import { certificateOf, keyFile, productService } from './checks.ts'
import { formerOf, type Return, returnOf, started } from './failback-participants.ts'
import { failbackSteps } from './failback-steps.ts'
import { type Installation, installationOn } from './installation/installation.ts'
import { hostIdOf } from './installation/profile-roles.ts'

export const vendorFailback: ProfilePlan = {
  fields: [BACKUP_FOLDER],
  whyNot(sight) {
    const parts = returnOf(sight)
    if (typeof parts === 'string') return parts
    return isWritable(parts.acting)
      ? null
      : `${parts.acting.name} does not take writes: nothing is to be brought back from it`
  },
  async draft(sight, request, tools): Promise<Draft> {
    const parts = returnOf(sight)
    if (typeof parts === 'string') throw new PlanProblem(`failback: ${parts}`)
    const { acting, actingServer, primary, primaryServer } = parts
    const from = await installationOn(hostIdOf(sight, actingServer?.id ?? null, acting.id), tools)
    const to = await installationOn(hostIdOf(sight, primaryServer?.id ?? null, primary.id), tools)
    const asked = serverOf(sight, request.target) ?? databaseOf(sight, request.target) ?? acting
    return {
      target: { id: asked.id, name: asked.name },
      title: `go back from ${(actingServer ?? acting).name} to ${(primaryServer ?? primary).name}, by backup and restore`,
      danger: 'data-loss',
      impact: impactOf(parts),
      input: request.input,
      checks: [
        actsAsPrimary(acting),
        nobodyStarted(parts),
        productService(from),
        { ...productService(to), id: 'primary-service' },
        keyFile(to),
        certificateOf(primaryServer?.id ?? null),
        room(acting, to),
      ],
      steps: await failbackSteps(parts, from, to, request.input[BACKUP_FOLDER.name] ?? null, sight, tools),
    }
  },
  stillHolds(plan, sight, done) {
    const measured = plan.steps.find(({ id }) => id === 'measure')
    const restore = plan.steps.find(({ id }) => id === 'restore')
    if (!measured || !restore || done.has('note-restored')) return null
    const former = {
      databases: textsOf(measured.args, 'formerDatabases'),
      servers: textsOf(measured.args, 'formerServers'),
    }
    // From the restore on it is this run that starts the primary, and its server.
    const restored = done.has('restore') ? textOf(restore.args, 'database') : null
    const isOurs = (id: string) => id === restored || serverOf(sight, id)?.databaseId === restored
    const [other] = started(former, sight).filter(({ id }) => restored === null || !isOurs(id))
    return other
      ? `${other.name} was started without the restore: stop it at once, its data is not the acting primary’s`
      : null
  },
}

function impactOf({ acting, actingServer, primary }: Return): Impact {
  const name = (actingServer ?? acting).name
  return {
    ...noImpact(''),
    lossBytes: null,
    lossSeconds: null,
    sessionsCut: acting.pulse?.sessions.total ?? null,
    serversAffected: actingServer ? [actingServer.name] : [],
    orphans: [`${name} is to be decommissioned: it can’t be a read-only server again`],
    statement: `${name} is stopped after its backup: nobody serves from then on, until ${primary.name} is restored and started. What users write between the backup and the stop is lost: keep them out from now on.`,
  }
}

function actsAsPrimary({ id }: DatabaseView): CheckCode {
  return {
    id: 'acting-primary',
    mayOverride: false,
    run(sight): Finding {
      const view = databaseOf(sight, id)
      const since = sight.snapshot.acting?.since
      const age = since === undefined ? '' : `, for ${formatAge(sight.now - since)}`
      if (view && isWritable(view))
        return { result: 'pass', message: `${view.name} acts as the primary${age}`, hint: null }
      const why = view?.problem?.message ?? 'it is in recovery'
      return { result: 'fail', message: `${view?.name ?? id} does not take writes: ${why}`, hint: null }
    },
  }
}

function nobodyStarted(parts: Return): CheckCode {
  return {
    id: 'started-without-restore',
    mayOverride: false,
    run(sight): Finding {
      const others = started(formerOf(parts, sight), sight)
      if (others.length === 0)
        return { result: 'pass', message: 'the old primary and secondary do not run', hint: null }
      const names = others.map(({ name }) => name).join(', ')
      return { result: 'fail', message: `${names} runs without the restore`, hint: 'Stop it first: pgdeck do fence.' }
    },
  }
}

/** The backup has to have room there, and what is made of it. */
function room({ id }: DatabaseView, to: Installation): CheckCode {
  return {
    id: 'disk',
    mayOverride: true,
    async run(_, __, tools): Promise<Finding> {
      const reach = tools.host(to.host)
      if (to.how === 'manual' || to.folder === null || !reach) return null
      const [row] = await tools.sql<{ bytes: string }>(id, {
        text: `SELECT pg_catalog.sum(pg_catalog.pg_database_size(oid))::pg_catalog.text AS bytes
          FROM pg_catalog.pg_database WHERE datallowconn`,
      })
      const { stdout } = await reach.run(['df', '-Pk', to.folder], { signal: tools.signal })
      const free = Number(stdout.trim().split('\n').at(-1)?.split(/\s+/)[3] ?? Number.NaN) * 1024
      const wanted = 2 * Number(row?.bytes ?? Number.NaN)
      if (Number.isNaN(free) || Number.isNaN(wanted))
        return { result: 'warn', message: 'free space is not known', hint: null }
      const message = `${formatBytes(free)} are free on ${to.host}, about ${formatBytes(wanted)} are needed`
      return { result: free < wanted ? 'fail' : 'pass', message, hint: free < wanted ? 'Make room there first.' : null }
    },
  }
}
