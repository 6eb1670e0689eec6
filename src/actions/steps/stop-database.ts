// Stops PostgreSQL of one database on its host, and keeps a former primary from starting as a primary.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { promotionParticipants, unreadOfSameSystem, writableOfSameSystem } from '../definition/participants.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { noPostmasterRunsOn, postmasterStateOn, shutdownCheckpoint } from '../hosts/postmaster.ts'
import { postmasterOwner } from '../hosts/postmaster-owner.ts'
import { serverOnHost } from '../hosts/server-on-host.ts'
import { type DatabaseService, manualStopCommand } from '../hosts/service.ts'
import { createStandbySignal, removeStandbySignal } from '../hosts/standby-signal.ts'
import { startServer } from '../hosts/start-server.ts'

/** Arguments of the kinds that stop a database or work on a stopped one. */
export const stopDatabaseShape = () => ({
  database: arg.text(),
  host: arg.optionalText(),
  stop: arg.texts(),
  start: arg.texts(),
  dataDirectory: arg.optionalText(),
  /** A standby.signal also keeps it from starting as a primary. */
  bars: arg.flag(),
  /** It ran when the run was planned: undo starts it again. */
  wasUp: arg.flag(),
})
export const stopDatabaseForm = () => arg.form(stopDatabaseShape())
type Args = arg.Of<typeof stopDatabaseForm>

/** The server to look for, and its place. */
type StoppedDatabase = Pick<Args, 'database' | 'host' | 'dataDirectory'>

export interface DatabaseStop {
  /** `fence-old-primary` of a promotion, `stop-old-primary` of a switchover, or `fence` alone. */
  readonly id: string
  readonly view: DatabaseView
  readonly service: DatabaseService
  /** False: it may start in the role that it has. Absent: where pgdeck can, it is kept from starting as a primary. */
  readonly bars?: boolean
}

export function stopDatabaseArguments(
  database: string,
  { host, stop, start, dataDirectory }: DatabaseService,
  bars: boolean,
  wasUp: boolean,
): Args {
  return { database, host, stop: stop ?? [], start: start ?? [], dataDirectory, bars, wasUp }
}

const LIMIT_MS = 150_000

export const stopDatabaseKind = defineStep({
  kind: 'stop-database',
  version: 1,
  args: stopDatabaseForm,
  plan: planStop,
  restarts: ({ database }) => ({ database, to: 'stopped' }),
  async run(args, tools) {
    const database = args.database
    const connection = tools.host(args.host)
    if (!connection) throw new ActionError(`pgdeck has no access to the host of ${database}`, 'Stop it there by hand.')
    if ((await verifyDown(args, tools)).result !== 'yes') {
      await requireOwn(database, connection, tools)
      const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
      const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
      const { exitCode, stderr } = await connection.run(args.stop, options)
      if (exitCode === 0) COMMANDED.set(tools, (COMMANDED.get(tools) ?? new Set()).add(database))
      const down = await verifyDown(args, tools)
      if (exitCode !== 0 && down.result !== 'yes') {
        throw new ActionError(
          `stopping ${database} ended with ${exitCode}: ${clean(stderr.trim())}`,
          'Check it on its host.',
        )
      }
    }
    // Only after it is down: with the signal file it might stop as a standby, without sending the last record to its
    // standbys.
    const dataDirectory = args.dataDirectory
    if (args.bars && dataDirectory !== null) await createStandbySignal(connection, dataDirectory, tools)
  },
  async verify(args, tools) {
    const down = await verifyDown(args, tools)
    const dataDirectory = args.dataDirectory
    const connection = tools.host(args.host)
    if (down.result !== 'yes' || !args.bars || dataDirectory === null || !connection) return down
    const signal = await connection.readFile(`${dataDirectory}/standby.signal`, { signal: tools.signal })
    if (!signal) return { result: 'not-yet', why: `${down.evidence}, but it would start as a primary` }
    return { ...down, evidence: `${down.evidence}; it would start as a standby` }
  },
  async undo(args, tools) {
    const database = args.database
    const clusterView = await tools.refresh()
    const participants = promotionParticipants(clusterView, database)
    const [other] = participants ? writableOfSameSystem(clusterView, participants.target) : []
    if (other)
      throw new ActionError(`${other.name} is writable: starting ${database} could make two writable databases`)
    if (participants?.target.problem === null) return `${database} runs: it was not stopped, or is back`
    const unread = participants ? unreadOfSameSystem(clusterView, participants.target) : []
    // A server whose promotion was sent and not answered may be a primary by now.
    if (unread.length > 0)
      throw new ActionError(
        `whether these are writable is unknown: ${unread.map(({ name }) => name).join(', ')}; starting ${database} could make two writable databases`,
        `Check them on their hosts, then: pgdeck do unfence ${database}`,
      )
    const connection = tools.host(args.host)
    const start = args.start
    if (!connection || start.length === 0)
      throw new ActionError(`the start command of ${database} is unknown`, 'Start it on its host.')
    const dataDirectory = args.dataDirectory
    if (args.bars && dataDirectory !== null) await removeStandbySignal(connection, dataDirectory, tools)
    if (!args.wasUp) return `${database} is as before: down, and a primary when it starts`
    await startServer({ database, start, dataDirectory }, connection, tools)
    return `${database} was started again`
  },
})

/** Throws ActionError if the server in the data directory is that of another database. No override changes that. */
async function requireOwn(database: string, connection: HostConnection, tools: ActionToolbox): Promise<void> {
  const view = findDatabase(tools.view(), database)
  const postmaster = (await serverOnHost(database, tools))?.postmaster
  const owner = view && postmaster ? await postmasterOwner(postmaster, view, connection, tools) : null
  if (owner?.kind === 'other')
    throw new ActionError(
      `the server in the data directory of ${database} on its host is ${owner.name}: pgdeck does not stop it`,
      'Correct "host" of the database, or "dataDirectory" of the host, in the config.',
    )
}

/** Runs in which the stop command of that database's host succeeded: it counts as the host's report. */
const COMMANDED = new WeakMap<ActionToolbox, Set<string>>()

/** Whether this run, in this process, has stopped it. */
export function wasStoppedBy(tools: ActionToolbox, database: string): boolean {
  return COMMANDED.get(tools)?.has(database) ?? false
}

/**
 * Verifies that the server is down by the report of its host: no postmaster runs there, or the configured stop command
 * succeeded and nothing answers any more. A refused connection or silence proves nothing, because a cut network looks
 * the same. Without access to the host only a person can confirm it.
 */
export async function verifyDown(
  { database: id, host, dataDirectory }: StoppedDatabase,
  tools: ActionToolbox,
): Promise<Verification> {
  const view = findDatabase(await tools.refresh(), id)
  if (!view) throw new ActionError(`${id} is no longer watched`)
  const hasHost = tools.host(host) !== null
  if (view.problem === null) return { result: 'not-yet', why: `${view.name} still answers` }
  const byHost = await postmasterStateOn({ host, dataDirectory }, tools)
  if (byHost === 'running') return { result: 'not-yet', why: `${view.name} does not answer, but its postmaster runs` }
  if (byHost !== null) {
    const checkpoint = await shutdownCheckpoint({ host, dataDirectory }, tools)
    return byItsHost(`no postmaster runs on its host (${byHost})`, byHost, checkpoint)
  }
  if (await noPostmasterRunsOn(host, tools)) return byItsHost('no PostgreSQL server runs on its host', null)
  const message = view.problem.message
  if (COMMANDED.get(tools)?.has(id)) return byItsHost(`its stop command succeeded on its host; ${message}`, null)
  const why = `${message}; that does not prove that it is stopped`
  return hasHost
    ? { result: 'not-yet', why: `${why}, and its host can’t show it: set "dataDirectory" for the host` }
    : { result: 'by-word', why }
}

/** `checkpoint`: position of the last record of a primary that ended cleanly; else null. */
function byItsHost(evidence: string, ended: string | null, checkpoint: string | null = null): Verification {
  return { result: 'yes', evidence, proof: { by: 'host', ended, checkpoint } }
}

/** Plans the stop; the kind `stop-standby` uses it too. */
export function planStop({ id, view, service, bars: wanted = true }: DatabaseStop): StepPlan<Args> {
  const { id: database, name, host, port, problem } = view
  const { control, stop, dataDirectory } = service
  const bars = wanted && control !== 'manual' && dataDirectory !== null
  const where = service.host ?? host
  const barText = dataDirectory === null ? '' : `\n${shellCommandLine(['touch', `${dataDirectory}/standby.signal`])}`
  const byHand = wanted
    ? `On ${where}, and make sure that nothing starts it again (systemctl disable):\n${manualStopCommand(service)}${barText}`
    : `On ${where}:\n${manualStopCommand(service)}`
  return {
    id,
    args: stopDatabaseArguments(database, service, bars, problem === null),
    title:
      control === 'manual'
        ? `stop ${name} by hand: pgdeck has no access to its host`
        : `stop ${name}${bars ? ', and keep it from starting as a primary' : ''}`,
    how: control,
    where,
    detail: control === 'manual' ? byHand : `${shellCommandLine(stop ?? [])}${bars ? barText : ''}`,
    verify:
      control === 'manual'
        ? `its host or you confirm that ${name} is stopped; a refused connection to ${host}:${port} does not prove it`
        : `its host shows that no postmaster of ${name} runs`,
    undo: control === 'manual' || service.start === null ? null : undoText(problem === null, bars, service.start),
    ifStopped: `${name} is down and nothing is promoted: no database is writable.`,
    maySkip: true,
    deadlineSeconds: control === 'manual' ? MANUAL_STEP_SECONDS : 30,
  }
}

function undoText(wasUp: boolean, bars: boolean, start: readonly string[]): string {
  if (wasUp) return `started again, unless another database is writable by then: ${shellCommandLine(start)}`
  return bars ? 'what keeps it from starting as a primary is removed; it stays down' : 'it stays down'
}
