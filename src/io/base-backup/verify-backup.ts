// Reads a base backup from the disk and compares it with its own manifest.

import { createReadStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { createGunzip } from 'node:zlib'
import { messageOf } from '../../model/values/fault.ts'
import { type BackupFormat, MANIFEST_FILE, TABLESPACES } from './backup-format.ts'
import { type ChecksumAlgorithm, createChecksum } from './checksum.ts'
import { type ChecksummedFile, manifestDifferences, parseManifest } from './manifest.ts'
import { commentInNote, readTar } from './tar.ts'

export interface BackupVerification {
  /** The problems as text; empty: it is complete. */
  readonly problems: readonly string[]
  readonly files: number
  /** Size of the contents. */
  readonly bytes: number
}

export interface BackupVerificationOptions {
  /** The algorithm of the manifest. In an archive the manifest comes last, so it must be known before. */
  readonly checksum: ChecksumAlgorithm
  readonly signal: AbortSignal
  readonly progress: (bytes: number) => void
}

const LABEL = 'backup_label'
const CHUNK = 256 * 1024

/** Reads every file to its end. Throws Node's error for a file that can't be read, and the signal's reason. */
export async function verifyBackupFiles(
  path: string,
  shape: BackupFormat,
  options: BackupVerificationOptions,
): Promise<BackupVerification> {
  const files = new Map<string, ChecksummedFile>()
  let manifest = ''
  let bytes = 0
  try {
    for await (const file of shape === 'folder' ? filesOf(path) : entriesOf(path, shape)) {
      const digest = createChecksum(options.checksum)
      const parts: Uint8Array[] = []
      let size = 0
      for await (const part of file.content) {
        options.signal.throwIfAborted()
        if (file.name === MANIFEST_FILE) parts.push(part.slice())
        digest.update(part)
        size += part.length
        bytes += part.length
        options.progress(bytes)
      }
      if (file.name === MANIFEST_FILE) manifest = Buffer.concat(parts).toString('utf8')
      if (size !== file.size) throw new Error(`${file.name} is cut off`)
      files.set(file.name, { size, digest: digest.done() })
    }
    if (manifest === '') throw new Error('it has no backup_manifest: it is incomplete, or not a backup of pgdeck')
    return { problems: manifestDifferences(parseManifest(manifest), files), files: files.size, bytes }
  } catch (error) {
    options.signal.throwIfAborted()
    if (isDisk(error)) throw error
    const why = messageOf(error)
    return { problems: [why], files: files.size, bytes }
  }
}

/** Returns the label of the backup; null if there is none at that path, or if it can't be read. */
export async function backupLabel(path: string, shape: BackupFormat): Promise<string | null> {
  try {
    const text = shape === 'folder' ? await readFile(join(path, LABEL), 'utf8') : await labelOf(path, shape)
    return /^LABEL: (.*)$/m.exec(text)?.[1] ?? null
  } catch {
    return null
  }
}

/** Returns the bytes that it uses on disk; null if there is none. */
export async function backupSizeOnDisk(path: string): Promise<number | null> {
  const stats = await stat(path).catch(() => null)
  if (!stats) return null
  if (!stats.isDirectory()) return stats.size
  let size = 0
  for await (const file of filesOf(path)) size += file.size
  return size
}

interface Content {
  readonly name: string
  readonly size: number
  readonly content: AsyncIterable<Uint8Array>
}

/** With those that the links of its tablespaces lead to. */
async function* filesOf(folder: string): AsyncGenerator<Content> {
  // One buffer for all files: most files of a database are small.
  const buffer = Buffer.allocUnsafe(CHUNK)
  const tablespaces = join(folder, TABLESPACES)
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of found) {
    const path = join(entry.parentPath, entry.name)
    const isLink = entry.isSymbolicLink() && entry.parentPath === tablespaces
    const files = isLink ? await readdir(path, { recursive: true, withFileTypes: true }) : [entry]
    for (const file of files) {
      if (!file.isFile()) continue
      const place = join(file.parentPath, file.name)
      const { size } = await stat(place)
      yield { name: relative(folder, place), size, content: contentOf(place, buffer) }
    }
  }
}

/** Each part is valid until the next one is requested. */
async function* contentOf(path: string, buffer: Buffer): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function* entriesOf(path: string, shape: BackupFormat): AsyncGenerator<Content> {
  const { source, plain } = openArchive(path, shape)
  const parts = readTar(plain)[Symbol.asyncIterator]()
  try {
    let next = await parts.next()
    while (!next.done) {
      const { value } = next
      next = await parts.next()
      if (value.kind !== 'entry' || value.entry.type !== 'file') continue
      const content = async function* () {
        for (; !next.done && next.value.kind === 'bytes'; next = await parts.next()) yield next.value.bytes
      }
      yield { name: value.entry.name, size: value.entry.size, content: content() }
    }
  } finally {
    source.destroy()
    plain.destroy()
  }
}

/** With tablespaces it is in a note at the beginning; else PostgreSQL sends its file first. */
async function labelOf(path: string, shape: BackupFormat): Promise<string> {
  const { source, plain } = openArchive(path, shape)
  const parts: Uint8Array[] = []
  let isNote = false
  try {
    for await (const part of readTar(plain)) {
      if (part.kind === 'bytes') parts.push(part.bytes.slice())
      else if (parts.length > 0 || (part.entry.type !== 'note' && part.entry.name !== LABEL)) break
      else isNote = part.entry.type === 'note'
    }
  } finally {
    source.destroy()
    plain.destroy()
  }
  const content = Buffer.concat(parts).toString('utf8')
  return isNote ? `LABEL: ${commentInNote(content) ?? ''}` : content
}

function openArchive(path: string, shape: BackupFormat) {
  const source = createReadStream(path, { highWaterMark: CHUNK })
  const plain = shape === 'tar.gz' ? source.pipe(createGunzip({ chunkSize: CHUNK })) : source
  source.on('error', (error) => plain.destroy(error))
  return { source, plain }
}

function isDisk(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return ['EIO', 'EACCES', 'ENOENT', 'EPERM', 'EMFILE'].includes(code)
}
