// Questions of `pgdeck do` on a terminal: the confirmation, what to do about a step that did not work, hands that are done.

import { createInterface, type Interface } from 'node:readline'
import {
  type ConfirmationAnswer,
  confirmationQuestion,
  requiredConfirmation,
} from '../../../model/runs/confirmation.ts'
import type { Run } from '../../../model/runs/run.ts'
import type { StepDecision, StepQuestion } from '../../../model/runs/step-decision.ts'
import { clean } from '../../../model/values/text.ts'

/** Whether somebody can be asked. */
export function canPrompt(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Terminals mark what is pasted while this is on: then it is never equal to what has to be typed. */
const MARK_PASTES = '\x1b[?2004h'
const NO_MARKS = '\x1b[?2004l'

export interface Prompter {
  /** null where the answer is no. */
  confirmation(run: Run): Promise<ConfirmationAnswer | null>
  /** Whether `y` was answered. */
  yes(text: string): Promise<boolean>
  /** Without anybody to ask, a step that did not work stops the run. */
  decision(question: StepQuestion): Promise<StepDecision>
  /** From now on `m` and enter say that a step was done by hand. */
  listenForHand(done: () => void): void
  close(): void
}

/** A conversation over the terminal; where there is none, every answer is no. `tell` is for what only has to be known. */
export function openPrompter(tell: (text: string) => void): Prompter {
  return new TerminalDialogue(tell)
}

class TerminalDialogue implements Prompter {
  readonly #tell: (text: string) => void
  #lines: Interface | null = null
  #waiting: ((text: string | null) => void) | null = null
  #isGone = false
  #byHand: (() => void) | null = null

  constructor(tell: (text: string) => void) {
    this.#tell = tell
  }

  async confirmation(run: Run): Promise<ConfirmationAnswer | null> {
    const wanted = requiredConfirmation(run.plan)
    const hint = { enter: '[enter, or n]', yes: '[y/n]', typed: '>' }[wanted]
    const text = await this.#ask(`${confirmationQuestion(run.plan)} ${hint}`)
    if (text === null) return null
    if (wanted === 'typed') return text === run.plan.confirm ? { kind: 'typed', text } : null
    if (wanted === 'yes') return text === 'y' || text === 'yes' ? { kind: 'yes' } : null
    return text === '' || text === 'y' || text === 'yes' ? { kind: 'enter' } : null
  }

  async yes(text: string): Promise<boolean> {
    return canPrompt() && (await this.#ask(`${text} [y/n]`)) === 'y'
  }

  async decision({ step, state, why, hint }: StepQuestion): Promise<StepDecision> {
    this.#tell(`${step.title}: ${state}: ${why}${hint === null ? '' : `\n${hint}`}`)
    if (!canPrompt()) return { choice: 'stop' }
    for (;;) {
      const skip = step.maySkip ? ', s REASON skip it' : ''
      const text = ((await this.#ask(`r try again${skip}, u undo and stop, q stop >`)) ?? 'q').trim()
      if (text === 'r') return { choice: 'retry' }
      if (text === 'u') return { choice: 'undo' }
      if (text === 'q') return { choice: 'stop' }
      const reason = /^s\s+(\S.*)$/.exec(text)?.[1]
      if (reason !== undefined && step.maySkip) return { choice: 'skip', reason }
    }
  }

  listenForHand(done: () => void): void {
    if (!canPrompt()) return
    this.#byHand = done
    this.#open()
  }

  close(): void {
    this.#isGone = true
    this.#lines?.close()
  }

  /** null where nobody is there any more. */
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

  #open(): void {
    if (this.#lines) return
    this.#lines = createInterface({ input: process.stdin, terminal: false })
    this.#lines.on('line', (line) => {
      if (this.#waiting) this.#waiting(line)
      else if (line.trim() === 'm') this.#byHand?.()
    })
    this.#lines.on('close', () => {
      this.#isGone = true
      this.#waiting?.(null)
    })
  }
}
