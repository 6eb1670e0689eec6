// The log file: one line per event, for finding out later what the screen no longer shows.

import { appendFileSync } from 'node:fs'
import { redact } from '../model/redact.ts'
import { clean } from '../model/text.ts'
import { distrustOf, factsAt, foreignLink } from './files/trust.ts'

export const LOG_LEVELS = ['error', 'warning', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Log {
  /** null: nothing is kept. */
  readonly file: string | null
  write(level: LogLevel, text: string): void
}

export interface LogOptions {
  /** Made when it is missing, for its owner alone. */
  readonly file: string
  /** Less important lines are left out. */
  readonly level: LogLevel
}

export const NO_LOG: Log = { file: null, write: () => {} }

/** A log that appends to a file. Each line is on disk when `write` returns, so that a crash loses none. Throws when it can't. */
export function openLog({ file, level }: LogOptions): Log {
  const found = factsAt(file)
  const distrust = foreignLink(file) ?? (found && distrustOf(file, found))
  if (distrust) throw new Error(`${distrust.path} ${distrust.why}: name a new file`)
  appendFileSync(file, '', { mode: 0o600 })
  const least = LOG_LEVELS.indexOf(level)
  return {
    file,
    write(of, text) {
      if (LOG_LEVELS.indexOf(of) > least) return
      // A stack keeps its lines; each is indented, so that none can pose as an event of its own.
      const lines = redact(text).split('\n').map(clean).join('\n    ')
      appendFileSync(file, `${new Date().toISOString()} ${of} ${lines}\n`)
    },
  }
}
