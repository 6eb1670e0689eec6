// Sends a request to repmgr: one command on the host of the node, or the few that belong to a restart or a new copy.

import { isWritable } from '../../../model/picture/roles.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { messageOf } from '../../../model/values/fault.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { findDatabase } from '../../definition/target.ts'
import { requireHost, runOrFail } from '../../hosts/host-programs.ts'
import { startServer } from '../../hosts/start-server.ts'
import { areAllPaused, daemonsThat, seeDaemons } from './daemons.ts'
import { lookAtRepmgr } from './look.ts'
import { askRepmgr, failureOf, isRunning, type RepmgrAnswer, runRepmgr, successOf } from './program.ts'
import { COPIED, type RepmgrRequest, registration, repmgrRequest, wordsOf } from './request.ts'
import { readRepmgrNode } from './tables.ts'

const STOP_MS = 150_000

/** Resolves to repmgr's last message. Throws ActionError with its error, and OutcomeUnknown if only the effect can tell. */
export async function sendToRepmgr(stored: JsonRecord, tools: ActionToolbox, isRepeated: boolean): Promise<string> {
  const request = repmgrRequest(stored)
  if (!isRepeated) await requireSamePause(request, tools)
  switch (request.call) {
    case 'restart':
      return restart(request, tools)
    case 'clone':
      return copyAnew(request, tools)
    case 'promote':
      return whole(request, stored, tools, !request.wasPaused)
    default:
      return whole(request, stored, tools, false)
  }
}

const MINDS_PAUSE: ReadonlySet<RepmgrRequest['call']> = new Set(['restart', 'switchover', 'promote'])

/** Whether the daemons are paused afterwards follows from the plan: somebody may have changed that since. */
async function requireSamePause(request: RepmgrRequest, tools: ActionToolbox): Promise<void> {
  if (!MINDS_PAUSE.has(request.call)) return
  const seen = await seeDaemons(request, tools).catch(() => null)
  if (seen === null || areAllPaused(seen.daemons) === request.wasPaused) return
  throw new ActionError(
    `repmgrd was ${request.wasPaused ? 'resumed' : 'paused'} since this was planned`,
    'Nothing was asked. Plan again.',
  )
}

/** `pausesDaemons`: the daemons must not choose another node meanwhile. */
async function whole(
  request: RepmgrRequest,
  stored: JsonRecord,
  tools: ActionToolbox,
  pausesDaemons: boolean,
): Promise<string> {
  const answer = await runRepmgr(request, wordsOf(request), tools, pausesDaemons)
  if (answer.exitCode === 0) return successOf(answer)
  if (request.call === 'switchover') await resumeDaemons(request, tools)
  // Some codes tell of a part that failed, such as a node that can't be paused because it is down.
  const look = await lookAtRepmgr(stored, tools).catch(() => null)
  if (look?.state === 'done') return `${failureOf(answer).why}; yet ${look.words}`
  // It failed after the promotion: readings tell what there is.
  const now = await tools.refresh().catch(() => null)
  const target = now && findDatabase(now, request.database)
  if (target && isWritable(target)) return `${failureOf(answer).why}; yet ${target.name} is writable`
  throw failed(request, answer)
}

/** A switchover that failed leaves them paused: then nothing would fail over by itself. Replaces no error of the work itself. */
async function resumeDaemons(request: RepmgrRequest, tools: ActionToolbox): Promise<void> {
  if (request.wasPaused) return
  try {
    const { place, daemons } = await seeDaemons(request, tools)
    if (daemonsThat(daemons, true).length === 0) return
    const answer = await runRepmgr(place, ['service', 'unpause'], tools)
    if (answer.exitCode !== 0) tools.writeOutput(`repmgr service unpause: ${failureOf(answer).why}`)
  } catch (error) {
    tools.writeOutput(`repmgrd may still be paused (${messageOf(error)}): pgdeck do resume-manager`)
  }
}

function failed({ call, host }: RepmgrRequest, answer: RepmgrAnswer): ActionError {
  const { why, hint } = failureOf(answer)
  return new ActionError(`repmgr ${call} on ${host}: ${why}`, hint)
}

/** The daemons would take the stop of a primary for a failure. Safe to repeat: what is done already is left out. */
async function restart(request: RepmgrRequest, tools: ActionToolbox): Promise<string> {
  const isUp = findDatabase(await tools.refresh(), request.database)?.problem === null
  // Of a server that is down repmgr tells nothing, and needs nothing: an earlier attempt has stopped it.
  if (isUp && !request.wasPaused) await pauseDaemons(request, tools)
  try {
    if (await isOfBefore(request, tools)) await stopServer(request, tools)
    await startIfDown(request, tools)
  } finally {
    await resumeDaemons(request, tools)
  }
  return 'PostgreSQL was stopped and started'
}

const LOOK_AGAIN_MS = 2_000

/** Whether an earlier attempt has copied it. While that goes on, a second copy into the same directory would destroy both. */
async function isCopied(request: RepmgrRequest, tools: ActionToolbox): Promise<boolean> {
  for (let runs = await isRunning(request, tools); runs !== false; runs = await isRunning(request, tools)) {
    if (runs === null) throw new ActionError(`whether repmgr still copies on ${request.host} is unknown`)
    tools.writeOutput('the copy that was begun before continues')
    await tools.wait(LOOK_AGAIN_MS)
  }
  const row = await readRepmgrNode(request.node, COPIED, request.readers, tools)
  return row !== null && row.done > request.copies
}

async function pauseDaemons(request: RepmgrRequest, tools: ActionToolbox): Promise<void> {
  const { place, daemons } = await seeDaemons(request, tools)
  if (daemonsThat(daemons, false).length === 0) return
  const answer = await runRepmgr(place, ['service', 'pause'], tools)
  const now = await seeDaemons(request, tools).catch(() => null)
  if (now === null || daemonsThat(now.daemons, false).length > 0) throw failed(request, answer)
}

/** Its data is removed only once repmgr has found nothing that would stop the copy. */
async function copyAnew(request: RepmgrRequest, tools: ActionToolbox): Promise<string> {
  const { database } = request
  const hasCopy = await isCopied(request, tools)
  const isUp = findDatabase(await tools.refresh(), database)?.problem === null
  if (!hasCopy && (!isUp || (await isOfBefore(request, tools)))) {
    if (isUp) await stopServer(request, tools)
    const dry = await askRepmgr(request, [...wordsOf(request), '--dry-run'], tools, STOP_MS)
    if (dry.exitCode !== 0) {
      if (isUp) await startAgain(request, tools)
      throw failed(request, dry)
    }
    const answer = await runRepmgr(request, wordsOf(request), tools)
    if (answer.exitCode !== 0) throw failed(request, answer)
  }
  await startIfDown(request, tools)
  const answer = await runRepmgr(request, registration(request), tools)
  if (answer.exitCode === 0) return successOf(answer)
  throw failed(request, answer)
}

/** After a refusal, whose words count more than those of this start. */
async function startAgain(request: RepmgrRequest, tools: ActionToolbox): Promise<void> {
  try {
    await startIfDown(request, tools)
  } catch (error) {
    tools.writeOutput(`${request.database} is down (${messageOf(error)}): pgdeck do start ${request.database}`)
  }
}

/** Whether the postmaster of before still answers. */
async function isOfBefore({ database, startedAt }: RepmgrRequest, tools: ActionToolbox): Promise<boolean> {
  const view = findDatabase(await tools.refresh(), database)
  return view?.problem === null && view.startedAt === startedAt
}

async function stopServer({ host, stop, database }: RepmgrRequest, tools: ActionToolbox): Promise<void> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(STOP_MS)])
  const options = { signal, onOutput: tools.writeOutput, survivesLoss: true }
  await runOrFail(requireHost(host, tools), stop, `stopping ${database}`, options)
}

async function startIfDown({ host, start, database }: RepmgrRequest, tools: ActionToolbox): Promise<void> {
  if (findDatabase(await tools.refresh(), database)?.problem === null) return
  await startServer({ database, start, dataDirectory: null }, requireHost(host, tools), tools)
}
