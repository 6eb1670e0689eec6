// The code of the thread that has the files of recordings open: SQLite and the disk never make the program wait.
//
// These functions run in another thread, which gets them as text: they use nothing but their parameters.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Modules, recordingFiles } from './recording-files.ts'

/** What the thread can be asked. Each answer has the `id` of its request. */
export type RecordingRequest = { readonly id: number } & (
  | {
      readonly kind: 'append'
      /** The file is created if it is missing. */
      readonly path: string
      readonly meta: Readonly<Record<string, string>>
      /** True for the first text of a segment. */
      readonly begins: boolean
      readonly clusters: readonly string[]
      readonly text: string
      /** The times of its first and last event. */
      readonly from: number
      readonly to: number
      readonly marks: readonly StoredMark[]
      /** Entries of the audit log, in a file for somebody else. */
      readonly audit?: readonly { readonly at: number; readonly entry: string }[]
      /** Bytes that the disk must have left after it. */
      readonly spareBytes: number
    }
  | { readonly kind: 'prune'; readonly folder: string; readonly keptSince: number; readonly maxBytes: number }
  | {
      readonly kind: 'rows'
      readonly path: string
      /** It lies in our own folder: what a killed process had begun there is taken back. */
      readonly isOwn: boolean
      readonly sql: string
      readonly parameters: readonly SQLInputValue[]
    }
  | { readonly kind: 'text'; readonly path: string; readonly isOwn: boolean; readonly segment: number }
  | { readonly kind: 'list'; readonly folder: string }
  | { readonly kind: 'close' }
)

interface StoredMark {
  readonly at: number
  readonly cluster: string
  readonly kind: string
  readonly severity: string
  readonly subject: string
  readonly text: string
}

/** A file as the thread found it, with its owner and permissions. */
export interface RecordingFile {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

export type RecordingAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string }

/** Compresses a segment piece by piece as one stream, which can be read up to its last piece. */
export function segmentCompressor(modules: Modules) {
  const { createDeflateRaw, constants } = modules('node:zlib')
  return () => {
    const stream = createDeflateRaw({ level: 6 })
    return (text: string) => {
      const parts: Buffer[] = []
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
      const gather = (part: Buffer) => parts.push(part)
      stream.on('data', gather).once('error', reject)
      stream.write(text)
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        stream.off('data', gather).off('error', reject)
        resolve(Buffer.concat(parts))
      })
      return promise
    }
  }
}

/** Writes segments. */
export function recordingAppender(
  modules: Modules,
  files: ReturnType<typeof recordingFiles>,
  compressor: ReturnType<typeof segmentCompressor>,
) {
  const fs = modules('node:fs')
  const { dirname } = modules('node:path')
  let open: { readonly path: string; readonly database: DatabaseSync } | null = null
  let segment: { readonly id: number; place: number; readonly compress: ReturnType<typeof compressor> } | null = null
  const close = () => {
    segment = null
    open?.database.close()
    open = null
  }
  const opened = (path: string, meta: Readonly<Record<string, string>>) => {
    if (open?.path === path) return open.database
    close()
    open = { path, database: files.create(path, meta) }
    return open.database
  }
  return {
    close,
    /** Resolves to the size of the file. After an error nothing of the segment can be added any more. */
    async append(request: Extract<RecordingRequest, { kind: 'append' }>): Promise<number> {
      const { path, meta, begins, clusters, text, from, to, marks, audit = [], spareBytes } = request
      // Until this part is written: what came after a lost one would say what changed since it.
      let current = begins || open?.path !== path ? null : segment
      segment = null
      const { bavail, bsize } = fs.statfsSync(dirname(path))
      if (bavail * bsize < spareBytes) throw Object.assign(new Error('the disk is almost full'), { code: 'ENOSPC' })
      const database = opened(path, meta)
      if (begins) {
        const next = Number(database.prepare('SELECT coalesce(max(id), 0) + 1 AS id FROM segments').get()?.id)
        current = { id: next, place: 0, compress: compressor() }
      }
      if (!current) throw new Error('there is no segment to add to')
      const { id, place } = current
      const data = await current.compress(text)
      database.exec('BEGIN IMMEDIATE')
      try {
        if (begins)
          database.prepare('INSERT INTO segments VALUES (?, ?, ?, ?)').run(id, from, to, JSON.stringify(clusters))
        else database.prepare('UPDATE segments SET ended = max(ended, ?) WHERE id = ?').run(to, id)
        database.prepare('INSERT INTO pieces VALUES (?, ?, ?)').run(id, place, data)
        const mark = database.prepare('INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?)')
        for (const each of marks) mark.run(each.at, each.cluster, each.kind, each.severity, each.subject, each.text)
        for (const { at, entry } of audit) database.prepare('INSERT INTO audit VALUES (?, ?)').run(at, entry)
        database.exec('COMMIT')
      } catch (error) {
        // A full disk may have ended the transaction already.
        try {
          database.exec('ROLLBACK')
        } catch {}
        throw error
      }
      segment = { ...current, place: place + 1 }
      return fs.statSync(path).size
    },
  }
}

/** Reads segments, and removes old files. */
export function recordingReader(modules: Modules, files: ReturnType<typeof recordingFiles>) {
  const { inflateRawSync, constants } = modules('node:zlib')
  const fs = modules('node:fs')
  const { join } = modules('node:path')
  const MOST_TEXT = 256 * 1024 * 1024
  const IN_USE_MS = 15 * 60_000
  const MOST_BYTES = 64 * 1024 * 1024
  const SIZE = 'SELECT total(length(data)) AS bytes FROM pieces WHERE segment = ?'
  const PIECES = 'SELECT data FROM pieces WHERE segment = ? ORDER BY place'
  return {
    rows: ({ path, isOwn, sql, parameters }: Extract<RecordingRequest, { kind: 'rows' }>) =>
      files
        .reader(path, isOwn)
        .prepare(sql)
        .all(...parameters),
    text({ path, isOwn, segment }: Extract<RecordingRequest, { kind: 'text' }>): string {
      const database = files.reader(path, isOwn)
      const { bytes } = database.prepare(SIZE).get(segment) ?? {}
      if (Number(bytes) > MOST_BYTES) throw Object.assign(new Error('a recorded part is too large'), { code: 'EFBIG' })
      const pieces = database.prepare(PIECES).all(segment)
      const data = Buffer.concat(pieces.map((piece) => piece.data as Uint8Array))
      // The stream has no end while its segment is being written.
      return inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_TEXT }).toString('utf8')
    },
    /** The plain files of a folder, which may be missing. */
    list({ folder }: Extract<RecordingRequest, { kind: 'list' }>): readonly RecordingFile[] {
      if (!fs.existsSync(folder)) return []
      return fs.readdirSync(folder).flatMap((name) => {
        const stats = fs.statSync(join(folder, name), { throwIfNoEntry: false })
        return stats?.isFile() ? [{ name, uid: stats.uid, gid: stats.gid, mode: stats.mode }] : []
      })
    },
    /** Files that are written still are never removed, whoever writes them. Returns the bytes that are left. */
    prune({ folder, keptSince, maxBytes }: Extract<RecordingRequest, { kind: 'prune' }>): number {
      const names = fs.readdirSync(folder).filter((name) => name.endsWith('.pgdeck'))
      const found = names.flatMap((name) => {
        const stats = fs.lstatSync(join(folder, name), { throwIfNoEntry: false })
        return stats?.isFile() ? [{ path: join(folder, name), at: stats.mtimeMs, size: stats.size }] : []
      })
      let total = found.reduce((sum, { size }) => sum + size, 0)
      for (const { path, at, size } of found.sort((one, other) => one.at - other.at)) {
        if (Date.now() - at < IN_USE_MS || (at >= keptSince && total <= maxBytes)) continue
        try {
          for (const each of [path, `${path}-journal`]) fs.rmSync(each, { force: true })
          total -= size
        } catch {} // One that can't be removed must not keep the others.
      }
      return total
    },
  }
}

/** Answers the requests, one after the other. */
export function serveRecordings(
  modules: Modules,
  {
    files,
    appender,
    reader,
  }: {
    readonly files: ReturnType<typeof recordingFiles>
    readonly appender: ReturnType<typeof recordingAppender>
    readonly reader: ReturnType<typeof recordingReader>
  },
): void {
  const { parentPort } = modules('node:worker_threads')
  const answer = async (request: RecordingRequest): Promise<unknown> => {
    switch (request.kind) {
      case 'append':
        return appender.append(request)
      case 'list':
        return reader.list(request)
      case 'prune':
        return reader.prune(request)
      case 'rows':
        return reader.rows(request)
      case 'text':
        return reader.text(request)
      case 'close':
        files.closeReaders()
        return appender.close()
    }
  }
  let before: Promise<unknown> = Promise.resolve()
  parentPort?.on('message', (request: RecordingRequest) => {
    before = before
      .then(() => answer(request))
      .then(
        (value) => parentPort.postMessage({ id: request.id, ok: true, value }),
        (error: NodeJS.ErrnoException & { errcode?: number }) => {
          // SQLITE_FULL and SQLITE_BUSY by their numbers: their texts differ.
          const known = { 5: 'EBUSY', 13: 'ENOSPC' } as const
          const code = known[error.errcode as keyof typeof known] ?? error.code ?? 'EIO'
          // SQLITE_READONLY: a journal beside a file that is only read.
          const isUnfinished = ((error.errcode ?? 0) & 255) === 8 && request.kind !== 'append'
          const message = isUnfinished ? `it was not written to its end, there is a journal beside it` : error.message
          parentPort.postMessage({ id: request.id, ok: false, code, message })
        },
      )
  })
}
