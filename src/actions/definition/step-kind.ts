// What a kind of step is: the form of its arguments, and how it is planned, run, verified and undone.

import type { JsonRecord, PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox } from './action.ts'
import { type ArgumentsForm, type Of, readArguments } from './step-arguments.ts'

/** How long a manual step waits for its effect if no person is there to confirm it. */
export const MANUAL_STEP_SECONDS = 600

/** How long users of paused pools wait in a step that a person carries out. */
export const HOLD_FOR_PERSON_SECONDS = 60

/**
 * Whether the effect of a step is there. `proof`: what the evidence is, for the report at the end. `never`: it will not
 * come, however long one waits. `by-word`: pgdeck can't read the effect from here; only a person can confirm it.
 */
export type Verification =
  | { readonly result: 'yes'; readonly evidence: string; readonly proof?: JsonRecord }
  | { readonly result: 'by-word'; readonly why: string }
  | { readonly result: 'not-yet'; readonly why: string }
  | { readonly result: 'never'; readonly why: string; readonly hint?: string }

/** What all steps of a kind have in common. */
interface StepTraits {
  /** Its name in plans and journals. */
  readonly kind: string
  /** Version of its form of arguments. A journal without a version has the first. */
  readonly version: number
  /**
   * Only its answer shows that it worked, and repeating it may harm: after a crash it is repeated only if a person asks
   * for it.
   */
  readonly isOnce?: boolean
  /** It reads, waits, or writes only pgdeck's own files. It changes nothing of the cluster. */
  readonly isReadOnly?: boolean
  /** The servers that it restarts may be started after its end, by another program. */
  readonly restartsLast?: boolean
  /** It replaces the data of its `database`: another system identifier may be there afterwards. */
  readonly replacesSystem?: boolean
  /**
   * When the plan is made again before the run, the step stays as confirmed: it names the sessions or the text of a
   * file that the user saw. A function: whether that is so with these arguments.
   */
  readonly staysAsConfirmed?: boolean | ((args: JsonRecord) => boolean)
  /** It keeps what follows it from harm: it is undone only where all that was done after it is undone. */
  readonly undoneLast?: boolean
  /**
   * Users wait while its effect lasts, so every way out of a run undoes it first, and a later try does it again. It lasts
   * until a step whose argument `holds` is its id is done.
   */
  readonly holdsUsers?: boolean
  /** No later step rests on it: where nobody can decide about its failure, the run goes on, and tells it at its end. */
  readonly endsNoRun?: boolean
  /**
   * What of a plan may be why a step of this kind does not work: ids of checks, if they did not pass, and kinds of
   * steps, if they were skipped.
   */
  readonly explainedBy?: readonly string[]
}

/** The step ends the sessions on that server, and another postmaster answers afterwards. */
export interface Restart {
  /** Id of the database. */
  readonly database: string
  /** The state after the step. */
  readonly to: 'stopped' | 'started'
}

/** A step as its kind plans it. Defaults: it can't be undone, may not be skipped, changes no role. */
export interface StepPlan<Args>
  extends Omit<PlannedStep, 'kind' | 'version' | 'args' | 'undo' | 'maySkip' | 'changes'> {
  readonly args: Args
  readonly undo?: string | null
  readonly maySkip?: boolean
  readonly changes?: readonly string[]
}

/** The texts of a step that its kind does not provide itself. */
export type StepTexts = Omit<StepPlan<never>, 'args'>

export interface StepDefinition<Form extends ArgumentsForm, About> extends StepTraits {
  /**
   * The form of the arguments in plans and journals: plain JSON, no secrets. Called when a step of the kind is first
   * read.
   */
  readonly args: Form
  /** Upgrades, by the version number of the older form; each returns the next form. */
  readonly upgrades?: Readonly<Record<number, (args: JsonRecord) => JsonRecord>>
  /** Returns the step for what is known while a plan is made. */
  plan(about: About): StepPlan<Of<Form>>
  /** Returns the server that it stops, starts or restarts, or several; null: none. Absent: never one. */
  restarts?(args: Of<Form>): Restart | readonly Restart[] | null
  /**
   * Runs the step. It must be safe to repeat. Throws FaultError for a failure, and OutcomeUnknown if only the effect
   * can tell. It may be called again after a crash at any point, after `verify`.
   */
  run(args: Of<Form>, tools: ActionToolbox): Promise<void>
  /**
   * Throws ActionError where the step must not begin. Asked before its first attempt, and before one behind which nothing of
   * the earlier ones is left: so a step without an attempt has done nothing. Absent: it may always.
   */
  begin?(args: Of<Form>, tools: ActionToolbox): Promise<void>
  /** Looks for the effect, on readings newer than the step. */
  verify(args: Of<Form>, tools: ActionToolbox): Promise<Verification>
  /** Undoes the step and resolves to a text of what was done. Absent: it can't be undone. */
  undo?(args: Of<Form>, tools: ActionToolbox): Promise<string>
}

/**
 * Returns the databases of a step of any kind, by the argument names that all kinds use: its own, and the one whose
 * data it has or gets.
 */
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

/** A step with its arguments read: it can be run. */
export interface ReadyStep {
  /** Before its first attempt; absent: it may always begin. */
  begin?(tools: ActionToolbox): Promise<void>
  run(tools: ActionToolbox): Promise<void>
  verify(tools: ActionToolbox): Promise<Verification>
  /** null: it can't be undone. */
  readonly undo: ((tools: ActionToolbox) => Promise<string>) | null
}

/** `why`: what is wrong, as a text for the user who resumes the run. */
type StepReading = { readonly fits: true; readonly step: ReadyStep } | { readonly fits: false; readonly why: string }

type StoredStep = Pick<PlannedStep, 'kind' | 'args' | 'version'>

/** A kind of step as the executor uses it, without the type of its arguments. */
export interface StepKind extends StepTraits {
  /** The form of its arguments. */
  readonly form: ArgumentsForm
  /** Reads the arguments in a plan or a journal. Only a step whose arguments are valid can be run. */
  read(stored: StoredStep): StepReading
  /**
   * The servers of `restarts` of the definition. It also works on arguments that are otherwise invalid, because a
   * finished step may lack some.
   */
  restartedBy(stored: StoredStep): readonly Restart[]
}

/** A kind with its `plan`, and with the parts that other kinds use. */
export interface DefinedStep<Args, About> extends StepKind {
  plan(about: About): PlannedStep
  /** Returns the arguments of a step; null if it is of another kind or its arguments are invalid. */
  argsOf(stored: StoredStep): Args | null
  run(args: Args, tools: ActionToolbox): Promise<void>
  verify(args: Args, tools: ActionToolbox): Promise<Verification>
  /** Absent: it can't be undone. */
  undo?(args: Args, tools: ActionToolbox): Promise<string>
}

/** Makes a kind of step from its definition. The types of `plan`, `run`, `verify` and `undo` follow from `args`. */
export function defineStep<Form extends ArgumentsForm, About>(
  definition: StepDefinition<Form, About>,
): DefinedStep<Of<Form>, About> {
  const { args: form, upgrades = {}, plan, restarts, begin, run, verify, undo, ...traits } = definition
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
      const args = stored.kind === traits.kind ? read(stored) : null
      return args?.fits ? args.args : null
    },
    read(stored) {
      const reading = read(stored)
      if (!reading.fits) return reading
      const { args } = reading
      const step: ReadyStep = {
        ...(begin ? { begin: (tools) => begin(args, tools) } : {}),
        run: (tools) => run(args, tools),
        verify: (tools) => verify(args, tools),
        undo: undo ? (tools) => undo(args, tools) : null,
      }
      return { fits: true, step }
    },
    restartedBy(stored) {
      if (!restarts) return []
      const reading = read(stored)
      // An edited journal may hold no record at all.
      const restarted = restarts(reading.fits ? reading.args : ({ ...stored.args } as Of<Form>))
      const all: readonly (Restart | null)[] = Array.isArray(restarted) ? restarted : [restarted as Restart | null]
      return all.flatMap((each) => (typeof each?.database === 'string' ? [each] : []))
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
