// The product's service on one host is stopped or started, and seen to be: by its web server and its database.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { promotionParticipants, writableOfSameSystem } from '../../../actions/definition/participants.ts'
import {
  flagArgument,
  optionalTextArgument,
  textArgument,
  textListArgument,
} from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { findDatabase, findServer } from '../../../actions/definition/target.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { requireReceiversEnded } from '../../../actions/promotion/await-receivers.ts'
import { stopDatabaseKind } from '../../../actions/steps/stop-database.ts'
import { verifyLasting } from '../../../actions/steps/verify-lasting.ts'
import { isReadAsPrimary, roleWord } from '../../../model/picture/roles.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { clean } from '../../../model/values/text.ts'

export interface ServiceChange {
  readonly host: string | null
  readonly to: 'stopped' | 'started'
  readonly start: readonly string[]
  readonly stop: readonly string[]
  /** Ids of what runs there, which is looked at; null: none. */
  readonly server: string | null
  readonly database: string | null
  readonly dataDirectory: string | null
  /** Whether the database has to be down as well when the service is stopped. */
  readonly withDatabase: boolean
  /** It starts as a primary: never while another one of its system takes writes. */
  readonly asPrimary: boolean
  /** It ran when this was planned: then undoing a stop starts it again. */
  readonly wasUp: boolean
}

export function serviceChangeArguments(args: ServiceChange): JsonRecord {
  return { ...args }
}

const LIMIT_MS = 300_000

export const productServiceKind: StepKind = {
  kind: 'product-service',
  restarts: (args) => optionalTextArgument(args, 'database'),
  async run(args, tools) {
    if (textArgument(args, 'to') === 'stopped') {
      const standby = optionalTextArgument(args, 'receiversOf')
      if (standby !== null && findDatabase(tools.view(), standby)?.problem === null)
        await requireReceiversEnded(standby, args, tools)
      if ((await stopped(args, tools)).result !== 'yes') await command('stop', args, tools)
    } else {
      if (flagArgument(args, 'asPrimary')) await refuseSecondPrimary(args, tools)
      await command('start', args, tools)
    }
  },
  verify: (args, tools) => (textArgument(args, 'to') === 'stopped' ? stopped(args, tools) : started(args, tools)),
  async undo(args, tools) {
    if (textArgument(args, 'to') !== 'stopped')
      throw new ActionError('a service that was started is not stopped again by itself')
    if (!flagArgument(args, 'wasUp')) return 'it was down before, and stays down'
    await refuseSecondPrimary(args, tools)
    await command('start', args, tools)
    return 'the service was started again'
  },
}

async function command(word: 'start' | 'stop', args: JsonRecord, tools: ActionToolbox): Promise<void> {
  const argv = textListArgument(args, word)
  const reach = hostFromArguments(args, tools)
  if (argv.length === 0)
    throw new ActionError(`it is not known how the service is ${word === 'start' ? 'started' : 'stopped'}`)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
  const { exitCode, stderr } = await reach.run(argv, options)
  if (exitCode === 0) return
  const last = clean(stderr.trim().split('\n').at(-1) ?? '')
  throw new ActionError(`${word} ended with exit code ${exitCode ?? '?'}: ${last}`, 'Look at the log of the product.')
}

/** Throws where another one takes writes, and this one would too: it does unless a standby.signal keeps it from that. */
async function refuseSecondPrimary(args: JsonRecord, tools: ActionToolbox): Promise<void> {
  const database = optionalTextArgument(args, 'database')
  const scene = database === null ? null : promotionParticipants(await tools.refresh(), database)
  const [other] = scene ? writableOfSameSystem(tools.view(), scene.target) : []
  if (!other) return
  const dataDirectory = optionalTextArgument(args, 'dataDirectory')
  const signal =
    dataDirectory === null
      ? null
      : await hostFromArguments(args, tools).readFile(`${dataDirectory}/standby.signal`, { signal: tools.signal })
  if (signal) return
  throw new ActionError(`${other.name} takes writes: starting ${database} would make two that do`, 'Stop it first.')
}

async function stopped(args: JsonRecord, tools: ActionToolbox): Promise<Verification> {
  const sight = await tools.refresh()
  const server = findServer(sight, optionalTextArgument(args, 'server'))
  // A refused port is seen from here only: without a way into its host a person has to say that it is stopped.
  const isByWord = tools.host(optionalTextArgument(args, 'host')) === null
  if (server && (isByWord || server.problem?.code !== 'refused'))
    return {
      result: isByWord && server.problem !== null ? 'by-word' : 'not-yet',
      why: server.problem?.message ?? `${server.name} still answers`,
    }
  const web = server ? [`nothing listens on port ${server.port} of ${server.name}`] : []
  const database = optionalTextArgument(args, 'database')
  if (database === null || (server !== null && !flagArgument(args, 'withDatabase')))
    return web.length > 0
      ? { result: 'yes', evidence: web.join('; ') }
      : { result: 'not-yet', why: 'nothing there is watched' }
  const down = await stopDatabaseKind.verify({ ...args, database, bars: false }, tools)
  return down.result === 'yes' ? { result: 'yes', evidence: [...web, down.evidence].join('; ') } : down
}

/** Up, and still so some seconds later: a service may end right after its first answer. */
async function started(args: JsonRecord, tools: ActionToolbox): Promise<Verification> {
  const first = upNow(await tools.refresh(), args)
  const database = optionalTextArgument(args, 'database')
  const wanted = flagArgument(args, 'asPrimary') ? 'primary' : null
  return verifyLasting(first, database === null ? [] : [database], wanted, tools, () => {
    const server = serverUp(tools.view(), args)
    return server === null || server.result === 'yes' ? null : server.why
  })
}

function upNow(sight: PlanningView, args: JsonRecord): Verification {
  const parts = [serverUp(sight, args), databaseUp(sight, args)].filter((part) => part !== null)
  const missing = parts.find((part) => part.result !== 'yes')
  if (missing) return missing
  const evidence = parts.flatMap((part) => (part.result === 'yes' ? [part.evidence] : []))
  return evidence.length > 0
    ? { result: 'yes', evidence: evidence.join('; ') }
    : { result: 'not-yet', why: 'nothing there is watched' }
}

function serverUp(sight: PlanningView, args: JsonRecord): Verification | null {
  const server = findServer(sight, optionalTextArgument(args, 'server'))
  if (!server) return null
  if (server.portOpen !== true || server.pulse === null || server.stale)
    return { result: 'not-yet', why: server.problem?.message ?? `${server.name} does not answer yet` }
  return { result: 'yes', evidence: `${server.name} answers with HTTP status ${server.pulse.httpStatus}` }
}

function databaseUp(sight: PlanningView, args: JsonRecord): Verification | null {
  const database = findDatabase(sight, optionalTextArgument(args, 'database'))
  if (!database) return null
  if (database.problem || !database.pulse)
    return { result: 'not-yet', why: database.problem?.message ?? `${database.name} does not answer yet` }
  const role = roleWord(database)
  if (flagArgument(args, 'asPrimary') && !isReadAsPrimary(database))
    return { result: 'not-yet', why: `${database.name} came up as a ${role}` }
  return { result: 'yes', evidence: `${database.name} answers, as a ${role} on timeline ${database.timeline ?? '?'}` }
}
