// What a kind of step is: how it is carried out, how it is seen to have worked, how it is taken back.

import type { JsonRecord } from '../../model/runs/plan.ts'
import type { ActionToolbox } from './action.ts'

/** A manual step that nobody is there for waits so long for its effect. */
export const MANUAL_STEP_SECONDS = 600

/**
 * Whether the effect of a step is there. `proof`: what the evidence is, for what is told at the end by it. `never`: it will
 * not come, whatever one waits. `by-word`: nothing that can be looked at from here would show it, only a person's word.
 */
export type Verification =
  | { readonly result: 'yes'; readonly evidence: string; readonly proof?: JsonRecord }
  | { readonly result: 'by-word'; readonly why: string }
  | { readonly result: 'not-yet'; readonly why: string }
  | { readonly result: 'never'; readonly why: string; readonly hint?: string }

/**
 * A kind of step. Its arguments come from a journal that another version may have written: `run` and `verify` read them
 * by src/actions/definition/step-arguments.ts. Both may be called again after a crash at any point, `verify` first.
 */
export interface StepKind {
  readonly kind: string
  /** Nothing but its answer tells that it worked, and doing it twice may harm: after a crash nobody repeats it unasked. */
  readonly isOnce?: boolean
  /** It looks, waits or notes something of pgdeck's own, and changes nothing of the cluster. */
  readonly isReadOnly?: boolean
  /** It replaces the data of its `database` by others: afterwards any system may be there. */
  readonly replacesSystem?: boolean
  /**
   * Id of the database whose server it stops, starts or restarts: sessions there end by it, and the server that answers
   * afterwards is another one. null: of none.
   */
  restarts?(args: JsonRecord): string | null
  /**
   * Carries it out; must do no harm where it was done before. Throws FaultError for what failed, AnswerLost where only
   * the effect can tell.
   */
  run(args: JsonRecord, tools: ActionToolbox): Promise<void>
  /** Looks for the effect, on readings newer than the step. */
  verify(args: JsonRecord, tools: ActionToolbox): Promise<Verification>
  /** Takes it back and answers with what was done. Absent: it can't be taken back. */
  undo?(args: JsonRecord, tools: ActionToolbox): Promise<string>
}
