// Reads recordings: those of the state folder, which several processes may have written, or one file.

import { basename } from 'node:path'
import { listRecordings } from '../../io/recording/recording-folder.ts'
import { RECORDED_AUDIT, RECORDED_MARKS, RECORDED_SEGMENTS } from '../../io/recording/recording-queries.ts'
import { RecordingFileError, type RecordingThread, startRecordingThread } from '../../io/recording/recording-thread.ts'
import type { AuditEntry } from '../../model/events/audit-entry.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { MARK_KINDS, type Mark } from '../../state/past/recorded-past.ts'
import { parseSegment, type RecordedSegment } from '../../state/recording/recording-decoder.ts'
import { inSlices } from './in-slices.ts'
import { unreadText } from './parts-in-order.ts'
import type { SegmentPlace } from './segment-place.ts'

/** Where recordings are: the state folder, or a file. */
export type RecordingPlace = { readonly stateFolder: string } | { readonly file: string }

export interface RecordingIndex {
  /** In the order of their start. */
  readonly segments: readonly SegmentPlace[]
  /** Oldest first. */
  readonly marks: readonly Mark[]
  /** Why files were left out, one sentence each. */
  readonly problems: readonly string[]
}

export interface Recordings {
  /** What there is now, of these clusters; of all without names. Throws RecordingFileError for a file that was named. */
  index(clusters?: readonly string[]): Promise<RecordingIndex>
  /** Throws RecordingFileError and RecordingError. */
  read(place: SegmentPlace): Promise<RecordedSegment>
  /** The audit log in an exported file. */
  audit(): Promise<readonly AuditEntry[]>
  /** Writes a new file with these segments; resolves to its size. Throws RecordingFileError. */
  copy(request: CopyRequest): Promise<number>
  close(): Promise<void>
}

interface CopyRequest {
  readonly path: string
  readonly meta: Readonly<Record<string, string>>
  readonly parts: readonly SegmentPlace[]
  /** What the new file gets of the lines of a segment. */
  readonly linesOf: (text: string) => string
  /** Gets a sentence for each part that can't be read. */
  readonly onUnread: (text: string) => void
  /** The clusters that are left. */
  readonly clusters: (of: SegmentPlace) => readonly string[]
  readonly marks: readonly Mark[]
  readonly audit: readonly { readonly at: number; readonly entry: string }[]
}

/** Opens them. Nothing is read before `index`. */
export function openRecordings(place: RecordingPlace): Recordings {
  const thread = startRecordingThread()
  const isOwn = 'stateFolder' in place
  const textOf = async (path: string, segment: number): Promise<string> => {
    const text = await thread.ask({ kind: 'text', path, isOwn, segment })
    if (typeof text === 'string') return text
    throw new RecordingFileError('EIO', 'a recorded part has no text')
  }
  const rows = (path: string, sql: string) =>
    thread.ask({ kind: 'rows', path, isOwn, sql, parameters: [] }) as Promise<readonly Row[]>
  return {
    async index(clusters) {
      // Another process may have removed or replaced files that are open here.
      await thread.ask({ kind: 'close' })
      const { paths, untrusted } =
        'file' in place ? { paths: [place.file], untrusted: [] } : await listRecordings(thread, place.stateFolder)
      const problems = untrusted.map((path) => `${basename(path)} belongs to others or can be written by them`)
      const segments: SegmentPlace[] = []
      const marks: Mark[] = []
      for (const path of paths) {
        try {
          segments.push(...(await rows(path, RECORDED_SEGMENTS)).map((row) => segmentOf(path, row)))
          marks.push(...(await rows(path, RECORDED_MARKS)).flatMap((row) => markOf(row) ?? []))
        } catch (error) {
          if ('file' in place) throw error
          problems.push(`${basename(path)} can't be read: ${clean((error as Error).message)}`)
        }
      }
      const isWanted = (names: readonly string[]) => !clusters || names.some((name) => clusters.includes(name))
      return {
        segments: segments.filter((each) => isWanted(each.clusters)).sort((one, other) => one.started - other.started),
        marks: distinct(marks.filter(({ cluster }) => isWanted([cluster]))),
        problems,
      }
    },
    async read({ path, segment }) {
      return inSlices(parseSegment(await textOf(path, segment)))
    },
    async audit() {
      if (!('file' in place)) return []
      return (await rows(place.file, RECORDED_AUDIT)).flatMap(({ entry }) => auditEntryOf(entry) ?? [])
    },
    copy: (request) => copyParts(thread, textOf, request),
    close: () => thread.close(),
  }
}

async function copyParts(
  thread: RecordingThread,
  textOf: (path: string, segment: number) => Promise<string>,
  { path, meta, parts, linesOf, clusters, marks, audit, onUnread }: CopyRequest,
): Promise<number> {
  let bytes = 0
  for (const place of parts) {
    const text = await textOf(place.path, place.segment)
      .then(linesOf)
      .catch((error: unknown) => {
        onUnread(unreadText(place, clean(messageOf(error))))
        return null
      })
    if (text === null) continue
    const { started: from, ended: to } = place
    const once = bytes === 0 ? { marks, audit } : { marks: [] }
    const request = { kind: 'append', path, meta, begins: true, clusters: clusters(place), text, from, to } as const
    bytes = Number(await thread.ask({ ...request, ...once, spareBytes: 0 }))
  }
  await thread.ask({ kind: 'close' })
  return bytes
}

type Row = Readonly<Record<string, unknown>>

function segmentOf(path: string, { id, started, ended, clusters }: Row): SegmentPlace {
  return {
    path,
    segment: Number(id),
    started: Number(started),
    ended: Number(ended),
    clusters: namesOf(clusters),
  }
}

function namesOf(text: unknown): readonly string[] {
  try {
    const names = JSON.parse(String(text))
    return Array.isArray(names) ? names.map((name) => clean(String(name))) : []
  } catch {
    return []
  }
}

function markOf({ at, cluster, kind, severity, subject, text }: Row): Mark | null {
  const known = MARK_KINDS.find((each) => each === kind)
  const level = severity === 'critical' || severity === 'warning' ? severity : 'info'
  if (!known || typeof at !== 'number') return null
  const [name, about, words] = [cluster, subject, text].map((each) => clean(String(each)))
  return { at, cluster: name ?? '', kind: known, severity: level, subject: about ?? '', text: words ?? '' }
}

/** Several processes that watch the same record the same, within an interval or two. */
const SAME_MS = 10_000

function distinct(marks: readonly Mark[]): readonly Mark[] {
  const latest = new Map<string, number>()
  return marks
    .toSorted((one, other) => one.at - other.at)
    .filter(({ at, cluster, kind, subject, text }) => {
      const key = [cluster, kind, subject, text.split(':', 1)[0]].join('\n')
      const before = latest.get(key)
      latest.set(key, at)
      return before === undefined || at - before > SAME_MS
    })
}

function auditEntryOf(text: unknown): AuditEntry | null {
  try {
    const entry = JSON.parse(String(text), (_, value) => (typeof value === 'string' ? clean(value) : value))
    return typeof entry?.at === 'number' && typeof entry.what === 'string' && typeof entry.who?.user === 'string'
      ? (entry as AuditEntry)
      : null
  } catch {
    return null
  }
}
