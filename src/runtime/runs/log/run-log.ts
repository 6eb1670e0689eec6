// Writes the record of a run: the journal before each step, and the audit log for what people should find later.

import type { ClusterConfig } from '../../../config/config.ts'
import { appendAuditLog } from '../../../io/audit/audit-log-writer.ts'
import { debugMessage } from '../../../io/process/debug-messages.ts'
import { type Journal, openJournal } from '../../../io/runs/journal.ts'
import type { AuditEntry, Principal } from '../../../model/events/audit-entry.ts'
import { redactAll } from '../../../model/logs/redact.ts'
import { RunInterruptedError } from '../../../model/runs/action-error.ts'
import { applyJournalEntry, type JournalEntry, type Run } from '../../../model/runs/run.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { journaledPlan } from './configured-commands.ts'
import { digestOfSteps } from './confirmed-steps.ts'

export type JournalOpener = typeof openJournal

export interface RunLogOptions {
  readonly folder: string
  readonly who: Principal
  /** Called after each line that is on disk. */
  readonly changed: (run: Run) => void
  readonly openJournal?: JournalOpener | undefined
  /** The configuration whose commands are stored only by name. */
  readonly config: () => ClusterConfig
  /** Called with the new entries of the audit log, for views that show it. */
  readonly noted?: ((entries: readonly AuditEntry[]) => void) | undefined
}

/** The log of one run. */
export interface RunLog {
  run(): Run
  /** Resolves when the line is on disk in the journal, and in the audit log if it belongs there. Throws if that fails. */
  append(entry: NewJournalEntry): Promise<void>
  /** Writes a line of output, in order, without delaying the run. What can't be written is dropped. */
  say(step: string | null, text: string): void
  close(): Promise<void>
}

/** A line without its time: it gets the time of writing. */
export type NewJournalEntry = JournalEntry extends infer Entry
  ? Entry extends JournalEntry
    ? Omit<Entry, 'at'>
    : never
  : never

/** Starts the log of a planned run: the plan is its first line. */
export async function beginRunLog(options: RunLogOptions, run: Run): Promise<RunLog> {
  const journal = await (options.openJournal ?? openJournal)(options.folder, run.id, { begin: true })
  const runLog = new JournalRunLog(options, journal, run)
  return appendOrClose(runLog, { type: 'planned', run: run.id, who: run.who, plan: run.plan })
}

/** Returns the log with one more line, or closes it if that can't be written. */
export async function appendOrClose(runLog: RunLog, first: NewJournalEntry): Promise<RunLog> {
  try {
    await runLog.append(first)
    return runLog
  } catch (error) {
    await runLog.close().catch(() => {})
    throw error
  }
}

/** Continues the log of an interrupted or stopped run. */
export async function reopenRunLog(options: RunLogOptions, run: Run): Promise<RunLog> {
  const journal = await (options.openJournal ?? openJournal)(options.folder, run.id, { begin: false })
  return new JournalRunLog(options, journal, run)
}

class JournalRunLog implements RunLog {
  readonly #options: RunLogOptions
  readonly #journal: Journal
  #run: Run
  /** The digest of the plan that this process wrote; null: another process wrote it. */
  #digest: string | null = null

  constructor(options: RunLogOptions, journal: Journal, run: Run) {
    this.#options = options
    this.#journal = journal
    this.#run = run
  }

  run(): Run {
    return this.#run
  }

  async append(untimed: NewJournalEntry): Promise<void> {
    const at = Date.now()
    const entry = { ...this.#withoutSecrets(untimed), at } as JournalEntry
    try {
      await this.#keep(entry)
      debugMessage(() => journalMessage(this.#run.id, entry))
    } catch (error) {
      throw this.#cutShort(error)
    }
    // The run uses the plan with everything that its steps need.
    const carried = untimed.type === 'planned' ? ({ ...untimed, at } as JournalEntry) : entry
    this.#run = applyJournalEntry(this.#run, carried) ?? this.#run
    this.#options.changed(this.#run)
  }

  async #keep(entry: JournalEntry): Promise<void> {
    const what = auditText(this.#run, entry)
    // The audit log first: an action without a record does not continue.
    if (what !== null) await auditStep(this.#options, this.#run, what, entry)
    await this.#journal.append(entry)
  }

  #cutShort(error: unknown): RunInterruptedError {
    const why = messageOf(error)
    const at = this.#run.steps.find(({ state }) => state === 'running' || state === 'verifying')
    const where = at ? ` in the step ${at.id}` : ''
    const message = `pgdeck can’t write the journal of the run: ${why}; the run stopped where it was${where}`
    return new RunInterruptedError(message, `Free space, then resume: pgdeck do --resume ${this.#run.id}`, {
      cause: error,
    })
  }

  /** Texts of servers and programs may hold a password, and so may configured commands in a plan. */
  #withoutSecrets(entry: NewJournalEntry): NewJournalEntry {
    if (entry.type === 'confirmed' && this.#digest !== null)
      return { ...(redactAll(entry) as typeof entry), steps: this.#digest }
    if (entry.type !== 'planned') return redactAll(entry) as NewJournalEntry
    const plan = journaledPlan(entry.plan, entry.run, this.#options.config())
    this.#digest = digestOfSteps(plan)
    return { ...entry, plan }
  }

  say(step: string | null, text: string): void {
    const entry: JournalEntry = { type: 'said', at: Date.now(), step, text }
    this.#run = applyJournalEntry(this.#run, entry) ?? this.#run
    this.#options.changed(this.#run)
    this.#journal.append(entry).catch(() => {})
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}

/** The text of a line in the audit log; null for lines that only the journal needs. */
function auditText({ plan }: Run, entry: JournalEntry): string | null {
  const act = `${plan.action}${plan.target ? ` ${plan.target.id}` : ''}`
  switch (entry.type) {
    case 'planned':
      return `${act}: planned`
    case 'confirmed':
      return `${act}: confirmed by ${entry.how}`
    case 'taken-up':
      return `${act}: begins`
    case 'step-started':
      return `${act}: ${entry.step} begins${entry.attempt > 1 ? `, attempt ${entry.attempt}` : ''}`
    case 'step-done':
    case 'step-undone':
      return `${act}: ${entry.step} ${entry.type === 'step-done' ? 'done' : 'undone'}: ${entry.evidence}`
    case 'step-released':
      return `${act}: ${entry.step} let users go: ${entry.evidence}`
    case 'step-failed':
    case 'step-unknown':
      return `${act}: ${entry.step} ${entry.type === 'step-failed' ? 'failed' : 'unknown'}: ${entry.why}`
    case 'step-skipped':
      return `${act}: ${entry.step} skipped: ${entry.reason}`
    case 'taking-back':
      return `${act}: is undone`
    case 'step-by-hand':
      return `${act}: ${entry.step} marked done by the operator`
    case 'overruled':
      return `${act}: ${entry.check} overruled (${entry.reason}): ${entry.what}`
    case 'basis-changed':
      return `${act}: ${entry.why}`
    case 'ended':
      return `${act}: ${entry.ending}${entry.why === null ? '' : `: ${entry.why}`}`
    case 'step-ran':
    case 'server-noted':
    case 'said':
      return null
  }
}

async function auditStep(options: RunLogOptions, { id, plan }: Run, what: string, entry: JournalEntry): Promise<void> {
  const line: AuditEntry = {
    at: entry.at,
    who: options.who,
    cluster: plan.cluster,
    server: plan.target?.id ?? null,
    category: 'user',
    what,
    plan: entry.type === 'planned' ? { run: id, ...planned(entry.plan) } : { run: id },
    result: entry.type === 'ended' ? entry.ending : null,
  }
  await appendAuditLog(options.folder, [line])
  options.noted?.([line])
}

/** What the audit log keeps of a plan: the confirmed question, without the basis. */
function planned({ input, danger, impact, checks, steps }: Run['plan']) {
  return {
    input,
    danger,
    impact: impact.statement,
    checks: checks.map(({ id, result, message, overridden }) => ({ id, result, message, overridden })),
    steps: steps.map(({ id, how, where, detail }) => ({ id, how, where, detail })),
  }
}

/** Names the line without texts of servers and programs. */
function journalMessage(run: string, entry: JournalEntry): string {
  const step = 'step' in entry && entry.step !== null ? ` ${entry.step}` : ''
  const attempt = entry.type === 'step-started' ? `, attempt ${entry.attempt}` : ''
  const ending = entry.type === 'ended' ? `, ${entry.ending}` : ''
  return `run ${run}: ${entry.type}${step}${attempt}${ending}`
}
