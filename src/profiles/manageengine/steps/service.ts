// Stops or starts the product's service on one host, and verifies it by its web server and its database.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { promotionParticipants, writableOfSameSystem } from '../../../actions/definition/participants.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import {
  defineStep,
  MANUAL_STEP_SECONDS,
  type StepPlan,
  type Verification,
} from '../../../actions/definition/step-kind.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { startRefusalInLog } from '../../../actions/hosts/start-log.ts'
import { requireReceiversEnded } from '../../../actions/promotion/await-receivers.ts'
import { verifyDown } from '../../../actions/steps/stop-database.ts'
import { verifyLasting } from '../../../actions/steps/verify-lasting.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isReadAsPrimary, roleWord } from '../../../model/picture/roles.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { StepMethod } from '../../../model/runs/plan.ts'
import { clean } from '../../../model/values/text.ts'
import { type ProductInstallation, typedCommand } from '../roles/installation.ts'

const form = () =>
  arg.form({
    host: arg.optionalText(),
    to: arg.oneOf('stopped', 'started'),
    start: arg.texts(),
    stop: arg.texts(),
    /** Ids of the targets that are verified; null: none. */
    server: arg.optionalText(),
    database: arg.optionalText(),
    dataDirectory: arg.optionalText(),
    /** Whether the database must be down too when the service is stopped. */
    withDatabase: arg.flag(),
    /** It starts as a primary: never while another server of its system is writable. */
    asPrimary: arg.flag(),
    /** It ran when the run was planned: undoing a stop starts it again. */
    wasUp: arg.flag(),
    /** A standby whose walreceiver must have ended by itself before the stop that promotes it; null: none. */
    receiversOf: arg.optionalText(),
    /** The host of that standby's old primary; null without access. */
    primaryHost: arg.optionalText(),
    primaryData: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

/** The standby whose walreceivers must have ended, and the host of the old primary. */
type AwaitedReceivers = Pick<Args, 'receiversOf' | 'primaryHost' | 'primaryData'>

const NO_RECEIVERS: AwaitedReceivers = { receiversOf: null, primaryHost: null, primaryData: null }

interface ServiceChange extends Pick<Args, 'to' | 'withDatabase' | 'asPrimary'> {
  readonly id: string
  readonly installation: ProductInstallation
  readonly server: ServerView | null
  readonly database: DatabaseView | null
  /** Absent: none. */
  readonly receivers?: AwaitedReceivers
}

function planChange(about: ServiceChange): StepPlan<Args> {
  const { id, installation, server, database, to, withDatabase, asPrimary, receivers = NO_RECEIVERS } = about
  const { host, start, stop, dataDirectory } = installation
  const command = to === 'stopped' ? stop : start
  const how = command === null ? 'manual' : installation.control
  const name = server?.name ?? database?.name ?? host ?? 'the server'
  const word = to === 'stopped' ? 'stop' : 'start'
  const byHand = `On ${host ?? 'its host'}: ${word} the service of the product`
  return {
    id,
    args: {
      host,
      to,
      start: start ?? [],
      stop: stop ?? [],
      server: server?.id ?? null,
      database: database?.id ?? null,
      dataDirectory,
      withDatabase,
      asPrimary,
      wasUp: server ? server.portOpen !== false : database?.problem === null,
      ...receivers,
    },
    title: `${word} the service of ${name}${how === 'manual' ? ' by hand' : ''}`,
    how,
    where: host ?? name,
    detail: command === null ? byHand : typedCommand(installation, command),
    ...(to === 'stopped' ? stopTexts(about, name, how) : startTexts(about, name)),
    changes: asPrimary && database ? [database.id] : [],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 120,
  }
}

type EffectTexts = Pick<StepPlan<Args>, 'verify' | 'undo' | 'ifStopped'>

function stopTexts({ installation, withDatabase }: ServiceChange, name: string, how: StepMethod): EffectTexts {
  const { start } = installation
  return {
    verify: `nothing listens on its ports${withDatabase ? ', its PostgreSQL is down too' : ''}`,
    undo: how === 'manual' || start === null ? null : `started again: ${typedCommand(installation, start)}`,
    ifStopped: `${name} is stopped: it serves no users.`,
  }
}

function startTexts({ asPrimary }: ServiceChange, name: string): EffectTexts {
  const verify = `${name} answers${asPrimary ? ', and its database as a primary' : ''}`
  return { verify, undo: null, ifStopped: `${name} may be starting.` }
}

const LIMIT_MS = 300_000

export const productServiceKind = defineStep({
  kind: 'product-service',
  version: 2,
  // Version 0.1.0 did not wait for walreceivers.
  upgrades: { 1: (args) => ({ ...NO_RECEIVERS, ...args }) },
  args: form,
  plan: planChange,
  restarts: ({ database, to }) => (database === null ? null : { database, to }),
  async run(args, tools) {
    if (args.to === 'stopped') {
      const standby = args.receiversOf
      if (standby !== null && findDatabase(tools.view(), standby)?.problem === null)
        await requireReceiversEnded(standby, { host: args.primaryHost, dataDirectory: args.primaryData }, tools)
      if ((await stopped(args, tools)).result !== 'yes') await command('stop', args, tools)
    } else {
      if (args.asPrimary) await refuseSecondPrimary(args, tools)
      await command('start', args, tools)
    }
  },
  verify: (args, tools) => (args.to === 'stopped' ? stopped(args, tools) : started(args, tools)),
  async undo(args, tools) {
    if (args.to !== 'stopped') throw new ActionError('pgdeck does not stop a started service again')
    if (!args.wasUp) return 'it was down before, and stays down'
    await refuseSecondPrimary(args, tools)
    await command('start', args, tools)
    return 'the service was started again'
  },
})

async function command(word: 'start' | 'stop', args: Args, tools: ActionToolbox): Promise<void> {
  const argv = args[word]
  const connection = hostFromArguments(args, tools)
  if (argv.length === 0)
    throw new ActionError(`the command that ${word === 'start' ? 'starts' : 'stops'} the service is unknown`)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
  const { exitCode, stderr } = await connection.run(argv, options)
  if (exitCode === 0) return
  const last = clean(stderr.trim().split('\n').at(-1) ?? '')
  throw new ActionError(`${word} ended with exit code ${exitCode ?? '?'}: ${last}`, 'Check the log of the product.')
}

/** Throws if another server is writable and this one would be too, unless a standby.signal prevents that. */
async function refuseSecondPrimary(args: Args, tools: ActionToolbox): Promise<void> {
  const database = args.database
  const scene = database === null ? null : promotionParticipants(await tools.refresh(), database)
  const [other] = scene ? writableOfSameSystem(tools.view(), scene.target) : []
  if (!other) return
  const dataDirectory = args.dataDirectory
  const signal =
    dataDirectory === null
      ? null
      : await hostFromArguments(args, tools).readFile(`${dataDirectory}/standby.signal`, { signal: tools.signal })
  if (signal) return
  throw new ActionError(
    `${other.name} is writable: starting ${database} would make two writable databases`,
    'Stop it first.',
  )
}

async function stopped(args: Args, tools: ActionToolbox): Promise<Verification> {
  const clusterView = await tools.refresh()
  const server = findServer(clusterView, args.server)
  // A refused port is evidence from this host only: without access to the server's host a person must confirm the stop.
  const isByWord = tools.host(args.host) === null
  if (server && (isByWord || server.problem?.code !== 'refused'))
    return {
      result: isByWord && server.problem !== null ? 'by-word' : 'not-yet',
      why: server.problem?.message ?? `${server.name} still answers`,
    }
  const web = server ? [`nothing listens on port ${server.port} of ${server.name}`] : []
  const database = args.database
  if (database === null || (server !== null && !args.withDatabase))
    return web.length > 0
      ? { result: 'yes', evidence: web.join('; ') }
      : { result: 'not-yet', why: 'pgdeck watches nothing there' }
  const down = await verifyDown({ ...args, database }, tools)
  return down.result === 'yes' ? { result: 'yes', evidence: [...web, down.evidence].join('; ') } : down
}

/** Verifies that it is up, and still up some seconds later: a service may end right after its first answer. */
async function started(args: Args, tools: ActionToolbox): Promise<Verification> {
  const first = upNow(await tools.refresh(), args)
  const database = args.database
  if (first.result === 'not-yet' && findDatabase(tools.view(), database)?.problem?.code === 'refused') {
    const said = await startRefusalInLog(args, tools)
    if (said !== null) return { ...first, why: `${first.why}; ${said}` }
  }
  const wanted = args.asPrimary ? 'primary' : null
  return verifyLasting(first, database === null ? [] : [database], wanted, tools, () => {
    const server = serverUp(tools.view(), args)
    return server === null || server.result === 'yes' ? null : server.why
  })
}

function upNow(clusterView: PlanningView, args: Args): Verification {
  const parts = [serverUp(clusterView, args), databaseUp(clusterView, args)].filter((part) => part !== null)
  const missing = parts.find((part) => part.result !== 'yes')
  if (missing) return missing
  const evidence = parts.flatMap((part) => (part.result === 'yes' ? [part.evidence] : []))
  return evidence.length > 0
    ? { result: 'yes', evidence: evidence.join('; ') }
    : { result: 'not-yet', why: 'pgdeck watches nothing there' }
}

function serverUp(clusterView: PlanningView, args: Args): Verification | null {
  const server = findServer(clusterView, args.server)
  if (!server) return null
  if (server.portOpen !== true || server.pulse === null || server.stale)
    return { result: 'not-yet', why: server.problem?.message ?? `${server.name} does not answer yet` }
  return { result: 'yes', evidence: `${server.name} answers with HTTP status ${server.pulse.httpStatus}` }
}

function databaseUp(clusterView: PlanningView, args: Args): Verification | null {
  const database = findDatabase(clusterView, args.database)
  if (!database) return null
  if (database.problem || !database.pulse)
    return { result: 'not-yet', why: database.problem?.message ?? `${database.name} does not answer yet` }
  const role = roleWord(database)
  if (args.asPrimary && !isReadAsPrimary(database))
    return { result: 'not-yet', why: `${database.name} came up as a ${role}` }
  return { result: 'yes', evidence: `${database.name} answers, as a ${role} on timeline ${database.timeline ?? '?'}` }
}
