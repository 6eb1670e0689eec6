// `pgdeck do`: the counterpart of the keys that act. It has the same plan, checks, confirmation and steps, and an
// exit code.

import { PlanError } from '../../../actions/definition/action.ts'
import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import {
  ActionError,
  NotConfirmedError,
  OtherServerError,
  ReadOnlyError,
  RunInterruptedError,
  SkipRefusedError,
} from '../../../model/runs/action-error.ts'
import { type ConfirmationAnswer, confirmsPlan } from '../../../model/runs/confirmation.ts'
import { blockingChecks } from '../../../model/runs/plan.ts'
import { hasRunSucceeded, type Run } from '../../../model/runs/run.ts'
import { runDocument } from '../../../model/runs/run-document.ts'
import { withSkippedSteps } from '../../../model/runs/skipped-proof.ts'
import type { Executor } from '../../../runtime/runs/executor.ts'
import { RUN_LOCK_CHECK } from '../../../runtime/runs/locks/lock-request.ts'
import { loadRun } from '../../../runtime/runs/log/run-store.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { UNICODE_GLYPHS } from '../../../ui/frame/format/glyphs.ts'
import { checkLines, planLines } from '../../../ui/frame/format/plan-lines.ts'
import { runEndLine } from '../../../ui/frame/format/run-lines.ts'
import { listenForSignals } from '../../invocation/command-signals.ts'
import { CommandError, EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { ignoreWriteErrors, jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type PrintLines } from '../../text/print.ts'
import { closeWithinLimit } from '../../watching/poll-once.ts'
import { openWatchSession } from '../../watching/session.ts'
import type { DoTask } from './declare.ts'
import { canPrompt, openPrompter, type Prompter, runProgressPrinter } from './terminal.ts'

export interface DoOptions {
  readonly config: Config
  readonly clusterName: string | undefined
  readonly intervalMs: number | undefined
  readonly readOnly: boolean
  readonly task: DoTask
  readonly set: Readonly<Record<string, string>>
  readonly override: Readonly<Record<string, string>>
  readonly skip: Readonly<Record<string, string>>
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly confirm?: string
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
  readonly notify: (text: string) => void
  readonly log: ProgramLog
  readonly trace?: TraceRecorder | undefined
}

/** Resolves to the exit code: 0 done, 1 not done or users can't write, 4 blocked, read-only or not confirmed, 5 stopped half way. */
export async function doCommand(given: DoOptions): Promise<number> {
  const options = given.dryRun ? given : { ...given, output: ignoreWriteErrors(given.output) }
  const { config, clusterName, intervalMs, readOnly, task, log, trace, json, notify } = options
  const print = await linePrinter(options.colour)
  const cluster = await chooseCluster(config, clusterName, task)
  const session = openWatchSession({ config, clusterName: cluster, intervalMs, readOnly, log, trace })
  let acting: Executor | null = null
  const interruption = listenForSignals(async () => acting?.letUsersGo())
  const onRunChanged = runProgressPrinter(
    json ? notify : (text) => void process.stdout.write(print([[{ text, style: 'plain' }]])),
  )
  const dialogue = openPrompter(notify)
  try {
    const executor = await session.executor(cluster, {
      onRunChanged,
      isInteractive: canPrompt(),
      decide: (question) => dialogue.decision(question),
    })
    acting = executor
    dialogue.listenForHand({
      done: () => executor.markManualDone(),
      skipped: (reason) => executor.skipManualStep(null, reason),
    })
    // The first signal lets the present step end. A second one ends the program; the run can be resumed.
    interruption.signal.addEventListener('abort', () => {
      executor.stop()
      dialogue.close()
    })
    return await carriedOut(executor, options, print, dialogue, () => interruption.code())
  } catch (error) {
    return exitCodeOfError(error, notify)
  } finally {
    dialogue.close()
    interruption.release()
    await closeWithinLimit(session)
  }
}

/** Errors that refuse an action before anything is done. */
const CHANGED_NOTHING = [ReadOnlyError, SkipRefusedError, NotConfirmedError, OtherServerError]

/** Returns the exit code of a reported error; throws an error that the program's entry reports. */
function exitCodeOfError(error: unknown, notify: (text: string) => void): number {
  if (error instanceof PlanError) throw new UsageError(`do ${error.message}`)
  if (!(error instanceof ActionError)) throw error
  const text = error.hint === null ? error.message : `${error.message}\n${error.hint}`
  const isInterrupted = error instanceof RunInterruptedError
  if (!isInterrupted && !CHANGED_NOTHING.some((each) => error instanceof each)) throw new CommandError(text)
  notify(text)
  return isInterrupted ? EXIT_CODES.stopped : EXIT_CODES.blocked
}

/** `interrupted` answers with the exit code of a signal. After a signal nothing new begins. */
async function carriedOut(
  executor: Executor,
  options: DoOptions,
  print: PrintLines,
  dialogue: Prompter,
  interrupted: () => number | null,
): Promise<number> {
  const { task, override } = options
  if (task.kind === 'act') return acted(executor, task, options, print, dialogue, interrupted)
  requireRunLockOnly(override)
  return task.kind === 'resume'
    ? resumed(executor, task.run, options, print, dialogue)
    : aborted(executor, task.run, options, print, dialogue)
}

async function aborted(
  executor: Executor,
  id: string,
  options: DoOptions,
  print: PrintLines,
  dialogue: Prompter,
): Promise<number> {
  await executor.mayTakeUp(id)
  const givenBy = options.yes ? '--yes' : (await dialogue.yes(`Undo the steps of run ${id}?`)) ? 'y' : null
  if (givenBy !== null) return ended(await executor.abort(id, givenBy, options.override), options, print)
  options.notify('not confirmed, nothing was changed: give --yes')
  return EXIT_CODES.blocked
}

async function acted(
  executor: Executor,
  task: Extract<DoTask, { kind: 'act' }>,
  options: DoOptions,
  print: PrintLines,
  dialogue: Prompter,
  interrupted: () => number | null,
): Promise<number> {
  const { set, override, skip: skips, dryRun } = options
  const proposal = await executor.propose({ action: task.action, target: task.target, input: set }, override)
  const run = { ...proposal, plan: withSkippedSteps(proposal.plan, skips) }
  const early = interrupted()
  if (early !== null) return early
  warnOfUnknownOverrides(run, options)
  if (!options.json) await options.output.write(print(planLines(run, UNICODE_GLYPHS)))
  if (dryRun || run.state === 'blocked') return proposed(run, options, print)
  await mayAct(executor, run, options)
  const consent = await consentTo(run, options, dialogue)
  const late = interrupted()
  if (late !== null) return late
  if (consent === null) return notConfirmed(run, options)
  try {
    return await ended(await executor.start(run, { ...consent, skips }), options, print)
  } catch (error) {
    if (options.json && error instanceof SkipRefusedError)
      await options.output.write(jsonText(runDocument(run), 'pretty'))
    throw error
  }
}

function warnOfUnknownOverrides({ plan }: Run, { override, notify }: DoOptions): void {
  const unknown = Object.keys(override).filter((id) => !plan.checks.some((check) => check.id === id))
  for (const id of unknown) notify(`warning: --override ${id}: this plan has no such check`)
}

/** A run whose record does not name its servers must be confirmed again. */
async function resumed(
  executor: Executor,
  id: string,
  options: DoOptions,
  print: PrintLines,
  dialogue: Prompter,
): Promise<number> {
  const unsure = await executor.needsConfirmation(id)
  const anew = unsure && (await consentTo(unsure, options, dialogue))
  const { skip: skips, override: overrides } = options
  return ended(await executor.resume(id, { skips, overrides, ...(anew ? { anew } : {}) }), options, print)
}

/** Throws like the executor's `mayAct`. With `--json`, a refusal in read-only mode prints the plan as the only document. */
async function mayAct(executor: Executor, run: Run, { json, output }: DoOptions): Promise<void> {
  try {
    await executor.mayAct(run)
  } catch (error) {
    if (json && error instanceof ReadOnlyError) await output.write(jsonText(runDocument(run), 'pretty'))
    throw error
  }
}

/** A resumed run keeps the answers to its checks. Only other users of the cluster are looked for again. */
function requireRunLockOnly(override: DoOptions['override']): void {
  for (const [check, reason] of Object.entries(override)) {
    if (check !== RUN_LOCK_CHECK)
      throw new UsageError(
        `do: --override ${check}: a run that is resumed takes only --override ${RUN_LOCK_CHECK}=REASON`,
      )
    if (reason.trim() === '') throw new UsageError(`do: --override ${check}: a reason is needed`)
  }
}

async function proposed(run: Run, { json, output }: DoOptions, print: PrintLines): Promise<number> {
  const blocked = blockingChecks(run.plan)
  if (json) await output.write(jsonText(runDocument(run), 'pretty'))
  else {
    const hints = blocked.filter(({ mayOverride }) => mayOverride).map(({ id }) => `--override ${id}=REASON`)
    const how =
      hints.length > 0 && hints.length === blocked.length ? `These checks may be overruled: ${hints.join(' ')}\n` : ''
    // The plan may be long: the last line repeats what blocks it.
    const why = blocked.flatMap((check) => checkLines(check, UNICODE_GLYPHS))
    await output.write(`\n${print([runEndLine(run), ...why])}${how}`)
  }
  return blocked.length > 0 ? EXIT_CODES.blocked : EXIT_CODES.ok
}

/** The answer as given beforehand or asked for; null where nobody gave one. */
async function consentTo(
  run: Run,
  options: DoOptions,
  dialogue: Prompter,
): Promise<{ answer: ConfirmationAnswer; givenBy: string } | null> {
  const { confirm, yes, json } = options
  const isPlain = run.plan.danger === 'routine' || run.plan.danger === 'disruptive'
  if (confirm !== undefined) {
    return confirmsPlan(confirm, run.plan)
      ? { answer: { kind: 'typed', text: run.plan.confirm }, givenBy: `--confirm ${confirm}` }
      : null
  }
  if (yes && isPlain) return { answer: { kind: 'yes' }, givenBy: '--yes' }
  if (json || !canPrompt()) return null
  const answer = await dialogue.confirmation(run)
  return answer && { answer, givenBy: answer.kind === 'typed' ? `typed ${answer.text}` : answer.kind }
}

async function notConfirmed(run: Run, { json, output, notify, confirm }: DoOptions): Promise<number> {
  const { danger, confirm: wanted } = run.plan
  if (json) await output.write(jsonText(runDocument(run), 'pretty'))
  const isPlain = danger === 'routine' || danger === 'disruptive'
  const given = confirm === undefined ? '' : ` (--confirm ${confirm} does not match)`
  notify(
    `not confirmed, nothing was changed: this is ${danger}; give ${isPlain ? '--yes' : `--confirm ${wanted}`}${given}`,
  )
  return EXIT_CODES.blocked
}

async function ended(run: Run, { json, output, task }: DoOptions, print: PrintLines): Promise<number> {
  if (json) await output.write(jsonText(runDocument(run), 'pretty'))
  else {
    const next = run.state === 'done' || run.state === 'aborted' ? '' : `Resume: pgdeck do --resume ${run.id}\n`
    await output.write(`\n${print([runEndLine(run)])}${next}`)
  }
  if (run.state === 'done') return hasRunSucceeded(run) ? EXIT_CODES.ok : EXIT_CODES.failed
  // The user asked to undo the run.
  if (task.kind === 'abort' && run.state === 'aborted' && run.steps.every(isTakenBack)) return EXIT_CODES.ok
  return run.state === 'failed' || run.state === 'aborted' ? EXIT_CODES.failed : EXIT_CODES.stopped
}

function isTakenBack({ state }: Run['steps'][number]): boolean {
  return state === 'undone' || state === 'pending' || state === 'skipped'
}

/**
 * The cluster of an action: the only one, the named one, that of the target, or that of the run. Throws UsageError if
 * it is ambiguous.
 */
async function chooseCluster(config: Config, given: string | undefined, task: DoTask): Promise<string> {
  const names = config.clusters.map(({ spec }) => spec.name)
  if (given !== undefined) {
    if (names.includes(given)) return given
    throw new UsageError(`--cluster ${given}: there is no such cluster; the config has ${names.join(', ')}`)
  }
  const [only] = names
  if (only !== undefined && names.length === 1) return only
  const owners = task.kind === 'act' ? clustersWith(config, task.target) : await clusterOfRun(task.run)
  const [first] = owners
  if (first !== undefined && owners.length === 1 && names.includes(first)) return first
  throw new UsageError(`do: give --cluster; the config has ${names.join(', ')}`)
}

function clustersWith({ clusters }: Config, target: string | null): readonly string[] {
  return clusters
    .filter(({ databases, servers }) => [...databases, ...servers].some(({ spec }) => spec.id === target))
    .map(({ spec }) => spec.name)
}

async function clusterOfRun(id: string): Promise<readonly string[]> {
  const run = await loadRun(stateFolder(process.env), id)
  return run ? [run.plan.cluster] : []
}
