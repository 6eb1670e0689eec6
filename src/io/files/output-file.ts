// Files that a user asks for (`--out`, exports, archives): new ones, readable only by their owner, named only when they
// are complete.

import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FileError } from './text-files.ts'
import { foreignSymlink } from './trust.ts'

export interface OutputOptions {
  /** Replace an existing plain file. Links, folders and devices are never replaced. */
  readonly force: boolean
}

/** A file that is being written beside its path. */
export interface OutputFile {
  /** Path of its content until it is finished. */
  readonly partial: string
  readonly descriptor: number
  /** Syncs the content to disk and gives it its name. Throws FileError; then no part of it is left. */
  finish(): void
  /** Removes what was written. Does nothing after `finish`. */
  abandon(): void
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'is a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
}
/** The error codes of file systems without hard links. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** The temporary name of the content. Collecting logs ignores such files. */
export const PARTIAL_FILE_NAME = /^\.pgdeck-[0-9a-f]{12}\.part$/

/** Whether anything is at that path, including a dangling link. */
export function isPathTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Why no file can be written to that path; null if one can. */
export function whyPathTaken(path: string, { force }: OutputOptions): string | null {
  const foreign = foreignSymlink(dirname(path))
  if (foreign) return `${foreign.path} ${foreign.why}, and pgdeck does not follow it: ${foreign.remedy}`
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return null
  if (stats.isSymbolicLink()) return 'is a symbolic link, and pgdeck follows none: name a new file'
  if (!stats.isFile())
    return `exists already, and is ${stats.isDirectory() ? 'a folder' : 'not a file'}: name a new file`
  return force ? null : 'the file exists; --force overwrites it'
}

/** Starts a file that only its owner may read. Throws FileError. */
export function openOutputFile(path: string, options: OutputOptions): OutputFile {
  refuseTaken(path, options)
  const { partial, descriptor } = begun(path)
  let isOpen = true
  const end = () => {
    isOpen = false
    closeSync(descriptor)
  }
  const abandon = () => {
    if (!isOpen) return
    end()
    rmSync(partial, { force: true })
  }
  return {
    partial,
    descriptor,
    abandon,
    finish() {
      try {
        explained(path, () => fsyncSync(descriptor))
        renameIntoPlace(partial, path, options)
        end()
      } catch (error) {
        abandon()
        throw error
      }
    },
  }
}

/**
 * Starts a file that has its name at once: others may read it while it grows. Returns its descriptor. Throws FileError.
 */
export function openNamedOutputFile(path: string, options: OutputOptions): number {
  refuseTaken(path, options)
  const { partial, descriptor } = begun(path)
  try {
    renameIntoPlace(partial, path, options)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    rmSync(partial, { force: true })
    throw error
  }
}

function begun(path: string): Pick<OutputFile, 'partial' | 'descriptor'> {
  const partial = join(dirname(path), `.pgdeck-${randomBytes(6).toString('hex')}.part`)
  return { partial, descriptor: explained(path, () => openSync(partial, 'wx', 0o600)) }
}

/** Writes a whole text. Throws FileError; then no part of it is left. */
export function writeOutputFile(path: string, text: string, options: OutputOptions): void {
  const file = openOutputFile(path, options)
  try {
    explained(path, () => writeFileSync(file.descriptor, text))
  } catch (error) {
    file.abandon()
    throw error
  }
  file.finish()
}

/** Gives a file in the same folder its name. Throws FileError if the name is taken by now. */
export function renameIntoPlace(from: string, path: string, options: OutputOptions): void {
  refuseTaken(path, options)
  if (!options.force && isLinked(from, path)) rmSync(from, { force: true })
  else explained(path, () => renameSync(from, path))
}

/** Unlike a rename, a link never replaces another file. False if the file system has no hard links. */
function isLinked(from: string, path: string): boolean {
  try {
    linkSync(from, path)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!NO_LINKS.includes(code)) throw outputFileError(path, error)
    refuseTaken(path, { force: false })
    return false
  }
}

function refuseTaken(path: string, options: OutputOptions): void {
  const why = explained(path, () => whyPathTaken(path, options))
  if (why !== null) throw new FileError(path, 'EEXIST', why)
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw outputFileError(path, error)
  }
}

/** Returns the system's error for an output file, as text. */
export function outputFileError(path: string, error: unknown): FileError {
  if (error instanceof FileError) return error
  const { code = 'EIO', message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return new FileError(path, code, 'exists already')
  return new FileError(path, code, REASONS[code] ?? message)
}
