// `pgdeck do` on a terminal: the progress of a run, and its questions: the confirmation, a failed step, a step by
// hand.

import { createInterface, type Interface } from 'node:readline'
import {
  type ConfirmationAnswer,
  confirmationQuestion,
  confirmsPlan,
  requiredConfirmation,
  type StepDecision,
  type StepQuestion,
} from '../../../model/runs/confirmation.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { Run, RunStep } from '../../../model/runs/run.ts'
import { clean } from '../../../model/values/text.ts'
import { formatSeconds } from '../../../model/values/units.ts'

/** Whether somebody can be asked. */
export function canPrompt(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Terminals mark pasted text while this is on. Marked text never equals the text to type. */
const MARK_PASTES = '\x1b[?2004h'
const NO_MARKS = '\x1b[?2004l'

/** What a person says of a manual step. */
interface ManualAnswers {
  done(): void
  skipped(reason: string): void
}

export interface Prompter {
  /** null if the answer is no. */
  confirmation(run: Run): Promise<ConfirmationAnswer | null>
  /** Whether `y` was answered. */
  yes(text: string): Promise<boolean>
  /** Without a person to ask, a failed step stops the run. */
  decision(question: StepQuestion): Promise<StepDecision>
  /** From now on `m` and enter report that a step was done by hand, `s REASON` and enter that it is skipped. */
  listenForHand(heard: ManualAnswers): void
  close(): void
}

/** A dialogue over the terminal. Without a terminal every answer is no. `notify` gets texts without a question. */
export function openPrompter(notify: (text: string) => void): Prompter {
  return new TerminalDialogue(notify)
}

class TerminalDialogue implements Prompter {
  readonly #notify: (text: string) => void
  #lines: Interface | null = null
  #waiting: ((text: string | null) => void) | null = null
  #isGone = false
  #manual: ManualAnswers | null = null

  constructor(notify: (text: string) => void) {
    this.#notify = notify
  }

  async confirmation(run: Run): Promise<ConfirmationAnswer | null> {
    const wanted = requiredConfirmation(run.plan)
    const hint = { enter: '[enter, or n]', yes: '[y/n]', typed: '>' }[wanted]
    const text = await this.#ask(`${confirmationQuestion(run.plan)} ${hint}`)
    if (text === null) return null
    if (wanted === 'typed') return confirmsPlan(text, run.plan) ? { kind: 'typed', text } : null
    if (wanted === 'yes') return text === 'y' || text === 'yes' ? { kind: 'yes' } : null
    return text === '' || text === 'y' || text === 'yes' ? { kind: 'enter' } : null
  }

  async yes(text: string): Promise<boolean> {
    return canPrompt() && (await this.#ask(`${text} [y/n]`)) === 'y'
  }

  async decision({ step, state, why, hint }: StepQuestion): Promise<StepDecision> {
    this.#notify(`${step.title}: ${state}: ${why}${hint === null ? '' : `\n${hint}`}`)
    if (!canPrompt()) return { choice: 'stop' }
    for (;;) {
      const skip = step.maySkip ? ', s REASON skip it' : ''
      const text = ((await this.#ask(`r try again${skip}, u undo and stop, q stop >`)) ?? 'q').trim()
      if (text === 'r') return { choice: 'retry' }
      if (text === 'u') return { choice: 'undo' }
      if (text === 'q') return { choice: 'stop' }
      const reason = reasonOf(text)
      if (reason !== undefined && step.maySkip) return { choice: 'skip', reason }
    }
  }

  listenForHand(heard: ManualAnswers): void {
    if (!canPrompt()) return
    this.#manual = heard
    this.#open()
  }

  close(): void {
    this.#isGone = true
    this.#lines?.close()
  }

  /** null if the person has left. */
  async #ask(text: string): Promise<string | null> {
    this.#open()
    if (this.#isGone) return null
    process.stderr.write(`${MARK_PASTES}${clean(text)} `)
    try {
      return await new Promise<string | null>((resolve) => {
        this.#waiting = resolve
      })
    } finally {
      this.#waiting = null
      process.stderr.write(NO_MARKS)
    }
  }

  #hear(text: string): void {
    const reason = reasonOf(text)
    if (text === 'm') this.#manual?.done()
    else if (reason !== undefined) this.#manual?.skipped(reason)
  }

  #open(): void {
    if (this.#lines) return
    this.#lines = createInterface({ input: process.stdin, terminal: false })
    this.#lines.on('line', (line) => {
      if (this.#waiting) this.#waiting(line)
      else this.#hear(line.trim())
    })
    this.#lines.on('close', () => {
      this.#isGone = true
      this.#waiting?.(null)
    })
  }
}

/** Of `s REASON`. */
function reasonOf(text: string): string | undefined {
  return /^s\s+(\S.*)$/.exec(text)?.[1]
}

/** A listener of a run that prints what is new since its last print. */
export function runProgressPrinter(notify: (text: string) => void): (run: Run) => void {
  const printStep = stepPrinter(notify)
  const printOutput = outputPrinter(notify)
  return (run) => {
    for (const index of run.steps.keys()) printStep(run, index)
    for (const said of run.output) printOutput(said)
  }
}

function stepPrinter(notify: (text: string) => void): (run: Run, index: number) => void {
  const printed = new Map<string, string>()
  return ({ plan, steps }, index) => {
    const step = steps[index]
    const text = step ? textOf(step) : null
    if (!step || text === null || printed.get(step.id) === text) return
    printed.set(step.id, text)
    const planned = plan.steps[index]
    notify(`[${index + 1}/${steps.length}] ${planned?.title ?? step.id}: ${text}`)
    if (step.state === 'running' && planned?.how === 'manual') printManual(planned, notify)
  }
}

function outputPrinter(notify: (text: string) => void): (said: Run['output'][number]) => void {
  const printed = new Set<string>()
  let lastAt = 0
  return ({ at, text }) => {
    const said = `${at} ${text}`
    if (at < lastAt || printed.has(said)) return
    printed.add(said)
    lastAt = at
    notify(`      ${text}`)
  }
}

/** What a person has to do. Meanwhile the program looks for the effect. */
function printManual({ where, detail, verify, maySkip }: PlannedStep, notify: (text: string) => void): void {
  notify(`      Do this by hand on ${where}:`)
  for (const line of detail.split('\n')) notify(`        ${line}`)
  const skip = maySkip ? ' s REASON and enter skips it.' : ''
  notify(`      The run continues when this is verified: ${verify}. Press m and enter when it is done.${skip}`)
}

function textOf({ state, note, hint, startedAt, endedAt, attempts }: RunStep): string | null {
  const took = startedAt === null || endedAt === null ? '' : ` in ${formatSeconds((endedAt - startedAt) / 1000)}`
  switch (state) {
    case 'pending':
    case 'verifying':
      return null
    case 'running':
      return attempts > 1 ? `starts, attempt ${attempts}` : 'starts'
    case 'done':
      return `done${took}: ${note ?? ''}`
    default:
      return `${state}: ${note ?? ''}${hint === null ? '' : ` ${hint}`}`
  }
}
