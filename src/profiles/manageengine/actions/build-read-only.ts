// `build-read-only`: builds a new read-only server of the vendor's product from a setup pack of the primary. No tool is
// known that makes the pack, so a person makes it, and pgdeck verifies each effect.

import {
  type Action,
  type ClusterView,
  type Draft,
  PlanError,
  type PreflightCheck,
  type PreflightResult,
} from '../../../actions/definition/action.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import { waitStreamingKind } from '../../../actions/steps/wait-streaming.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { type ProductInstallation, productInstallationOn } from '../roles/installation.ts'
import { installationHostId, isManageEngine } from '../roles/server-roles.ts'
import { configuredReadOnlyKind, copyFileKind, fileExistsKind, readOnlyBefore } from '../steps/files.ts'
import { productServiceKind } from '../steps/service.ts'
import { keyFileCheck } from './checks.ts'

interface Parts {
  readonly server: ServerView
  readonly database: DatabaseView
  readonly primary: DatabaseView
  readonly primaryServer: ServerView | null
}

interface Places {
  readonly from: ProductInstallation
  readonly to: ProductInstallation
  /** See `readOnlyBefore`. */
  readonly before: number | null
}

export const buildReadOnlyAction: Action = {
  name: 'build-read-only',
  title: 'build a new read-only server',
  explains: 'From a setup pack that the primary makes: transfers, configures and starts it, until it streams.',
  key: null,
  danger: 'outage',
  target: 'node',
  locks: 'cluster',
  fields: [
    {
      name: 'pack',
      explains: 'the path of the setup pack on the primary’s host, as the product prints it',
      kind: 'text',
      required: false,
      isAsked: true,
      defaultText: 'unknown: you confirm when it is there',
    },
  ],
  whyNot(clusterView, target) {
    const parts = partsOf(clusterView, target)
    return typeof parts === 'string' ? parts : null
  },
  async draft(clusterView, request, tools): Promise<Draft> {
    const parts = partsOf(clusterView, request.target)
    if (typeof parts === 'string') throw new PlanError(`build-read-only: ${parts}`)
    const { server, database, primary, primaryServer } = parts
    const from = await productInstallationOn(
      installationHostId(clusterView, primaryServer?.id ?? null, primary.id),
      tools,
    )
    const to = await productInstallationOn(installationHostId(clusterView, server.id, database.id), tools)
    return {
      target: { id: server.id, name: server.name },
      title: `build ${server.name} as a new read-only server of ${primary.name}`,
      danger: 'outage',
      impact: {
        lossBytes: 0,
        lossSeconds: 0,
        writableInSeconds: null,
        sessionsCut: primary.pulse?.sessions.total ?? null,
        serversAffected: primaryServer ? [primaryServer.name] : [],
        orphans: [],
        statement: `${(primaryServer ?? primary).name} is stopped while it makes its setup pack: it serves no users until it is started again.`,
      },
      input: request.input,
      checks: [primaryWrites(primary), targetIsFree(database), keyFileCheck(from)],
      steps: stepsOf(parts, { from, to, before: await readOnlyBefore(to, tools) }, request.input.pack ?? null),
    }
  },
}

function partsOf(clusterView: ClusterView, target: string | null): Parts | string {
  if (!isManageEngine(clusterView.snapshot.spec.profile))
    return 'this is for the vendor’s profiles; here rebuild-replica builds a standby'
  const server =
    findServer(clusterView, target) ??
    clusterView.picture.servers.find(({ databaseId }) => target !== null && databaseId === target)
  if (server?.type !== 'read-only') return 'select a read-only server first: the new one has to be in the config'
  const database = findDatabase(clusterView, server.databaseId)
  if (!database) return `${server.name} has no database in the config`
  const primary = clusterView.picture.databases.find((view) => view !== database && isWritable(view))
  if (!primary) return 'no primary that it could be built from answers'
  const primaryServer = clusterView.picture.servers.find(
    (view) => view.databaseId === primary.id && view.type === 'primary',
  )
  return { server, database, primary, primaryServer: primaryServer ?? null }
}

function primaryWrites({ id }: DatabaseView): PreflightCheck {
  return {
    id: 'primary',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, id)
      if (view && isWritable(view)) return { result: 'pass', message: `${view.name} is the primary`, hint: null }
      return { result: 'fail', message: `${id} is not writable`, hint: null }
    },
  }
}

/** Fails if a server runs in its place: a former acting primary can't become a read-only server again. */
function targetIsFree({ id, name }: DatabaseView): PreflightCheck {
  return {
    id: 'place-is-free',
    mayOverride: true,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, id)
      if (view && view.problem === null && view.pulse) {
        const role = isWritable(view) ? 'a primary' : 'a standby'
        return {
          result: 'fail',
          message: `${name} runs there as ${role}`,
          hint: 'Decommission it first: pgdeck do decommission.',
        }
      }
      return { result: 'pass', message: `no server runs at the place of ${name}`, hint: null }
    },
  }
}

function stepsOf(
  { server, database, primary, primaryServer }: Parts,
  { from, to, before }: Places,
  pack: string | null,
): readonly PlannedStep[] {
  const primaryService = { installation: from, server: primaryServer, database: primary, withDatabase: false } as const
  const stop = productServiceKind.plan({ ...primaryService, id: 'stop-primary', to: 'stopped', asPrimary: false })
  const start = productServiceKind.plan({ ...primaryService, id: 'start-primary', to: 'started', asPrimary: true })
  return [
    stop,
    fileExistsKind.plan({
      id: 'setup-pack',
      host: from.host,
      path: pack,
      title: 'make the setup pack of a read-only server on the primary, by hand',
      detail: `On ${from.host ?? primary.name}, by the product’s document on its read-only server: make the setup pack for ${server.dnsName}`,
      ifStopped: 'The primary’s service is stopped: undo starts it again.',
    }),
    { ...start, changes: [], ifStopped: `${(primaryServer ?? primary).name} may be starting.` },
    copyFileKind.plan({ id: 'transfer', from, path: pack, to, what: 'the setup pack' }),
    configuredReadOnlyKind.plan({ installation: to, name: server.name, before }),
    productServiceKind.plan({
      id: 'start-service',
      installation: to,
      server,
      database,
      to: 'started',
      withDatabase: true,
      asPrimary: false,
    }),
    waitStreamingKind.plan({
      id: 'verify-streaming',
      database: database.id,
      upstream: primary.id,
      startedAfter: null,
      title: `verify that ${database.name} streams from ${primary.name}`,
      how: 'sql',
      where: primary.name,
      detail: 'SELECT * FROM pg_catalog.pg_stat_replication;',
      verify: `pg_stat_replication of ${primary.name} shows it streaming`,
      ifStopped: 'Everything else is done.',
      maySkip: true,
      changes: [database.id],
      deadlineSeconds: 120,
    }),
  ]
}
