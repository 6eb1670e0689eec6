// The servers that an action works on through their hosts: what was read there for the plan, and whether it is
// unchanged.

import type { ActionToolbox, Draft, PlanningView, PreflightResult } from '../../../actions/definition/action.ts'
import { postmasterOwner } from '../../../actions/hosts/postmaster-owner.ts'
import { inspectableHost, serverOnHost } from '../../../actions/hosts/server-on-host.ts'
import { copyUpstreamKind } from '../../../actions/rebuild-replica/copy-upstream.ts'
import type { HostConfig } from '../../../config/config.ts'
import { isOtherSystem } from '../../../model/measured/server-identity.ts'
import {
  isSamePostmaster,
  postmasterText,
  type ServerOnHost,
  type ServersOnHosts,
  whyOtherPostmaster,
} from '../../../model/measured/server-on-host.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { restartsOf } from '../../../profiles/step-kinds.ts'
import { acceptedSystems, restartingStep } from './accepted-servers.ts'
import { textsInJson } from './same-servers.ts'

type HostTools = Pick<ActionToolbox, 'config' | 'host'>

/** Ids of the databases whose data or service a step works on through their hosts. */
function databasesOnHosts({ args, how }: PlannedStep, tools: HostTools): readonly string[] {
  if (how !== 'ssh' && how !== 'local' && how !== 'file') return []
  const texts = [...textsInJson(args)]
  return tools.config.databases.flatMap(({ spec: { id } }) => {
    const host = inspectableHost(id, tools)
    if (!host) return []
    const isNamed = texts.includes(id) && (how === 'file' || texts.includes(host.id))
    return isNamed || texts.some((text) => isWithin(text, host)) ? [id] : []
  })
}

function isWithin(path: string, { dataDirectory }: HostConfig): boolean {
  return dataDirectory !== null && path.startsWith(`${dataDirectory.replace(/\/+$/, '')}/`)
}

/** Reads from the hosts everything that the steps work on there. */
export async function readServersOnHosts(steps: readonly PlannedStep[], tools: ActionToolbox): Promise<ServersOnHosts> {
  const ids = [...new Set(steps.flatMap((step) => databasesOnHosts(step, tools)))]
  return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await serverOnHost(id, tools)] as const)))
}

/**
 * Fails if the configured data directory belongs to another server than the one that was read. Warns if that can't be
 * determined. null: neither.
 */
export async function checkServersOnHosts(
  draft: Draft,
  onHosts: ServersOnHosts,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<PreflightResult> {
  const { picture, config } = clusterView
  const verdicts = await Promise.all(
    picture.databases.map(async (view) => {
      const there = onHosts[view.id] ?? null
      return whyNotThere(view, there) ?? (await whoseInstead(view, there, tools))
    }),
  )
  const problems = verdicts.flatMap((each) => (typeof each === 'string' ? [each] : []))
  const unclear = verdicts.flatMap((each) => (typeof each === 'object' && each !== null ? [each.unclear] : []))
  if (problems.length === 0 && unclear.length === 0) return null
  if (problems.length === 0) return { result: 'warn', message: unclear.join('; '), hint: UNCLEAR_HINT }
  const places = config.hosts.map(({ id }) => id).join(', ')
  return {
    result: 'fail',
    message: problems.join('; '),
    hint: `Correct "host" of the database, or "dataDirectory" of its host (${places}), in the config: the action would change another server.`,
    // A rebuild puts the data aside, and the check same-system has a reason of its own.
    mayOverride: draft.steps.some(({ kind }) => kind === copyUpstreamKind.kind),
  }
}

function whyNotThere(view: DatabaseView, server: ServerOnHost | null) {
  if (!server) return null
  const { id, name, systemIdentifier, identity, problem } = view
  if (isOtherSystem(view, server))
    return `the data directory of ${id} on its host has system identifier ${server.systemIdentifier}, ${name} has ${systemIdentifier}`
  if (problem !== null || !identity) return null
  if (!server.postmaster) return `${name} answers, and no postmaster runs in its data directory on its host`
  const why = whyOtherPostmaster(server.postmaster, identity)
  return why && `the postmaster in the data directory of ${id} on its host is not ${name}: ${why}`
}

const UNCLEAR_HINT = 'Check on the host which server it is, by its process id: the config may name the wrong host.'

/** If servers with the same port started within minutes, as after a power cut, it may be that of another database. */
async function whoseInstead(
  view: DatabaseView,
  server: ServerOnHost | null,
  tools: ActionToolbox,
): Promise<string | { readonly unclear: string } | null> {
  const connection = tools.host(inspectableHost(view.id, tools)?.id ?? null)
  if (!server?.postmaster || !connection) return null
  const owner = await postmasterOwner(server.postmaster, view, connection, tools)
  if (owner.kind === 'unclear') {
    const which = `whether ${postmasterText(server.postmaster)} in the data directory of ${view.id} on its host is ${view.name} or ${owner.name}`
    return { unclear: `${which} is unknown: both listen on that port and were started at about that time` }
  }
  return owner.kind === 'other'
    ? `the postmaster in the data directory of ${view.id} on its host is ${owner.name}, not ${view.name}`
    : null
}

/** Why a step may not work on the server on a database's host; null if it may, or if the host can't tell. */
function whyNotOnHost(run: Run, planned: PlannedStep, database: string, server: ServerOnHost | null): string | null {
  if (!server) return null
  const systems = acceptedSystems(run, database)
  const { systemIdentifier, postmaster } = server
  if (systems !== null && systems.length > 0 && systemIdentifier !== null && !systems.includes(systemIdentifier))
    return `the data directory of ${database} has system identifier ${systemIdentifier} now; it was ${systems[0]} when this was planned`
  const noted = run.servers[database]
  const before = noted ? noted.onHost : run.plan.basis.nodes.find(({ id }) => id === database)?.onHost
  // A server that stopped meanwhile does no harm: the checks of the action itself see its effect.
  if (!before || !postmaster || (before.postmaster && isSamePostmaster(before.postmaster, postmaster))) return null
  // A step that starts the server may find it started.
  if (!before.postmaster && starts(planned, database)) return null
  const step = restartingStep(run, database)
  if (step && postmaster.startedAt !== null && postmaster.startedAt * 1000 >= step.startedAt - CLOCKS_APART_MS)
    return null
  const was = noted ? 'the run left' : 'there was'
  return `another postmaster runs in the data directory of ${database}: ${was} ${postmasterText(before.postmaster)}${noted ? '' : ' when this was planned'}, and now it is ${postmasterText(postmaster)}`
}

function starts(step: PlannedStep, database: string): boolean {
  return restartsOf(step).some((each) => each.database === database && each.to === 'started')
}

/** Largest difference between the host's clock and this host's. */
const CLOCKS_APART_MS = 30_000

/** Names the first server on a host that the step may not work on, in one sentence; null if all are right. */
export async function otherServerOnHost(run: Run, step: PlannedStep, tools: ActionToolbox): Promise<string | null> {
  for (const id of databasesOnHosts(step, tools)) {
    const why = whyNotOnHost(run, step, id, await serverOnHost(id, tools))
    if (why !== null) return why
  }
  return null
}
