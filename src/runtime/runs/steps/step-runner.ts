// One step: written down, carried out, looked for. Whatever was cut off before is looked for first.

import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { ActionError, OtherServerError, OutcomeUnknown } from '../../../model/runs/action-error.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { FaultError, messageOf } from '../../../model/values/fault.ts'
import { stepKindOf } from '../../../profiles/step-kinds.ts'
import { otherServerOnHost } from '../servers/servers-on-hosts.ts'
import { otherServerInStep, recordStepServer } from '../servers/step-servers.ts'
import type { RunStepsOptions } from './run-steps-options.ts'
import { whyLockLostMeanwhile } from './step-lock.ts'

export type StepOutcome =
  | { readonly state: 'done' }
  | { readonly state: 'failed' | 'unknown'; readonly why: string; readonly hint: string | null }
  /** Without a reason: somebody wanted it. */
  | { readonly state: 'stopped'; readonly why?: string }

const LOOK_AGAIN_MS = 250
/** A step that a person does is looked for less often: it takes minutes, and each look reads everything. */
const LOOK_AFTER_HAND_MS = 1_000

/** Carries a step out and waits until its effect is seen, or can't come any more, or its time is over. */
export async function runStep(options: RunStepsOptions, step: PlannedStep): Promise<StepOutcome> {
  const { log } = options
  const kind = stepKindOf(step.kind)
  if (!kind) return failure(new ActionError(`this version of pgdeck does not know how to do "${step.kind}"`))
  const before = log.run().steps.find(({ id }) => id === step.id)
  const found =
    before?.state === 'running' || before?.state === 'verifying'
      ? await verifyAfterInterruption(options, kind, step)
      : null
  if (found) return found
  const cutOff = kind.isOnce ? await onceOnly(options, step) : null
  if (cutOff) return cutOff
  const other = await otherServerOnHost(log.run(), step, options.tools)
  if (other !== null)
    return failure(new OtherServerError(other, 'Nothing was done there. Look at its host, then plan again.'))
  // What was pressed before is not about this step.
  options.operator.takeDone()
  await log.append({ type: 'step-started', step: step.id, attempt: (before?.attempts ?? 0) + 1 })
  const isManual = step.how === 'manual'
  if (!isManual) {
    const problem = await runKind(options, kind, step)
    if (problem) return problem
  }
  return awaitEffect(options, kind, step, isManual)
}

/** How a step ends that another process began and whose effect is there; null where it is to be carried out. */
async function verifyAfterInterruption(
  options: RunStepsOptions,
  kind: StepKind,
  step: PlannedStep,
): Promise<StepOutcome | null> {
  const { log, tools } = options
  try {
    const seen = await kind.verify(step.args, tools)
    const other = otherServerInStep(log.run(), step, tools.view())
    if (other !== null) return onOtherServer(other)
    if (seen.result === 'yes')
      return await recordDone(options, step, `${seen.evidence} (found so when taken up again)`, proofOf(seen))
  } catch (error) {
    if (error instanceof OtherServerError) return onOtherServer(error.message)
    tools.writeOutput(`${step.title}: what became of it could not be seen: ${messageOf(error)}`)
  }
  return null
}

async function recordDone(
  { log, tools }: RunStepsOptions,
  step: PlannedStep,
  evidence: string,
  proof: ReturnType<typeof proofOf> = {},
): Promise<StepOutcome> {
  await recordStepServer({ log: log, tools }, step)
  await log.append({ type: 'step-done', step: step.id, evidence, ...proof })
  return { state: 'done' }
}

/** What another server shows tells nothing of the step. */
function onOtherServer(why: string): StepOutcome {
  return { state: 'unknown', why, hint: 'Look at the server that was acted on, by its own address.' }
}

/** How a step ends that was begun by a process that is gone, and must not be repeated unasked; null for one that was not. */
async function onceOnly(options: RunStepsOptions, step: PlannedStep): Promise<StepOutcome | null> {
  const { log } = options
  const before = log.run().steps.find(({ id }) => id === step.id)
  if (before?.state !== 'running' && before?.state !== 'verifying') return null
  if (before.isAnswered) {
    return recordDone(options, step, 'it had ended well when the run was cut off')
  }
  const why = 'it was begun before the run was cut off, and nobody saw how it ended'
  return { state: 'unknown', why, hint: `Look at it on ${step.where}. Trying again does it a second time.` }
}

async function runKind(
  { log, tools }: RunStepsOptions,
  kind: StepKind,
  step: PlannedStep,
): Promise<StepOutcome | null> {
  let answer: 'given' | 'lost' = 'given'
  try {
    await kind.run(step.args, tools)
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) return failure(error)
    answer = 'lost'
    tools.writeOutput(`${error.fault.message}: whether it worked is looked for`)
  }
  await log.append({ type: 'step-ran', step: step.id, answer })
  return null
}

async function awaitEffect(
  options: RunStepsOptions,
  kind: StepKind,
  step: PlannedStep,
  isManual: boolean,
): Promise<StepOutcome> {
  const { log, tools, operator, who } = options
  const until = performance.now() + step.deadlineSeconds * 1000
  const waitsForPerson = isManual && operator.present
  for (;;) {
    const found = await verifyKind(kind, step, options)
    if (found.result === 'elsewhere') return onOtherServer(found.why)
    if (found.result === 'yes') return recordDone(options, step, found.evidence, proofOf(found))
    const lost = isManual ? whyLockLostMeanwhile(options) : null
    if (lost !== null) return { state: 'stopped', why: `${lost}; this was waited for: ${step.title}` }
    if (isManual && operator.takeDone()) {
      await log.append({ type: 'step-by-hand', step: step.id, who })
      return recordDone(options, step, `${who.user} says that it was done by hand; seen from here: ${found.why}`)
    }
    if (found.result === 'by-word' && !waitsForPerson) return needsOperator(step, found.why)
    if (found.result === 'never' && !isManual) return { state: 'failed', why: found.why, hint: found.hint ?? null }
    if (operator.isStopping() && (isManual || performance.now() > until)) return { state: 'stopped' }
    if (!waitsForPerson && performance.now() > until) {
      const why = `not seen within ${step.deadlineSeconds} s: ${found.why}`
      return { state: 'unknown', why, hint: `It may still come about. Look for this: ${step.verify}.` }
    }
    try {
      await tools.wait(isManual ? LOOK_AFTER_HAND_MS : LOOK_AGAIN_MS)
    } catch (error) {
      // Somebody does not want to wait for the end of the step: what became of it is looked for when it is resumed.
      if (tools.signal.aborted) return { state: 'stopped' }
      throw error
    }
  }
}

/** What only a person can say is not waited for where nobody is. */
function needsOperator({ id, maySkip }: PlannedStep, why: string): StepOutcome {
  const hint = maySkip
    ? `Somebody has to say that it was done: --skip ${id}=REASON, or m at a terminal.`
    : 'Somebody has to say that it was done: go on at a terminal, where m says so.'
  return { state: 'unknown', why, hint }
}

function proofOf({ proof }: Extract<Verification, { result: 'yes' }>) {
  return proof === undefined ? {} : { proof }
}

/** A look that fails has seen nothing: the next one may. */
async function verifyKind(kind: StepKind, step: PlannedStep, { tools, log }: RunStepsOptions) {
  try {
    const seen = await kind.verify(step.args, tools)
    const other = otherServerInStep(log.run(), step, tools.view())
    return other === null ? seen : ({ result: 'elsewhere', why: other } as const)
  } catch (error) {
    if (error instanceof OtherServerError) return { result: 'elsewhere', why: error.message } as const
    return { result: 'not-yet', why: messageOf(error) } as const
  }
}

/** Takes a step back. Answers with what was done, or why it can't be. */
export async function undoStep(
  { log, tools }: Pick<RunStepsOptions, 'log' | 'tools'>,
  step: PlannedStep,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const kind = stepKindOf(step.kind)
  if (!kind?.undo || step.undo === null) return { ok: false, text: 'it can’t be taken back' }
  const other = await otherServerOnHost(log.run(), step, tools)
  if (other !== null) return { ok: false, text: other }
  try {
    return { ok: true, text: await kind.undo(step.args, tools) }
  } catch (error) {
    return { ok: false, text: messageOf(error) }
  }
}

function failure(error: unknown): StepOutcome {
  if (error instanceof FaultError) return { state: 'failed', why: error.fault.message, hint: error.fault.hint }
  if (error instanceof ActionError) return { state: 'failed', why: error.message, hint: error.hint }
  return { state: 'failed', why: messageOf(error), hint: 'This is likely a defect of pgdeck: please report it.' }
}
