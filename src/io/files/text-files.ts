// Reads and writes text files for the rest of the program, with error messages for people; checks who may write them.

import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs'

/** A configuration has a few kilobytes. A bigger file was named by mistake, and reading a device would never end. */
const LARGEST_BYTES = 8 * 1024 * 1024

/** A descriptor of the shell, as in `-c <(decrypt config)` or `-c /dev/stdin`: a pipe with a writer. */
const OWN_DESCRIPTOR = /^\/(?:dev\/stdin|dev\/fd\/\d+|proc\/self\/fd\/\d+)$/
/** Windows has no such flag. */
const NOT_WAITING = constants.O_NONBLOCK ?? 0

export interface TextFile {
  readonly text: string
  /** Permission bits, e.g. 0o644. */
  readonly mode: number
  /** Facts of the same file that was read. */
  readonly facts: Stats
}

/** A file could not be read. The message says which file and why. */
export class FileError extends Error {
  readonly code: string
  readonly path: string

  constructor(path: string, code: string, why: string) {
    super(`${path}: ${why}`)
    this.name = 'FileError'
    this.code = code
    this.path = path
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'this user may not read it',
  EISDIR: 'is a folder, not a file',
  ELOOP: 'too many symbolic links',
  ENXIO: 'is a socket, not a file',
  ENAMETOOLONG: 'the name is too long',
}

/** Returns the text (UTF-8, without a byte order mark) and the mode of one and the same file. Throws FileError. */
export function readTextFile(path: string, decoded: (path: string, bytes: Uint8Array) => string = decode): TextFile {
  const { bytes, facts } = readBytes(path)
  return { text: decoded(path, bytes), mode: facts.mode & 0o777, facts }
}

/** Whether the path is a descriptor that the caller of this program opened for it. */
export function isInheritedDescriptor(path: string): boolean {
  return OWN_DESCRIPTOR.test(path)
}

/** Returns the bytes, each as the character with its number (Latin-1), and the mode. Throws FileError. */
export function readRawFile(path: string): TextFile {
  return readTextFile(path, (_, bytes) => Buffer.from(bytes).toString('latin1'))
}

/** Returns the bytes as text. A byte order mark stays, and bytes that are not UTF-8 become U+FFFD. Throws FileError. */
export function readLenientText(path: string): string {
  return lenient(path, readBytes(path).bytes)
}

/** Bytes as text in which bytes that are not UTF-8 become U+FFFD. */
export function lenient(_: string, bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function readBytes(path: string): { readonly bytes: Uint8Array; readonly facts: Stats } {
  let descriptor: number | null = null
  try {
    // Opening a named pipe would wait for a writer that may never come.
    descriptor = openSync(path, OWN_DESCRIPTOR.test(path) ? 'r' : constants.O_RDONLY | NOT_WAITING)
    const facts = fstatSync(descriptor)
    if (facts.isDirectory()) throw new FileError(path, 'EISDIR', REASONS.EISDIR ?? '')
    if (facts.isFIFO() && !OWN_DESCRIPTOR.test(path)) {
      throw new FileError(path, 'EPIPE', 'is a named pipe, not a file')
    }
    if (facts.isCharacterDevice() || facts.isBlockDevice())
      throw new FileError(path, 'EDEVICE', 'is a device, not a file')
    if (facts.size > LARGEST_BYTES) throw new FileError(path, 'EFBIG', 'is larger than 8 MB')
    return { bytes: readFileSync(descriptor), facts }
  } catch (error) {
    throw error instanceof FileError ? error : explained(path, error)
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FileError(path, 'EILSEQ', 'is not UTF-8 text')
  }
}

function explained(path: string, error: unknown): FileError {
  const { code = 'EIO', message } = error as NodeJS.ErrnoException
  return new FileError(path, code, REASONS[code] ?? message)
}

/** Whether anything is at the path; false also where this user may not look. */
export function pathExists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** Returns the names in a folder; null if it can't be read. */
export function listNamesOrNull(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder)
  } catch {
    return null
  }
}

/** Whether group or others have any right to a file of this mode. Windows has no such bits. */
export function isOpenToOthers(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0
}

/** Replaces the file's content atomically. Only its owner may read it. Throws errors of the file system. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  // Loaded at the first write: its modules would delay every start.
  const { default: writeFileAtomic } = await import('write-file-atomic')
  await writeFileAtomic(path, text, { mode: 0o600 })
}

/** Creates the folder for its owner only if it is missing. Returns its path. */
export function makePrivateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** Permission bits such as 0o644; null if nothing is there or its mode is unknown. */
export function permissionBits(path: string): number | null {
  try {
    return statSync(path).mode & 0o777
  } catch {
    return null
  }
}

/** Whether this process may write to that path. */
export function isPathWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
