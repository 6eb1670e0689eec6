// How a step and a run can end, and how a step's success is journalled.

import type { Verification } from '../../../actions/definition/step-kind.ts'
import type { JsonRecord, PlannedStep } from '../../../model/runs/plan.ts'
import type { Run, RunEnding, RunStep } from '../../../model/runs/run.ts'
import { recordStepServer } from '../servers/step-servers.ts'
import type { RunStepsOptions } from './run-steps-options.ts'

export type StepOutcome =
  | { readonly state: 'done' }
  | { readonly state: 'failed' | 'unknown'; readonly why: string; readonly hint: string | null }
  /** A person skipped a manual step. */
  | { readonly state: 'skipped'; readonly reason: string }
  /** Without a reason: the user stopped it. */
  | { readonly state: 'stopped'; readonly why?: string }

export interface RunEnd {
  readonly ending: RunEnding
  readonly why: string | null
}

/** What the journal has of a planned step. Throws an Error for a step of another plan. */
export function recordedStep({ steps }: Run, { id }: Pick<PlannedStep, 'id'>): RunStep {
  const recorded = steps.find((step) => step.id === id)
  if (!recorded) throw new Error(`the run has no step ${id}`)
  return recorded
}

/** Journals the server that the step left, and the evidence of its effect. */
export async function recordDone(
  { log, tools }: Pick<RunStepsOptions, 'log' | 'tools'>,
  step: PlannedStep,
  evidence: string,
  proof: { readonly proof?: JsonRecord } = {},
): Promise<StepOutcome> {
  await recordStepServer({ log, tools }, step)
  await log.append({ type: 'step-done', step: step.id, evidence, ...proof })
  return { state: 'done' }
}

/** Readings of another server say nothing of the step. */
export function onOtherServer(why: string): StepOutcome {
  return { state: 'unknown', why, hint: 'Check the changed server, by its own address.' }
}

/** The proof of a success, as its line in the journal has it. */
export function proofOf({ proof }: Extract<Verification, { result: 'yes' }>): { readonly proof?: JsonRecord } {
  return proof === undefined ? {} : { proof }
}
