// Starts the thread that has the files of recordings open, and asks it.

import { Worker } from 'node:worker_threads'
import { settledWithin } from '../network/wait-timeout.ts'
import { noteEndingThread } from '../process/end-process.ts'
import {
  RECORDING_MARK,
  RECORDING_TABLES,
  RECORDING_VERSION,
  recordingChecks,
  recordingFiles,
} from './recording-files.ts'
import {
  type RecordingAnswer,
  type RecordingRequest,
  recordingAppender,
  recordingReader,
  segmentCompressor,
  serveRecordings,
} from './recording-worker.ts'

/** A request without its number. */
type Asked = RecordingRequest extends infer Each ? (Each extends unknown ? Omit<Each, 'id'> : never) : never

export interface RecordingThread {
  /** Resolves to the answer. Rejects with a RecordingFileError. */
  ask(request: Asked): Promise<unknown>
  /** Closes the files and ends the thread. A disk that hangs delays this for so many milliseconds; default: 3000. */
  close(limitMs?: number): Promise<void>
}

/** A file of a recording can't be read or written. `code` is one of the system's, or EVERSION for a newer version. */
export class RecordingFileError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const CLOSE_LIMIT_MS = 3_000
/** How long the thread may take to end when it is told to. */
const TERMINATION_MS = 1_000

/** Starts the thread. It alone does not keep the program running. */
export function startRecordingThread(): RecordingThread {
  const worker = new Worker(workerCode(), { eval: true, stdin: false, name: 'recording' })
  worker.unref()
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let count = 0
  let ended: RecordingFileError | null = null
  const end = (message: string) => {
    ended = new RecordingFileError('EIO', message)
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('message', (answer: RecordingAnswer) => {
    const request = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (waiting.size === 0) worker.unref()
    if (answer.ok) request?.resolve(answer.value)
    else request?.reject(new RecordingFileError(answer.code, answer.message))
  })
  worker.on('error', (error) => end(error.message))
  worker.on('exit', () => end('the thread of the recording has ended'))
  const ask = (request: Asked): Promise<unknown> => {
    if (ended) return Promise.reject(ended)
    const id = ++count
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer)
    worker.ref()
    worker.postMessage({ ...request, id })
    return answer.promise
  }
  return {
    ask,
    async close(limitMs = CLOSE_LIMIT_MS) {
      const noteEnded = noteEndingThread()
      await settledWithin(
        ask({ kind: 'close' }).catch(() => {}),
        limitMs,
      )
      // It may wait in the system for the disk, and would keep the program from ending.
      await settledWithin(worker.terminate().then(noteEnded), TERMINATION_MS)
    },
  }
}

/** A text, because the program is one file, which the thread would have to load as a whole. */
function workerCode(): string {
  return `
    // Some compilers name functions by this.
    const __name = (named) => named
    // SQLite is marked as experimental in some versions of Node. Its warning would be drawn over the screen.
    process.emitWarning = () => {}
    const modules = (name) => process.getBuiltinModule(name)
    const tables = ${JSON.stringify(RECORDING_TABLES)}
    const checks = (${recordingChecks})(modules, tables, ${RECORDING_VERSION}, ${RECORDING_MARK})
    const files = (${recordingFiles})(modules, tables, checks)
    const appender = (${recordingAppender})(modules, files, (${segmentCompressor})(modules))
    const reader = (${recordingReader})(modules, files)
    ;(${serveRecordings})(modules, { files, appender, reader })`
}
