// The files of one host: read with their facts, listed, and replaced only if they are still as planned.

import { createHash } from 'node:crypto'
import { FaultError } from '../../model/values/fault.ts'
import { onAbort } from '../network/wait-timeout.ts'
import {
  FILE_SCRIPT_EXIT,
  listFolderScript,
  readFileScript,
  removeFileScript,
  replaceFileScript,
  streamFileScript,
} from './file-scripts.ts'
import { connectionLostFault, HostFileError, type HostFileProblem } from './host-fault.ts'
import { type FileIdentity, type InspectedFolder, inspectedFolder, inspectScript } from './inspect-folder.ts'
import { createMarkerParser } from './marker-parser.ts'
import { plainScript } from './program-script.ts'
import { newMarker, runScript, type ScriptOutput, type ShellOpener } from './run-script.ts'

export interface HostFile {
  readonly path: string
  readonly text: string
  /** In hex, of the file's bytes. */
  readonly sha256: string
  /** Permission bits, e.g. 0o640. */
  readonly mode: number
  readonly owner: string
  readonly group: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch, to the second. */
  readonly modifiedAt: number
}

export interface HostEntry {
  readonly name: string
  readonly isFolder: boolean
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch, to the second. */
  readonly modifiedAt: number
}

export interface ReplaceFileOptions {
  readonly signal: AbortSignal
  /** Expected hash; null: there must be no file. */
  readonly expected: string | null
  /** Path of a copy on the same file system; null: no copy. An existing copy with the same content is accepted. */
  readonly backup: string | null
}

export interface StreamFileOptions {
  readonly signal: AbortSignal
  readonly maxBytes?: number
  /** Reads the last `maxBytes` instead of the first. */
  readonly fromEnd?: boolean
  /** Reads `maxBytes` from this byte on, counted from 0. */
  readonly fromByte?: number
  /** Only if it still is this very file; otherwise a HostFileError (`changed`). */
  readonly expected?: FileIdentity
}

const LARGEST_FILE_BYTES = 8 * 1024 * 1024
const LARGEST_LIST_BYTES = 16 * 1024 * 1024
const FOLDER = 0x4000
const KIND = 0xf000

const TROUBLES: ReadonlyMap<number, HostFileProblem> = new Map([
  [FILE_SCRIPT_EXIT.notThere, 'not-there'],
  [FILE_SCRIPT_EXIT.notAllowed, 'not-allowed'],
  [FILE_SCRIPT_EXIT.notAFile, 'not-a-file'],
  [FILE_SCRIPT_EXIT.tooLarge, 'too-large'],
  [FILE_SCRIPT_EXIT.changed, 'changed'],
  [FILE_SCRIPT_EXIT.exists, 'exists'],
  [FILE_SCRIPT_EXIT.notWritten, 'not-written'],
  [FILE_SCRIPT_EXIT.owner, 'owner'],
  [FILE_SCRIPT_EXIT.noProgram, 'no-program'],
])

/** SHA-256 in hex, the form in which files are compared. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** See HostConnection.readFile. */
export async function readHostFile(
  shell: ShellOpener,
  path: string,
  signal: AbortSignal,
  maxBytes = LARGEST_FILE_BYTES,
  isAnyText = false,
) {
  const script = readFileScript(path, maxBytes)
  const { exitCode, stdout, stderr } = await ask(shell, script, `reading ${path}`, signal, maxBytes + 4096)
  if (exitCode === FILE_SCRIPT_EXIT.notThere) return null
  if (exitCode !== 0) throw troubleOf(shell, path, exitCode, stderr)
  const end = stdout.indexOf(10)
  return fileOf(shell, path, stdout.toString('utf8', 0, end), stdout.subarray(end + 1), isAnyText)
}

/** See HostConnection.list. */
export async function listHostFolder(
  shell: ShellOpener,
  folder: string,
  signal: AbortSignal,
): Promise<readonly HostEntry[] | null> {
  const script = listFolderScript(folder)
  const { exitCode, stdout, stderr } = await ask(shell, script, `listing ${folder}`, signal, LARGEST_LIST_BYTES)
  if (exitCode === FILE_SCRIPT_EXIT.notThere) return null
  if (exitCode !== 0) throw troubleOf(shell, folder, exitCode, stderr)
  const entries = stdout.toString('utf8').split('\n').flatMap(entryOf)
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** See HostConnection.inspect. */
export async function inspectHostFolder(
  shell: ShellOpener,
  folder: string,
  signal: AbortSignal,
): Promise<InspectedFolder | null> {
  const script = inspectScript(folder, FILE_SCRIPT_EXIT)
  const { exitCode, stdout, stderr } = await ask(shell, script, `listing ${folder}`, signal, LARGEST_LIST_BYTES)
  if (exitCode === FILE_SCRIPT_EXIT.notThere) return null
  if (exitCode !== 0) throw troubleOf(shell, folder, exitCode, stderr)
  const found = inspectedFolder(stdout.toString('utf8'))
  if (!found) throw new HostFileError(shell.name, folder, 'no-program', 'stat printed something else')
  return found
}

/** See HostConnection.replaceFile. */
export async function replaceHostFile(
  shell: ShellOpener,
  path: string,
  text: string,
  options: ReplaceFileOptions,
): Promise<void> {
  const content = Buffer.from(text)
  const script = replaceFileScript({ ...options, path }, content, sha256Of(content), newMarker())
  const { exitCode, stderr } = await ask(shell, script, `writing ${path}`, options.signal)
  if (exitCode !== 0) throw troubleOf(shell, path, exitCode, stderr)
}

/** See HostConnection.removeFile. */
export async function removeHostFile(shell: ShellOpener, path: string, options: ReplaceFileOptions): Promise<void> {
  const { exitCode, stderr } = await ask(
    shell,
    removeFileScript({ ...options, path }),
    `removing ${path}`,
    options.signal,
  )
  if (exitCode !== 0) throw troubleOf(shell, path, exitCode, stderr)
}

/** See HostConnection.stream. */
export async function* streamHostFile(
  shell: ShellOpener,
  path: string,
  options: StreamFileOptions,
): AsyncGenerator<Uint8Array> {
  const { signal, maxBytes = null, fromEnd = false, fromByte, expected = null } = options
  const part = { maxBytes, from: fromByte ?? (fromEnd ? 'end' : 'start') } as const
  signal.throwIfAborted()
  const channel = await shell.open(signal)
  const forget = onAbort(signal, () => channel.kill())
  const mark = newMarker()
  const cuts = { output: createMarkerParser(mark), errors: createMarkerParser(mark) }
  let said = ''
  channel.errors.on('data', (chunk: Buffer) => {
    said = (said + cuts.errors.push(chunk).toString('utf8')).slice(-1000)
  })
  try {
    channel.input.write(plainScript(streamFileScript(path, part, expected), mark))
    for await (const chunk of channel.output) {
      const content = cuts.output.push(chunk)
      if (content.length > 0) yield content
      if (cuts.output.exitCode() !== null) break
    }
    signal.throwIfAborted()
    const exitCode = cuts.output.exitCode()
    if (exitCode === null) {
      if (cuts.output.hasBegun()) throw new FaultError(connectionLostFault(shell.name, `reading ${path}`))
      throw shell.notBegun(await channel.ended, cuts.errors.unmarkedOutput(), cuts.output.unmarkedOutput())
    }
    if (exitCode !== 0) throw troubleOf(shell, path, exitCode, said)
  } finally {
    forget()
    channel.kill()
  }
}

function ask(
  shell: ShellOpener,
  body: string,
  what: string,
  signal: AbortSignal,
  maxBytes = 64 * 1024,
): Promise<ScriptOutput> {
  return runScript(shell, { script: (mark) => plainScript(body, mark), what, signal, maxBytes, isWatched: false })
}

function troubleOf(shell: ShellOpener, path: string, exitCode: number, stderr: string): HostFileError {
  return new HostFileError(shell.name, path, TROUBLES.get(exitCode) ?? 'not-allowed', stderr)
}

function fileOf(shell: ShellOpener, path: string, line: string, bytes: Buffer, isAnyText: boolean): HostFile {
  const facts = factsOf(line)
  if (facts === null) throw new HostFileError(shell.name, path, 'no-program', `stat printed ${line}`)
  try {
    const text = new TextDecoder('utf-8', { fatal: !isAnyText, ignoreBOM: true }).decode(bytes)
    const { owner, group, modifiedAt } = facts
    const mode = facts.rawMode & 0o7777
    return { path, text, sha256: sha256Of(bytes), mode, owner, group, size: bytes.length, modifiedAt }
  } catch {
    throw new HostFileError(shell.name, path, 'not-text')
  }
}

function entryOf(line: string): HostEntry[] {
  const facts = factsOf(line)
  if (facts === null) return []
  const isFolder = (facts.rawMode & KIND) === FOLDER
  return [{ name: facts.path.replace(/^\.\//, ''), isFolder, size: facts.size, modifiedAt: facts.modifiedAt }]
}

function factsOf(line: string) {
  const [, mode, owner, group, size, seconds, path] =
    /^([0-9a-fA-F]+)\/\d+\/\d+\/([^/]*)\/([^/]*)\/(\d+)\/(-?\d+)\/(.*)$/s.exec(line) ?? []
  if (mode === undefined || owner === undefined || group === undefined || path === undefined) return null
  return {
    rawMode: Number.parseInt(mode, 16),
    owner,
    group,
    size: Number(size),
    modifiedAt: Number(seconds) * 1000,
    path,
  }
}
