// The log file: one line per event, to find out later what the screen no longer shows.

import { closeSync, constants, fstatSync, openSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { redact } from '../../model/logs/redact.ts'
import { clean } from '../../model/values/text.ts'
import { distrustOf, foreignSymlink, ownershipAt } from './trust.ts'

export const LOG_LEVELS = ['error', 'warning', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface ProgramLog {
  /** null: there is no log file. */
  readonly file: string | null
  write(level: LogLevel, text: string): void
}

export interface ProgramLogOptions {
  /** Created if it is missing, readable only by its owner. */
  readonly file: string
  /** Less important lines are left out. */
  readonly level: LogLevel
}

export const NO_PROGRAM_LOG: ProgramLog = { file: null, write: () => {} }

/**
 * Opens a log that appends to a file. Each line is on disk when `write` returns, so that a crash loses none. Throws if
 * that fails.
 */
export function openProgramLog({ file, level }: ProgramLogOptions): ProgramLog {
  const ownership = ownershipAt(file)
  // A pipe without a reader would block the program.
  const kind = OWN_OUTPUT.test(file) ? undefined : statSync(file, { throwIfNoEntry: false })
  if (kind?.isFIFO() || kind?.isSocket()) throw new Error(`${file} exists already, and is not a file: name a new file`)
  const distrust = foreignSymlink(file) ?? (ownership && distrustOf(file, ownership))
  if (distrust) throw new Error(`${distrust.path} ${distrust.why}: name a new file`)
  // The user's own link is followed once. In a folder that others can write to, they could replace it later.
  const place = ownership && !OWN_OUTPUT.test(file) ? realpathSync(file) : file
  if (!append(place, '')) throw new Error(`${file} is a broken symbolic link: name a new file`)
  let isLost = false
  const least = LOG_LEVELS.indexOf(level)
  return {
    file,
    write(of, text) {
      if (isLost || LOG_LEVELS.indexOf(of) > least) return
      // A stack trace keeps its lines. Each is indented, so that none looks like an event.
      const lines = redact(text).split('\n').map(clean).join('\n    ')
      // A file that another user put in its place gets nothing, and must not end the program.
      isLost ||= !append(place, `${new Date().toISOString()} ${of} ${lines}\n`)
    },
  }
}

const APPEND =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0)

/**
 * Opens the file by name each time, so that a log can be rotated. Returns false and writes nothing if another user owns
 * that name now.
 */
function append(path: string, text: string): boolean {
  const isOwn = OWN_OUTPUT.test(path)
  let descriptor: number
  try {
    descriptor = openSync(path, isOwn ? 'a' : APPEND, 0o600)
  } catch (error) {
    // A link, or a pipe without a reader.
    if (['ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
  try {
    const facts = fstatSync(descriptor)
    if (!isOwn && (!facts.isFile() || distrustOf(path, facts))) return false
    writeFileSync(descriptor, text)
    return true
  } finally {
    closeSync(descriptor)
  }
}

/** Descriptors that the caller of this program opened for it. */
const OWN_OUTPUT = /^\/dev\/(?:std(?:out|err)|fd\/\d+)$|^\/proc\/self\/fd\/\d+$/
