// Records what a watching program sees: each event of the store as what changed, in a file of the state folder. It
// never makes the program wait: the disk is a matter of another thread.

import { newRecordingPath, requireRecordingFolder } from '../../io/recording/recording-folder.ts'
import { RecordingFileError, type RecordingThread, startRecordingThread } from '../../io/recording/recording-thread.ts'
import { messageOf } from '../../model/values/fault.ts'
import { formatBytes, formatSeconds } from '../../model/values/units.ts'
import type { Event } from '../../state/event.ts'
import type { Mark } from '../../state/past/recorded-past.ts'
import { marksBetween, storedMark } from '../../state/recording/marks.ts'
import { isRecorded } from '../../state/recording/recorded-events.ts'
import { createRecordingEncoder } from '../../state/recording/recording-encoder.ts'
import type { ClusterState } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { createClockWatch } from './clock-watch.ts'

export interface Recorder {
  /** Begins. `onProblem` gets each problem once, and the end of it. Throws if the folder can't be used. */
  start(store: Store, onProblem: (text: string) => void): void
  /** Records one event, before it changes the state. Never throws and never waits. */
  event(event: Event, at: number): void
  /** Writes what is pending. A disk that hangs delays this for three seconds. */
  close(): Promise<void>
}

export interface RecorderOptions {
  readonly stateFolder: string
  /** Version of pgdeck. */
  readonly version: string
  /** Record the text of statements. */
  readonly statements: boolean
  /** How long recordings are kept, in milliseconds, and how many bytes of them. */
  readonly keepMs: number
  readonly maxBytes: number
  /** How often it is written. */
  readonly everyMs?: number
  /** How long `close` may take, in milliseconds. */
  readonly closeMs?: number
  /** How many bytes must be left on the disk. */
  readonly spareBytes?: number
  /** How long the clock must not have been set before files are removed by their age, in milliseconds. */
  readonly settleMs?: number
  /** A clock in milliseconds that is never set. */
  readonly steady?: () => number
}

/** A segment can be read without what was before it. Its start has everything that is known. */
const SEGMENT_MS = 5 * 60_000
const WRITE_EVERY_MS = 10_000
const NEW_FILE_AFTER_MS = 6 * 3_600_000
/** So that the oldest can be removed, a file has this part of all bytes. */
const FILE_SHARE = 8
const MOST_WAITING_BYTES = 16 * 1024 * 1024
/** A reader takes no part of more. */
const MOST_PART_BYTES = 128 * 1024 * 1024
const SLOW_MS = 20_000
const RETRY_MS = 30_000
/** A host may start with a wrong clock: by that one all recordings may seem old. */
const SETTLE_MS = 15 * 60_000
/** The disk belongs to others too. */
const SPARE_BYTES = 64 * 1024 * 1024
const SLICE_MS = 4

/** Creates a recorder. There is no file before the first events are written. */
export function createRecorder(options: RecorderOptions): Recorder {
  return new FileRecorder(options)
}

interface Segment {
  readonly startedAt: number
  readonly clusters: readonly string[]
  /** The start, of which lines are still to be made; null when it is whole. */
  keyframe: Iterator<string, void> | null
  startLines: string[]
  lines: string[]
  marks: Mark[]
  lastAt: number
  /** Nothing of it was handed over yet. */
  isNew: boolean
  /** Bytes of its start, and of all that was handed over. */
  startBytes: number
  bytes: number
}

class FileRecorder implements Recorder {
  readonly #options: RecorderOptions
  readonly #encoder
  readonly #clock
  #thread: RecordingThread | null = null
  #store: Store | null = null
  #tell = (_: string) => {}
  #folder = ''
  #file: { readonly path: string; readonly since: number; bytes: number } | null = null
  #segment: Segment | null = null
  #before: readonly ClusterState[] = []
  #clockMarks: readonly Mark[] = []
  #timer: NodeJS.Timeout | undefined
  #unsubscribe = () => {}
  /** The texts that the disk does not have yet, by the time of their request. */
  readonly #waiting = new Map<number, number>()
  #requests = 0
  #problem: string | null = null
  #notBefore = 0
  #clockSetAt = performance.now()

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#encoder = createRecordingEncoder(options)
    this.#clock = createClockWatch(options.steady)
  }

  start(store: Store, onProblem: (text: string) => void): void {
    this.#folder = requireRecordingFolder(this.#options.stateFolder)
    this.#store = store
    // The store may be reducing the event that led to it.
    this.#tell = (text) => void setImmediate(() => onProblem(text))
    this.#thread = startRecordingThread()
    this.#timer = setInterval(() => this.#write(), this.#options.everyMs ?? WRITE_EVERY_MS).unref()
    this.#before = store.published().clusters
    this.#unsubscribe = store.subscribe(() => this.#mark())
  }

  event(event: Event, at: number): void {
    if (!this.#store || !isRecorded(event)) return
    this.#followClock(at)
    const segment = this.#currentSegment(event, at)
    if (!segment) return
    const line = this.#encoder.event(event, at)
    if (line === null) return
    segment.lines.push(line)
    segment.lastAt = at
  }

  async close(): Promise<void> {
    if (!this.#store) return
    this.#unsubscribe()
    clearInterval(this.#timer)
    this.#write()
    this.#store = null
    await this.#thread?.close(this.#options.closeMs)
  }

  #followClock(at: number): void {
    const jump = this.#clock.jumpAt(at)
    if (jump === 0) return
    this.#clockSetAt = performance.now()
    this.#endSegment()
    const by = formatSeconds(Math.abs(jump) / 1_000)
    const text = jump < 0 ? `the clock of this host was set back by ${by}` : `the clock of this host jumped by ${by}`
    this.#tell(`recording: ${text}`)
    this.#before = []
    const mark = { at, kind: 'clock', severity: 'info', subject: '', text } as const
    this.#clockMarks = (this.#store?.latest().clusters ?? []).map(({ spec }) => ({ ...mark, cluster: spec.name }))
  }
  /** The segment that gets this event; null while nothing can be written. A new one begins with what was known before it. */
  #currentSegment(event: Event, at: number): Segment | null {
    const known = this.#segment
    // Between two rounds: a round's own answers stay together.
    const isFull = known !== null && (at - known.startedAt >= SEGMENT_MS || known.bytes >= MOST_PART_BYTES)
    const isOver = isFull && event.type === 'poll-ended'
    if (known && !isOver) return known
    this.#endSegment()
    if (!this.#store || performance.now() < this.#notBefore || this.#isBehind()) return null
    const state = this.#store.latest()
    this.#segment = {
      startedAt: at,
      clusters: state.clusters.map(({ spec }) => spec.name),
      keyframe: this.#encoder.keyframe({ ...state, now: Math.max(state.now, state.startedAt) }),
      startLines: [],
      lines: [],
      marks: [...this.#clockMarks],
      lastAt: at,
      isNew: true,
      startBytes: 0,
      bytes: 0,
    }
    this.#clockMarks = []
    this.#makeStart(this.#segment)
    this.#prune()
    return this.#segment
  }

  /** A large fleet takes a while to write down: a few lines at a time, of a state that does not change any more. */
  #makeStart(segment: Segment): void {
    setImmediate(() => {
      const until = performance.now() + SLICE_MS
      while (performance.now() < until && this.#nextLine(segment));
      if (segment.keyframe) this.#makeStart(segment)
    })
  }

  #nextLine(segment: Segment): boolean {
    const line = segment.keyframe?.next()
    if (line && !line.done) segment.startLines.push(line.value)
    else segment.keyframe = null
    return segment.keyframe !== null
  }

  #endSegment(): void {
    this.#write()
    this.#segment = null
  }

  #mark(): void {
    const { clusters } = this.#store?.published() ?? { clusters: [] }
    if (clusters === this.#before) return
    this.#segment?.marks.push(...marksBetween(this.#before, clusters).map(storedMark))
    const line = this.#encoder.derived(this.#before, clusters)
    if (line !== null) this.#segment?.lines.push(line)
    this.#before = clusters
  }

  /** The start of a part with many databases alone may be more than what may wait otherwise. */
  #isBehind(startBytes = 0): boolean {
    const waiting = [...this.#waiting.values()].reduce((sum, bytes) => sum + bytes, 0)
    return waiting > MOST_WAITING_BYTES + 2 * startBytes
  }

  /** Hands over what was recorded since the last time. */
  #write(): void {
    this.#noticeSlowDisk()
    const segment = this.#segment
    if (!segment || !this.#thread || (segment.lines.length === 0 && !segment.isNew)) return
    while (this.#nextLine(segment));
    segment.startBytes ||= segment.startLines.reduce((sum, line) => sum + line.length, 0)
    const text = [...segment.startLines, ...segment.lines].join('')
    segment.bytes += text.length
    const { isNew: begins, clusters, marks, startedAt: from, lastAt: to } = segment
    Object.assign(segment, { startLines: [], lines: [], marks: [], isNew: false })
    const { path } = this.#currentFile(begins)
    const { version } = this.#options
    const meta = { pgdeck: version, node: process.version, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }
    const request = { kind: 'append', path, meta, begins, clusters, text, from, to, marks } as const
    const startedAt = performance.now() + this.#requests++ / 1e6
    this.#waiting.set(startedAt, text.length)
    this.#thread.ask({ ...request, spareBytes: this.#options.spareBytes ?? SPARE_BYTES }).then(
      (bytes) => this.#written(startedAt, Number(bytes)),
      (error: unknown) => this.#failed(startedAt, error),
    )
    if (!this.#isBehind(segment.startBytes)) return
    this.#segment = null
    this.#report('the disk is slower than what is recorded', 'slow')
  }

  #currentFile(begins: boolean) {
    const now = Date.now()
    const { maxBytes } = this.#options
    const isFull = this.#file !== null && this.#file.bytes > maxBytes / FILE_SHARE
    if (!this.#file || (begins && (isFull || Math.abs(now - this.#file.since) > NEW_FILE_AFTER_MS)))
      this.#file = { path: newRecordingPath(this.#folder, now), since: now, bytes: 0 }
    return this.#file
  }

  #written(request: number, bytes: number): void {
    this.#waiting.delete(request)
    if (this.#file) this.#file.bytes = bytes
    if (this.#problem !== null) this.#tell('recording: it is written again')
    this.#problem = null
  }

  #failed(request: number, error: unknown): void {
    this.#waiting.delete(request)
    this.#segment = null
    this.#file = null
    this.#notBefore = performance.now() + RETRY_MS
    this.#report(reasonOf(error))
  }

  #noticeSlowDisk(): void {
    const [oldest] = this.#waiting.keys()
    if (oldest === undefined || performance.now() - oldest < SLOW_MS) return
    this.#report(
      `the disk is too slow: nothing was written for ${formatSeconds((performance.now() - oldest) / 1_000)}`,
      'slow',
    )
  }

  #report(text: string, kind = text): void {
    if (this.#problem !== kind) this.#tell(`recording: ${text}; what happens meanwhile may be missing in it`)
    this.#problem = kind
  }

  #prune(): void {
    const { keepMs, maxBytes, settleMs = SETTLE_MS } = this.#options
    const isSettled = performance.now() - this.#clockSetAt >= settleMs
    const keptSince = isSettled ? Date.now() - keepMs : Number.NEGATIVE_INFINITY
    const request = { kind: 'prune', folder: this.#folder, keptSince, maxBytes } as const
    this.#thread?.ask(request).catch((error: unknown) => this.#report(reasonOf(error)))
  }
}

function reasonOf(error: unknown): string {
  const { code } = error instanceof RecordingFileError ? error : { code: '' }
  if (code === 'ENOSPC') return `the disk has less than ${formatBytes(SPARE_BYTES)} left`
  if (code === 'EBUSY') return 'another program has the file of the recording locked'
  return messageOf(error)
}
