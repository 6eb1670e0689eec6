// Builds a node of pg_auto_failover anew. There is one way, measured: the keeper is stopped, the monitor forgets the node,
// its state and its data are removed, `pg_autoctl create postgres` registers it and copies the primary, the keeper is
// started. A missing data directory alone is never copied again by a keeper, and no command says that it failed.

import { onAbort } from '../../../io/network/wait-timeout.ts'
import { ActionError, OutcomeUnknown } from '../../../model/runs/action-error.ts'
import { FaultError, messageOf } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { existsOnHost, requireHost, runOrFail } from '../../hosts/host-programs.ts'
import { startServer } from '../../hosts/start-server.ts'
import { PLACE, whyNotReplaced } from './data-place.ts'
import { AT_HOME } from './keeper.ts'
import { removeFromMonitor, requireRemovable } from './leave.ts'
import { type MonitorNode, readMonitorGroup } from './monitor.ts'
import type { MonitorRequest } from './request.ts'

const COMMAND_MS = 150_000
const LOOK_AGAIN_MS = 1_000
/** Longer than any copy of a database takes. */
const LIMIT_MS = 7 * 24 * 3600_000

/**
 * Removes what is left of the old node; only called while the monitor lists no such node. Somebody may have made a new one
 * there meanwhile, under another name: the settings of its keeper tell. A server that still runs there is not touched.
 */
const REMOVE = `${AT_HOME}; ${PLACE}
n=$("$p" config get --pgdata "$d" pg_autoctl.name) || exit 1
if [ "$n" != "$2" ]; then w "the keeper of $d is that of $n now, and not of $2"; fi
if [ -f "$d/postmaster.pid" ] && kill -0 "$(head -n 1 "$d/postmaster.pid")" 2>/dev/null; then echo "PostgreSQL still runs in $d" >&2; exit 1; fi
if [ -e "$d" ] && [ ! -f "$d/PG_VERSION" ] && [ -n "$(ls -A "$d")" ]; then echo "$d holds no PostgreSQL" >&2; exit 1; fi
s=$("$p" show file --state --pgdata "$d") && i=$("$p" show file --init --pgdata "$d") || exit 1
rm -f -- "$s" "$i" && rm -rf -- "$d"`

/** It ends with 0 also where it did nothing: whether it worked, the monitor tells. The URI of the monitor goes by the environment. */
const CREATE = `${AT_HOME}; d=$1; shift
m=$("$p" config get --pgdata "$d" pg_autoctl.monitor) || exit 1
PG_AUTOCTL_MONITOR=$m; export PG_AUTOCTL_MONITOR
exec "$p" "$@"`

/** Resolves to what was done. Safe to repeat: it does what is not done yet. Throws ActionError, FaultError, OutcomeUnknown. */
export async function copyAnew(request: MonitorRequest, tools: ActionToolbox): Promise<string> {
  const { node: name, nodeId, host, stop, start } = request
  await creationEnds(request, tools)
  let node = await nodeNow(request, tools)
  if (node?.id === nodeId) {
    // Nothing of it holds up the others once it is stopped: the guard would see no standby that counts.
    await requireRemovable(request, tools)
    await requireReplaceable(request, tools)
    await leaveFormation(request, tools)
    node = undefined
  }
  if (!node) await run(request, [REMOVE, request.dataDirectory ?? '', name], `removing the data of ${name}`, tools)
  // One that was begun and cut off continues where it was; a complete one changes nothing.
  await create(request, tools)
  node = await nodeNow(request, tools)
  if (!node) throw new ActionError(`pg_autoctl create postgres has ended, and the monitor lists no ${name}`)
  if (!(await serverFile(request, tools)))
    await startServer({ database: request.database, start, dataDirectory: null }, requireHost(host, tools), tools)
  return `${name} was copied as node ${node.id} of the monitor, and its keeper started${stop.length === 0 ? '' : ' again'}`
}

async function nodeNow(
  { formation, node: name }: MonitorRequest,
  tools: ActionToolbox,
): Promise<MonitorNode | undefined> {
  const { nodes } = await readMonitorGroup(formation, name, tools)
  return nodes.find((each) => each.name === name)
}

/** Throws ActionError where its data could not be removed, or the copy not be put there. */
async function requireReplaceable({ host, prefix, dataDirectory, node }: MonitorRequest, tools: ActionToolbox) {
  requireHost(host, tools)
  const why = await whyNotReplaced({ host: host ?? '', prefix, dataDirectory: dataDirectory ?? '' }, tools)
  if (why !== null) throw new ActionError(`the data of ${node} can’t be replaced: ${why}`, 'Nothing was changed.')
}

/** The keeper must not report meanwhile. Where the node stays, its keeper is started again. */
async function leaveFormation(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  try {
    await stopKeeper(request, tools)
    await removeFromMonitor(request, tools)
  } catch (error) {
    await startAgain(request, tools)
    throw error
  }
}

/** After a refusal, whose words count more than those of this start. One that was dropped must not run again. */
async function startAgain(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  const { database, node: name, nodeId, host, start } = request
  try {
    const node = await nodeNow(request, tools)
    if (node?.id !== nodeId || node.assigned === 'dropped') return
    await startServer({ database, start, dataDirectory: null }, requireHost(host, tools), tools)
    tools.writeOutput(`the keeper of ${name} was started again: nothing was removed`)
  } catch (error) {
    tools.writeOutput(`the keeper of ${name} may be stopped (${messageOf(error)}): start it on ${host}`)
  }
}

/** The keeper stops PostgreSQL too; `pg_autoctl stop` does not wait for that. */
async function stopKeeper(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(COMMAND_MS)])
  const options = { signal, onOutput: tools.writeOutput, survivesLoss: true }
  const isUp = await serverFile(request, tools)
  const { exitCode } = await requireHost(request.host, tools).run(request.stop, options)
  if (exitCode !== 0 && isUp)
    throw new ActionError(`stopping the keeper of ${request.node} ended with ${exitCode ?? '?'}`)
  const until = performance.now() + COMMAND_MS
  while (await serverFile(request, tools)) {
    if (performance.now() > until)
      throw new ActionError(`PostgreSQL of ${request.node} still runs after the stop of its keeper`)
    await tools.wait(LOOK_AGAIN_MS)
  }
}

/** Whether there is the file of a postmaster. */
function serverFile({ host, dataDirectory }: MonitorRequest, tools: ActionToolbox): Promise<boolean> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(COMMAND_MS)])
  return existsOnHost(requireHost(host, tools), `${dataDirectory}/postmaster.pid`, signal)
}

async function run(
  { host, prefix, program }: MonitorRequest,
  [script = '', ...words]: readonly string[],
  what: string,
  tools: ActionToolbox,
): Promise<void> {
  // Not ended half way: half removed data helps nobody.
  const options = { signal: AbortSignal.timeout(LIMIT_MS), onOutput: tools.writeOutput, survivesLoss: true }
  const argv = [...prefix, 'sh', '-c', script, 'pgdeck', program, ...words]
  await runOrFail(requireHost(host, tools), argv, what, options)
}

async function create(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  const { host, prefix, program, dataDirectory, create: words } = request
  const connection = requireHost(host, tools)
  const argv = [...prefix, 'sh', '-c', CREATE, 'pgdeck', program, dataDirectory ?? '', ...words]
  const stopped = Promise.withResolvers<never>()
  const hint = 'Resume the run to see how it ends.'
  const unknown = { code: 'timeout', message: `the run was stopped, and the copy continues on ${host}`, hint } as const
  const forget = onAbort(tools.signal, () => stopped.reject(new OutcomeUnknown(unknown)))
  const signal = AbortSignal.timeout(LIMIT_MS)
  const ended = connection.run(argv, { signal, onOutput: tools.writeOutput, survivesLoss: true })
  try {
    const { exitCode, stderr } = await Promise.race([ended, stopped.promise])
    if (exitCode === 0) return
    throw new ActionError(`pg_autoctl create postgres on ${host}: ${failureIn(stderr)}`, NOT_COPIED)
  } catch (error) {
    if (error instanceof FaultError && !(error instanceof OutcomeUnknown))
      throw new OutcomeUnknown(error.fault, { cause: error })
    throw error
  } finally {
    forget()
    ended.catch(() => {})
  }
}

const NOT_COPIED = 'Its old data is removed. Mend the cause, then resume the run: it continues with the copy.'

/** The first error: those that follow only tell that something went wrong. */
function failureIn(stderr: string): string {
  const lines = stderr.split('\n')
  const first =
    lines.find((line) => / (?:ERROR|FATAL) /.test(line)) ?? lines.findLast((line) => line.trim() !== '') ?? ''
  return clean(first.replace(/^.* (?:ERROR|FATAL) +/, '').trim())
}

/** A copy that an earlier attempt began continues without pgdeck; a second one beside it would destroy both. */
async function creationEnds(request: MonitorRequest, tools: ActionToolbox): Promise<void> {
  for (let runs = await isCreating(request, tools); runs !== false; runs = await isCreating(request, tools)) {
    if (runs === null) throw new ActionError(`whether pg_autoctl still copies on ${request.host} is unknown`)
    tools.writeOutput('the copy that was begun before continues')
    await tools.wait(2 * LOOK_AGAIN_MS)
  }
}

/** Whether `pg_autoctl create postgres` runs there for that data; null where the host does not tell. */
export async function isCreating(
  { host, dataDirectory }: Pick<MonitorRequest, 'host' | 'dataDirectory'>,
  tools: ActionToolbox,
): Promise<boolean | null> {
  try {
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(8_000)])
    const { exitCode, stdout } = await requireHost(host, tools).run(['ps', '-ww', '-eo', 'args='], { signal })
    if (exitCode !== 0) return null
    const words = ` create postgres --pgdata ${dataDirectory} `
    return stdout.split('\n').some((line) => /pg_autoctl/.test(line) && `${line} `.includes(words))
  } catch (error) {
    if (error instanceof FaultError && !tools.signal.aborted) return null
    throw error
  }
}
