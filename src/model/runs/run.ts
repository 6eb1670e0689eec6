// One run of an act: what its journal says, put together. The journal is the truth; this is how it reads.

import type { Principal } from '../events/audit-entry.ts'
import type { ServerIdentity } from '../measured/server-identity.ts'
import type { ServerOnHost } from '../measured/server-on-host.ts'
import type { JsonRecord, Plan } from './plan.ts'
import type { ServingAfterRun } from './serving-after-run.ts'

/** `undone`: taken back after a failure. `unknown`: sent, and neither seen to have worked nor to have failed. */
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

/** How a run can end. `aborted`: stopped, and what can be undone was. */
export type RunEnding = 'done' | 'failed' | 'unknown' | 'stopped' | 'aborted'

/** One line of a journal. Each is on disk before what it announces happens, or before anybody is told of it. */
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
      /** SHA-256 of the plan's steps as the journal keeps them; absent in journals of earlier versions, and of a second confirmation. */
      readonly steps?: string
    }
  /** A process takes the run up: the first time, or after it was cut off. */
  | {
      readonly type: 'taken-up'
      readonly at: number
      readonly pid: number
      readonly host: string
      /** When that process was started, as its system counts it; absent where it can't tell, and in journals of 0.1.0. */
      readonly start?: string
    }
  | { readonly type: 'step-started'; readonly at: number; readonly step: string; readonly attempt: number }
  /** It was carried out as far as the answer says; or no answer came, and only its effect can tell. */
  | { readonly type: 'step-ran'; readonly at: number; readonly step: string; readonly answer: 'given' | 'lost' }
  | {
      readonly type: 'step-done'
      readonly at: number
      readonly step: string
      readonly evidence: string
      /** What the evidence is; absent where nothing is told by it later. */
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
  /** `who` left it out; absent in journals of 0.1.0. */
  | {
      readonly type: 'step-skipped'
      readonly at: number
      readonly step: string
      readonly reason: string
      readonly who?: Principal
    }
  /** Behind a database this server answers from now on: the step restarted it, or somebody confirmed that it is meant. */
  | {
      readonly type: 'server-noted'
      readonly at: number
      readonly step: string | null
      readonly database: string
      /** null: none answers, or the one of before. */
      readonly identity: ServerIdentity | null
      /** As its host tells; null where it can't. */
      readonly onHost: ServerOnHost | null
    }
  /** A person, `who`, says it was done by hand. */
  | { readonly type: 'step-by-hand'; readonly at: number; readonly step: string; readonly who?: Principal }
  /** From here on what was done is taken back: whoever goes on with it goes on with that. */
  | { readonly type: 'taking-back'; readonly at: number }
  | { readonly type: 'step-undone'; readonly at: number; readonly step: string; readonly evidence: string }
  | { readonly type: 'said'; readonly at: number; readonly step: string | null; readonly text: string }
  /** A check was overruled when the run began or was gone on with: what it found, and why that does not count. */
  | {
      readonly type: 'overruled'
      readonly at: number
      readonly check: string
      readonly reason: string
      readonly what: string
    }
  /** The world is no longer as it was planned on. */
  | { readonly type: 'basis-changed'; readonly at: number; readonly why: string }
  | {
      readonly type: 'ended'
      readonly at: number
      readonly ending: RunEnding
      readonly why: string | null
      /** After a change of roles; absent after anything else. */
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
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** It was carried out, as its answer said; whether it had its effect is another thing. */
  readonly isAnswered: boolean
  /** What showed that it worked, why it did not, or why it was skipped. */
  readonly note: string | null
  readonly hint: string | null
  /** What showed it, for what is told by it; null where nothing is. */
  readonly proof: JsonRecord | null
  /** The user whose word it is that it was done, or may be left out; null where it was seen. */
  readonly operator: string | null
}

export interface Run {
  readonly id: string
  readonly who: Principal
  readonly plan: Plan
  readonly state: RunState
  readonly steps: readonly RunStep[]
  /** By database: the servers that the run noted after it had stopped or started them. They count instead of the plan's. */
  readonly servers: Readonly<Record<string, RecordedServer>>
  /** What was done is being taken back, or was: there is no way forward any more. */
  readonly isUndoing: boolean
  /** The process that took it up last; null while none has. */
  readonly owner: { readonly pid: number; readonly host: string; readonly start?: string } | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Why it ended as it did; null while it goes on, or when it is done and nothing is wanting. */
  readonly why: string | null
  /** Who served the users when it was done; absent where it is not done, or changed no roles. */
  readonly served?: ServingAfterRun
  /** What was said while it ran, oldest first. */
  readonly output: readonly { readonly at: number; readonly step: string | null; readonly text: string }[]
}

/** A run that is only planned. */
export function plannedRun(id: string, who: Principal, plan: Plan, isBlocked: boolean): Run {
  const steps = plan.steps.map((step): RunStep => {
    const blank = {
      startedAt: null,
      endedAt: null,
      isAnswered: false,
      note: null,
      hint: null,
      proof: null,
      operator: null,
    }
    return { id: step.id, state: 'pending', attempts: 0, ...blank }
  })
  const state = isBlocked ? 'blocked' : 'planned'
  const open = { owner: null, startedAt: null, endedAt: null, why: null, output: [] }
  return { id, who, plan, state, steps, servers: {}, isUndoing: false, ...open }
}

const OUTPUT_KEPT = 500

/** The run after one more line of its journal. A `planned` line begins anew. */
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
      return { ...run, ...stepAfter(run, entry) }
    default:
      // Written by a newer version: what it means is not known here, and no state may be guessed from it.
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
      return {
        state: 'running',
        attempts: entry.attempt,
        startedAt: step.startedAt ?? at,
        endedAt: null,
        isAnswered: false,
        note: null,
        hint: null,
        proof: null,
        operator: null,
      }
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
      return { state: 'undone', endedAt: at, note: entry.evidence }
  }
}

/** True for a run that is done, and after which the users are served as they were before, or better. */
export function hasRunSucceeded({ state, served }: Run): boolean {
  return state === 'done' && (served?.suffices ?? true)
}

/** The run that a whole journal tells of; null for one without a plan. */
export function runFromJournal(entries: Iterable<JournalEntry>): Run | null {
  let run: Run | null = null
  for (const entry of entries) run = applyJournalEntry(run, entry)
  return run
}

/** True for a run that was confirmed and has not ended: cut off, or still going on elsewhere. */
export function isUnfinishedRun({ state }: Run): boolean {
  return state === 'confirmed' || state === 'running' || state === 'verifying'
}

/** True for a run that `resume` may go on with. */
export function isResumableRun(run: Run): boolean {
  return isUnfinishedRun(run) || run.state === 'stopped' || run.state === 'failed' || run.state === 'unknown'
}
