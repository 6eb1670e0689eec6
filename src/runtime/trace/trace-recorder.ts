// `--trace`: writes each event of the store as one line, to find out later what a user saw and why.

import { setTimeout as wait } from 'node:timers/promises'
import { type GrowingFile, LAST_BYTES, openGrowingFile } from '../../io/files/growing-file.ts'
import type { Event } from '../../state/event.ts'
import type { InitialStateOptions } from '../../state/initial-state.ts'
import { traceHeadLine, traceLine } from '../../state/trace/trace-format.ts'

const MAX_BYTES = 256 * 1024 * 1024
const MAX_WAITING_BYTES = 16 * 1024 * 1024
/** A disk that hangs must not prevent the end of the program. */
const CLOSE_LIMIT_MS = 1_000

export interface TraceRecorder {
  /**
   * Creates the file with the initial state of the store. `onProblem` is called once if it can't continue. Throws
   * FileError.
   */
  start(initial: InitialStateOptions, onProblem: (problem: string) => void): void
  /** Writes one event; `at` is in milliseconds since the epoch. Never throws and never waits. */
  event(event: Event, at: number): void
  /** The terminal has a new size. */
  size(columns: number, rows: number): void
  /** Resolves when everything is written, or after a second. */
  close(): Promise<void>
}

export interface TraceRecorderOptions {
  readonly path: string
  /** Replace an existing plain file. */
  readonly force: boolean
  /** Version of pgdeck. */
  readonly version: string
  readonly maxBytes?: number
}

/** Creates a recorder. There is no file before `start`, so that a program which ends earlier leaves none. */
export function createTraceRecorder({ path, force, version, maxBytes }: TraceRecorderOptions): TraceRecorder {
  let tell = (_: string) => {}
  let file: GrowingFile | null = null
  const limits = { maxBytes: maxBytes ?? MAX_BYTES, maxWaitingBytes: MAX_WAITING_BYTES }
  return {
    start(initial, onProblem) {
      tell = onProblem
      file = openGrowingFile({
        path,
        force,
        ...limits,
        lastText: (limit) => cutLine(limit, (cut) => tell(`the trace ${path} ends here: ${cut}`)),
        onFailed: (problem) => tell(`the trace ends here: ${problem}`),
      })
      const { version: node, platform, arch } = process
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      file.write(() => traceHeadLine({ pgdeck: version, node, system: `${platform} ${arch}`, timeZone, initial }))
    },
    event: (event, at) => file?.write(() => traceLine({ at, event })),
    size: (columns, rows) => file?.write(() => traceLine({ at: Date.now(), size: { columns, rows } })),
    close: () => Promise.race([file?.close(), wait(CLOSE_LIMIT_MS, undefined, { ref: false })]),
  }
}

const REASONS = {
  size: 'it has reached its size limit',
  disk: 'the disk is too slow for it',
} as const

function cutLine(limit: keyof typeof REASONS, onCut: (cut: string) => void): string {
  const cut = REASONS[limit]
  // The store is reducing the event that was to be written. It gets the message after that.
  setImmediate(() => onCut(cut))
  return traceLine({ at: Date.now(), cut }).slice(0, LAST_BYTES)
}
