// What a kind of step is: the form of its arguments, how it is planned, carried out, seen to have worked and taken back.

import type { JsonRecord, PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox } from './action.ts'
import { type ArgumentsForm, type Of, readArguments } from './step-arguments.ts'

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

/** What is the same for all steps of a kind. */
interface StepTraits {
  /** What plans and journals call it. */
  readonly kind: string
  /** Form of its arguments. A journal that names none is of the first. */
  readonly version: number
  /** Nothing but its answer tells that it worked, and doing it twice may harm: after a crash nobody repeats it unasked. */
  readonly isOnce?: boolean
  /** It looks, waits or notes something of pgdeck's own, and changes nothing of the cluster. */
  readonly isReadOnly?: boolean
  /** It replaces the data of its `database` by others: afterwards any system may be there. */
  readonly replacesSystem?: boolean
  /**
   * Planned again before the run, it stays as it was confirmed: it names the sessions or the text of a file that somebody
   * saw, and none that only fits what was asked for by now.
   */
  readonly staysAsConfirmed?: boolean
}

/** Sessions on that server end by it, and the server that answers afterwards is another one. */
export interface Restart {
  /** Id of its database. */
  readonly database: string
  /** How it is left. */
  readonly to: 'stopped' | 'started'
}

/** A step as its kind plans it. What is left out: can't be taken back, may not be left out, changes no role. */
export interface StepPlan<Args>
  extends Omit<PlannedStep, 'kind' | 'version' | 'args' | 'undo' | 'maySkip' | 'changes'> {
  readonly args: Args
  readonly undo?: string | null
  readonly maySkip?: boolean
  readonly changes?: readonly string[]
}

/** What a person reads of a step, where the kind itself can't tell. */
export type StepTexts = Omit<StepPlan<never>, 'args'>

export interface StepDefinition<Form extends ArgumentsForm, About> extends StepTraits {
  /** Their form in plans and journals: plain JSON, no secrets. Called when a step of the kind is first read. */
  readonly args: Form
  /** From the form of an earlier version, by that version's number, to the next one. */
  readonly upgrades?: Readonly<Record<number, (args: JsonRecord) => JsonRecord>>
  /** The step for what is known while a plan is made. */
  plan(about: About): StepPlan<Of<Form>>
  /** The server that it stops, starts or restarts; null: none. Absent: never one. */
  restarts?(args: Of<Form>): Restart | null
  /**
   * Carries it out; must do no harm where it was done before. Throws FaultError for what failed, OutcomeUnknown where only
   * the effect can tell. May be called again after a crash at any point, `verify` first.
   */
  run(args: Of<Form>, tools: ActionToolbox): Promise<void>
  /** Looks for the effect, on readings newer than the step. */
  verify(args: Of<Form>, tools: ActionToolbox): Promise<Verification>
  /** Takes it back and answers with what was done. Absent: it can't be taken back. */
  undo?(args: Of<Form>, tools: ActionToolbox): Promise<string>
}

/** What a step of any kind works on, by the names that all kinds use: a database, and whose data that one has or gets. */
export function stepDatabases({ args }: Pick<PlannedStep, 'args'>): {
  readonly database: string | null
  readonly upstream: string | null
} {
  const { database, upstream } = args
  return {
    database: typeof database === 'string' ? database : null,
    upstream: typeof upstream === 'string' ? upstream : null,
  }
}

/** A step whose arguments were read: what can be done with it. */
export interface ReadyStep {
  run(tools: ActionToolbox): Promise<void>
  verify(tools: ActionToolbox): Promise<Verification>
  /** null: it can't be taken back. */
  readonly undo: ((tools: ActionToolbox) => Promise<string>) | null
}

/** `why`: what doesn't fit, for the person who goes on with the run. */
type StepReading = { readonly fits: true; readonly step: ReadyStep } | { readonly fits: false; readonly why: string }

type StoredStep = Pick<PlannedStep, 'kind' | 'args' | 'version'>

/** A kind of step as the executor knows it, whatever its arguments are. */
export interface StepKind extends StepTraits {
  /** The form of its arguments. */
  readonly form: ArgumentsForm
  /** Reads the arguments that a plan or a journal holds. Only a step that fits can be run. */
  read(stored: StoredStep): StepReading
  /** As `restarts` of its definition. Told by what is there also where the rest doesn't fit: a step that is over may lack it. */
  restartedBy(stored: StoredStep): Restart | null
}

/** A kind with what plans it, and with what other kinds use of it. */
export interface DefinedStep<Args, About> extends StepKind {
  plan(about: About): PlannedStep
  /** The arguments of a step; null where it is of another kind, or they don't fit. */
  argsOf(stored: StoredStep): Args | null
  run(args: Args, tools: ActionToolbox): Promise<void>
  verify(args: Args, tools: ActionToolbox): Promise<Verification>
  /** Absent: it can't be taken back. */
  undo?(args: Args, tools: ActionToolbox): Promise<string>
}

/** A kind of step from its definition. The types of `plan`, `run`, `verify` and `undo` follow from `args`. */
export function defineStep<Form extends ArgumentsForm, About>(
  definition: StepDefinition<Form, About>,
): DefinedStep<Of<Form>, About> {
  const { args: form, upgrades = {}, plan, restarts, run, verify, undo, ...traits } = definition
  let schema: ReturnType<ArgumentsForm> | null = null
  const read = ({ args, version = 1 }: StoredStep) => {
    schema ??= form()
    return readArguments<Of<Form>>({ schema, upgrades, current: traits.version }, args, version)
  }
  return {
    ...traits,
    form,
    run,
    verify,
    ...(undo ? { undo } : {}),
    plan: (about) => planned(traits, plan(about)),
    argsOf(stored) {
      const found = stored.kind === traits.kind ? read(stored) : null
      return found?.fits ? found.args : null
    },
    read(stored) {
      const found = read(stored)
      if (!found.fits) return found
      const { args } = found
      const step: ReadyStep = {
        run: (tools) => run(args, tools),
        verify: (tools) => verify(args, tools),
        undo: undo ? (tools) => undo(args, tools) : null,
      }
      return { fits: true, step }
    },
    restartedBy(stored) {
      if (!restarts) return null
      const found = read(stored)
      // A journal that was edited may hold no record at all.
      const restart = restarts(found.fits ? found.args : ({ ...stored.args } as Of<Form>))
      return typeof restart?.database === 'string' ? restart : null
    },
  }
}

function planned<Args>({ kind, version }: StepTraits, plan: StepPlan<Args>): PlannedStep {
  const { id, args, title, how, where, detail, verify, undo = null, ifStopped, maySkip = false, changes = [] } = plan
  return {
    id,
    kind,
    ...(version === 1 ? {} : { version }),
    args: args as JsonRecord,
    title,
    how,
    where,
    detail,
    verify,
    undo,
    ifStopped,
    maySkip,
    ...(plan.proves === undefined ? {} : { proves: plan.proves }),
    changes,
    deadlineSeconds: plan.deadlineSeconds,
  }
}
