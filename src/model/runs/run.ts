// One run of an action, built from its journal.

import type { Principal } from '../events/audit-entry.ts'
import type { ServerIdentity } from '../measured/server-identity.ts'
import type { ServerOnHost } from '../measured/server-on-host.ts'
import type { JsonRecord, Plan } from './plan.ts'
import type { ServingAfterRun } from './serving-after-run.ts'

/** `undone`: undone after a failure. `unknown`: sent, and neither success nor failure was read. */
export type StepState = 'pending' | 'running' | 'verifying' | 'done' | 'failed' | 'unknown' | 'skipped' | 'undone'

export type RunState =
  | 'planned'
  | 'blocked'
  | 'confirmed'
  | 'running'
  | 'verifying'
  | 'done'
  | 'failed'
  | 'unknown'
  | 'stopped'
  | 'aborted'

/** How a run can end. `aborted`: stopped, and undone as far as possible. */
export type RunEnding = 'done' | 'failed' | 'unknown' | 'stopped' | 'aborted'

/** One line of a journal. It is on disk before what it announces happens, and before it is shown. */
export type JournalEntry =
  | {
      readonly type: 'planned'
      readonly at: number
      readonly run: string
      readonly who: Principal
      readonly plan: Plan
    }
  | {
      readonly type: 'confirmed'
      readonly at: number
      readonly who: Principal
      readonly how: string
      /**
       * SHA-256 of the plan's steps in the journal; absent in journals of earlier versions, and for a second
       * confirmation.
       */
      readonly steps?: string
    }
  /** A process starts or resumes the run. */
  | {
      readonly type: 'taken-up'
      readonly at: number
      readonly pid: number
      readonly host: string
      /** When that process was started, in the system's own unit; absent if unknown, and in journals of 0.1.0. */
      readonly start?: string
    }
  | { readonly type: 'step-started'; readonly at: number; readonly step: string; readonly attempt: number }
  /** It ran as far as the answer says; or no answer came, and only its effect can tell. */
  | { readonly type: 'step-ran'; readonly at: number; readonly step: string; readonly answer: 'given' | 'lost' }
  | {
      readonly type: 'step-done'
      readonly at: number
      readonly step: string
      readonly evidence: string
      /** The evidence; absent if no later report needs it. */
      readonly proof?: JsonRecord
    }
  | {
      readonly type: 'step-failed'
      readonly at: number
      readonly step: string
      readonly why: string
      readonly hint: string | null
    }
  | { readonly type: 'step-unknown'; readonly at: number; readonly step: string; readonly why: string }
  /** `who` skipped it; absent in journals of 0.1.0. */
  | {
      readonly type: 'step-skipped'
      readonly at: number
      readonly step: string
      readonly reason: string
      readonly who?: Principal
    }
  /** The server behind a database from now on: a step restarted it, or a person confirmed it. */
  | {
      readonly type: 'server-noted'
      readonly at: number
      readonly step: string | null
      readonly database: string
      /** null: none answers, or the previous one. */
      readonly identity: ServerIdentity | null
      /** As its host shows it; null if it can't tell. */
      readonly onHost: ServerOnHost | null
    }
  /** A person, `who`, confirmed that it was done by hand. */
  | { readonly type: 'step-by-hand'; readonly at: number; readonly step: string; readonly who?: Principal }
  /** From here on the run is undone, also when it is resumed. */
  | { readonly type: 'taking-back'; readonly at: number }
  | { readonly type: 'step-undone'; readonly at: number; readonly step: string; readonly evidence: string }
  /** Users who waited because of it were let go; why it failed or was skipped stays. Absent in journals of earlier versions. */
  | { readonly type: 'step-released'; readonly at: number; readonly step: string; readonly evidence: string }
  | { readonly type: 'said'; readonly at: number; readonly step: string | null; readonly text: string }
  /** A check was overruled when the run started or was resumed: its result, and the reason. */
  | {
      readonly type: 'overruled'
      readonly at: number
      readonly check: string
      readonly reason: string
      readonly what: string
    }
  /** The basis of the plan has changed. */
  | { readonly type: 'basis-changed'; readonly at: number; readonly why: string }
  | {
      readonly type: 'ended'
      readonly at: number
      readonly ending: RunEnding
      readonly why: string | null
      /** After a change of roles; otherwise absent. */
      readonly served?: ServingAfterRun
    }

interface RecordedServer {
  /** null: the plan's. */
  readonly identity: ServerIdentity | null
  readonly onHost: ServerOnHost | null
}

export interface RunStep {
  readonly id: string
  readonly state: StepState
  readonly attempts: number
  /** After how many of them its effect was taken back; absent: it never was. */
  readonly releasedAttempts?: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** It ran, as its answer said. Its effect is a different question. */
  readonly isAnswered: boolean
  /** The evidence of its effect, why it failed, or why it was skipped. */
  readonly note: string | null
  readonly hint: string | null
  /** The evidence for later reports; null without one. */
  readonly proof: JsonRecord | null
  /** The user who confirmed or skipped it; null if pgdeck verified it. */
  readonly operator: string | null
}

export interface Run {
  readonly id: string
  readonly who: Principal
  readonly plan: Plan
  readonly state: RunState
  readonly steps: readonly RunStep[]
  /** By database: the servers that the run journalled after it had stopped or started them. They replace the plan's. */
  readonly servers: Readonly<Record<string, RecordedServer>>
  /** The run is being undone or was: it can't go forward any more. */
  readonly isUndoing: boolean
  /** The process that started or resumed it last; null without one. */
  readonly owner: { readonly pid: number; readonly host: string; readonly start?: string } | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Why it ended so; null while it runs, or if it is done without a remark. */
  readonly why: string | null
  /** Who served the users at its end; absent if it is not done, or changed no roles. */
  readonly served?: ServingAfterRun
  /** Its output, oldest first. */
  readonly output: readonly { readonly at: number; readonly step: string | null; readonly text: string }[]
}

/** Of a step in a new attempt. */
const UNANSWERED = { endedAt: null, isAnswered: false, note: null, hint: null, proof: null, operator: null }

/** A run that is only planned. */
export function plannedRun(id: string, who: Principal, plan: Plan, isBlocked: boolean): Run {
  const steps = plan.steps.map((step): RunStep => {
    return { id: step.id, state: 'pending', attempts: 0, startedAt: null, ...UNANSWERED }
  })
  const state = isBlocked ? 'blocked' : 'planned'
  const open = { owner: null, startedAt: null, endedAt: null, why: null, output: [] }
  return { id, who, plan, state, steps, servers: {}, isUndoing: false, ...open }
}

const OUTPUT_KEPT = 500

/** Returns the run after one more line of its journal. A `planned` line starts again. */
export function applyJournalEntry(run: Run | null, entry: JournalEntry): Run | null {
  if (entry.type === 'planned') return plannedRun(entry.run, entry.who, entry.plan, false)
  if (!run) return null
  switch (entry.type) {
    case 'confirmed':
      return { ...run, state: 'confirmed', startedAt: run.startedAt ?? entry.at }
    case 'taken-up':
      return { ...unserved(run), state: 'running', owner: takenUpBy(entry), endedAt: null, why: null }
    case 'said':
      return { ...run, output: [...run.output, entry].slice(-OUTPUT_KEPT) }
    case 'overruled': {
      const text = `${entry.check} overruled (${entry.reason}): ${entry.what}`
      return { ...run, output: [...run.output, { at: entry.at, step: null, text }].slice(-OUTPUT_KEPT) }
    }
    case 'taking-back':
      return { ...run, isUndoing: true }
    case 'server-noted':
      return { ...run, servers: { ...run.servers, [entry.database]: noted(run, entry) } }
    case 'basis-changed':
      return { ...run, why: entry.why }
    case 'ended':
      return ended(run, entry)
    case 'step-started':
    case 'step-ran':
    case 'step-done':
    case 'step-failed':
    case 'step-unknown':
    case 'step-skipped':
    case 'step-by-hand':
    case 'step-undone':
    case 'step-released':
      return { ...run, ...stepAfter(run, entry) }
    default:
      // Written by a newer version: its meaning is unknown here, and no state may be guessed from it.
      return run
  }
}

function takenUpBy({ pid, host, start }: Extract<JournalEntry, { type: 'taken-up' }>): Run['owner'] {
  return { pid, host, ...(start === undefined ? {} : { start }) }
}

function unserved({ served: _, ...run }: Run): Run {
  return run
}

function ended(run: Run, { at, ending, why, served }: Extract<JournalEntry, { type: 'ended' }>): Run {
  return { ...unserved(run), state: ending, endedAt: at, why, ...(served === undefined ? {} : { served }) }
}

function noted({ servers }: Run, entry: Extract<JournalEntry, { type: 'server-noted' }>): RecordedServer {
  const { database, identity, onHost } = entry
  return { identity: identity ?? servers[database]?.identity ?? null, onHost }
}

type StepEntry = Extract<JournalEntry, { type: `step-${string}` }>

function stepAfter(run: Run, entry: StepEntry): Pick<Run, 'steps' | 'state'> {
  const steps = run.steps.map((step) => (step.id === entry.step ? { ...step, ...change(step, entry) } : step))
  return { steps, state: entry.type === 'step-ran' ? 'verifying' : 'running' }
}

function change(step: RunStep, entry: StepEntry): Partial<RunStep> {
  const { at } = entry
  switch (entry.type) {
    case 'step-started':
      return { state: 'running', attempts: entry.attempt, startedAt: step.startedAt ?? at, ...UNANSWERED }
    case 'step-ran':
      return { state: 'verifying', isAnswered: entry.answer === 'given' }
    case 'step-done':
      return { state: 'done', endedAt: at, note: entry.evidence, hint: null, proof: entry.proof ?? null }
    case 'step-failed':
      return { state: 'failed', endedAt: at, note: entry.why, hint: entry.hint }
    case 'step-unknown':
      return { state: 'unknown', endedAt: at, note: entry.why }
    case 'step-skipped':
      return { state: 'skipped', endedAt: at, note: entry.reason, operator: entry.who?.user ?? null }
    case 'step-by-hand':
      return { note: 'marked done by the operator', operator: entry.who?.user ?? null }
    case 'step-undone':
      return { state: 'undone', endedAt: at, note: entry.evidence, releasedAttempts: step.attempts }
    case 'step-released':
      return { releasedAttempts: step.attempts }
  }
}

/** Whether an attempt of the step has begun whose effect was not taken back since. */
export function mayHaveEffect({ attempts, releasedAttempts = 0 }: RunStep): boolean {
  return attempts > releasedAttempts
}

/** True for a run that is done, if the users are served as before or better. */
export function hasRunSucceeded({ state, served }: Run): boolean {
  return state === 'done' && (served?.suffices ?? true)
}

/** Returns the run of a whole journal; null without a plan. */
export function runFromJournal(entries: Iterable<JournalEntry>): Run | null {
  let run: Run | null = null
  for (const entry of entries) run = applyJournalEntry(run, entry)
  return run
}

/** True for a run that was confirmed and has not ended: interrupted, or still running elsewhere. */
export function isUnfinishedRun({ state }: Run): boolean {
  return state === 'confirmed' || state === 'running' || state === 'verifying'
}

/** True for a run that can be resumed. */
export function isResumableRun(run: Run): boolean {
  return isUnfinishedRun(run) || run.state === 'stopped' || run.state === 'failed' || run.state === 'unknown'
}
