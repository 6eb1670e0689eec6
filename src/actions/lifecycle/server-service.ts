// How an application server is started and stopped on its host, and the step that does it.

import type { DatabaseView, ServerView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { StepMethod } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { findDatabase, findServer } from '../definition/target.ts'
import { requireHost } from '../hosts/host-programs.ts'
import { requireNoOtherPrimary } from '../steps/no-other-primary.ts'
import { startableOf } from './startable.ts'

export interface ServerService {
  readonly host: string | null
  readonly control: Extract<StepMethod, 'local' | 'ssh' | 'manual'>
  readonly start: readonly string[] | null
  readonly stop: readonly string[] | null
  /** The database that the same commands start and stop; null: none is known. */
  readonly database: DatabaseView | null
}

const LIMIT_MS = 8_000

/** A host that does not answer is planned like one without access. */
export async function serverServiceOf(
  { id }: ServerView,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<ServerService> {
  const { config } = clusterView
  const server = config.servers.find(({ spec }) => spec.id === id)
  const host = config.hosts.find((each) => each.id === server?.spec.hostId) ?? null
  const { start = null, stop = null } = server ?? {}
  const isOfHost = host !== null && (start !== null || stop !== null) && host.start === start && host.stop === stop
  const onHost = isOfHost ? config.databases.find(({ spec }) => spec.hostId === host.id) : undefined
  const connection = tools.host(host?.id ?? null)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const answers = connection && (await connection.run(['true'], { signal, asAccount: true }).catch(() => null))
  return {
    host: host?.id ?? null,
    control: answers && connection ? connection.accessKind : 'manual',
    start,
    stop,
    database: findDatabase(clusterView, onHost?.spec.id ?? null),
  }
}

const form = () =>
  arg.form({
    server: arg.text(),
    host: arg.optionalText(),
    to: arg.oneOf('started', 'stopped'),
    command: arg.texts(),
    /** The command that undoes a stop; empty: unknown. */
    back: arg.texts(),
    /** The database that the command starts and stops too; null: none. */
    database: arg.optionalText(),
    wasUp: arg.flag(),
    /** As of `start-database`. */
    unread: arg.texts(),
  })
type Args = arg.Of<typeof form>

interface ServerChange {
  readonly id: string
  readonly view: ServerView
  readonly service: ServerService
  readonly to: Args['to']
  /** Databases about which a check of the plan is overruled. Absent: none. */
  readonly unread?: readonly DatabaseView[]
}

const COMMAND_LIMIT_MS = 300_000

export const serverServiceKind = defineStep({
  kind: 'server-service',
  version: 2,
  upgrades: { 1: (args) => ({ ...args, unread: [] }) },
  // Another database that falls silent later was not overruled.
  staysAsConfirmed: true,
  args: form,
  plan: planChange,
  restarts: ({ database, to }) => (database === null ? null : { database, to }),
  async run(args, tools) {
    const server = findServer(await tools.refresh(), args.server)
    if (server && isThere(args.to, server)) return
    if (args.to === 'started') await requireDatabaseMayStart(args, args.unread, tools)
    await runCommand(args, args.command, tools)
    if (args.to === 'stopped') STOPPED.set(tools, (STOPPED.get(tools) ?? new Set()).add(args.server))
  },
  async verify(args, tools): Promise<Verification> {
    const first = seenNow(args, await tools.refresh(), tools)
    if (first.result !== 'yes' || args.to === 'stopped') return first
    // A service may end right after its first answer.
    await tools.wait(LASTS_MS)
    return seenNow(args, await tools.refresh(), tools)
  },
  async undo(args, tools) {
    if (args.to === 'started') throw new ActionError('pgdeck does not stop a started server again')
    if (!args.wasUp) return 'it was down before, and stays down'
    await tools.refresh()
    await requireDatabaseMayStart(args, [], tools)
    await runCommand(args, args.back, tools)
    return `${args.server} was started again`
  },
})

const LASTS_MS = 2_000

/** Runs in which the stop command of that server succeeded: its host reports it as stopped. */
const STOPPED = new WeakMap<ActionToolbox, Set<string>>()

/** Throws ActionError if the command also starts a database that could be a second primary. */
async function requireDatabaseMayStart(args: Args, unread: readonly string[], tools: ActionToolbox): Promise<void> {
  const database = findDatabase(tools.view(), args.database)
  if (!database?.problem) return
  const { expected } = await startableOf(database, tools)
  if (expected.role === 'as-standby') return
  requireNoOtherPrimary({ database: database.id, unread, isStoppedHere: wasStoppedBy(args, tools) }, tools.view())
}

function wasStoppedBy({ server }: Args, tools: ActionToolbox): boolean {
  return STOPPED.get(tools)?.has(server) ?? false
}

async function runCommand({ server, host }: Args, command: readonly string[], tools: ActionToolbox): Promise<void> {
  if (command.length === 0)
    throw new ActionError(`the command for ${server} is unknown`, 'Set "start" and "stop" for it in the config.')
  const connection = requireHost(host, tools)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(COMMAND_LIMIT_MS)])
  const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true, asAccount: true }
  const { exitCode, stderr } = await connection.run(command, options)
  if (exitCode === 0) return
  const last = clean(stderr.trim().split('\n').at(-1) ?? '')
  throw new ActionError(
    `${command[0]} on ${host ?? '?'} ended with exit code ${exitCode ?? '?'}${last === '' ? '' : `: ${last}`}`,
    `Check the log of ${server}: pgdeck logs ${server}`,
  )
}

/** Whether nothing has to be done: a stopped one refuses connections, a started one serves or redirects. */
function isThere(to: Args['to'], server: ServerView): boolean {
  return to === 'stopped' ? server.problem?.code === 'refused' : serves(server)
}

function serves({ status, stale }: ServerView): boolean {
  return !stale && (status === 'active' || status === 'standby')
}

function seenNow(args: Args, clusterView: PlanningView, tools: ActionToolbox): Verification {
  const server = findServer(clusterView, args.server)
  if (!server) return { result: 'not-yet', why: `${args.server} is no longer watched` }
  return args.to === 'started' ? startedNow(server) : stoppedNow(server, args, tools)
}

function startedNow(server: ServerView): Verification {
  const { name, access, problem, pulse } = server
  if (!serves(server)) return { result: 'not-yet', why: problem?.message ?? `${name} does not answer yet` }
  const gives = access === 'redirects' ? 'it redirects its visitors' : `it gives ${access ?? 'unknown'} access`
  return { result: 'yes', evidence: `${name} answers with HTTP status ${pulse?.httpStatus ?? '?'}: ${gives}` }
}

function stoppedNow({ name, problem, port }: ServerView, args: Args, tools: ActionToolbox): Verification {
  if (!problem || problem.code === 'protocol') return { result: 'not-yet', why: `${name} still answers` }
  if (tools.host(args.host) === null) return { result: 'by-word', why: problem.message }
  if (problem.code === 'refused') return { result: 'yes', evidence: `nothing listens on port ${port} of ${name}` }
  if (wasStoppedBy(args, tools))
    return { result: 'yes', evidence: `its stop command succeeded on its host; ${problem.message}` }
  return { result: 'not-yet', why: `${problem.message}; that does not prove that it is stopped` }
}

function planChange({ id, view, service, to, unread = [] }: ServerChange): StepPlan<Args> {
  const { name } = view
  const command = to === 'started' ? service.start : service.stop
  const verb = to === 'started' ? 'start' : 'stop'
  const how = command === null ? 'manual' : service.control
  const where = service.host ?? view.dnsName
  const undo = to === 'stopped' && how !== 'manual' && service.start !== null
  return {
    id,
    args: {
      server: view.id,
      host: service.host,
      to,
      command: command ?? [],
      back: service.start ?? [],
      database: service.database?.id ?? null,
      wasUp: view.problem === null,
      unread: unread.map((each) => each.id),
    },
    title: `${verb} ${name}${how === 'manual' ? ' by hand' : ''}`,
    how,
    where,
    detail: command === null ? `On ${where}: ${verb} the service of ${name}` : shellCommandLine(command),
    verify: to === 'started' ? `${name} answers as healthy, and still does a moment later` : `${name} answers no more`,
    undo: undo ? `started again: ${shellCommandLine(service.start ?? [])}` : null,
    ifStopped: to === 'started' ? `${name} may be starting.` : `${name} is stopped: it serves no users.`,
    changes: service.database ? [service.database.id] : [],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 120,
  }
}
