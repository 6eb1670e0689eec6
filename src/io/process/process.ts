// Programs of this host: runs one to its end by an argument array, or starts one that ends with this process.

import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { isExecutable, type SystemUser } from '../files/sync-files.ts'

export interface ProcessOptions {
  readonly owner?: SystemUser | null
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface ProcessResult {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

function settings(options: ProcessOptions) {
  const env = options.env ?? { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', HOME: options.cwd ?? '/' }
  const identity = options.owner ? { uid: options.owner.uid, gid: options.owner.gid } : {}
  return { cwd: options.cwd ?? '/', env, ...identity }
}

/** Runs a short program and blocks until its end, for checks before anything is shown. Never throws. */
export function runProgramSync(program: string, args: readonly string[], options: ProcessOptions = {}): ProcessResult {
  const ended = spawnSync(program, [...args], { ...settings(options), encoding: 'utf8', timeout: 10_000 })
  return {
    ok: ended.status === 0,
    stdout: ended.stdout ?? '',
    stderr: ended.error ? ended.error.message : (ended.stderr ?? ''),
  }
}

/** Runs a program to its end. Throws an Error with its stderr. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<void> {
  // A process group of its own: Ctrl-C in the terminal must not end an initdb, which would leave shared memory behind.
  const child = spawn(program, [...args], { ...settings(options), stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${program} failed: ${said.trim() || why}`))
    child.on('error', (error) => fail(error.message))
    child.on('close', (code) => (code === 0 ? resolve() : fail(`it ended with ${code}`)))
  })
}

/** Starts a program that reads its input from us; `done` fulfils when it ended successfully. */
export function startWithInput(program: string, args: readonly string[], options: ProcessOptions = {}) {
  const child = spawn(program, [...args], { ...settings(options), stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${program} failed: ${error.message}`)))
    // It ended before its input did. Its exit reports the reason.
    child.stdin.on('error', () => {})
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said.trim()}`)),
    )
  })
  return { input: child.stdin, done }
}

/** A long running program of pgdeck. */
export interface LaunchedProcess {
  readonly pid: number
  /** Fulfils when it has ended, in any way. Keeps this process running until then. */
  exited(): Promise<void>
  hasExited(): boolean
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find(isExecutable) ?? null

/**
 * Starts a program whose output goes to a file. If `setpriv` is installed, the kernel sends it SIGQUIT when this
 * process dies; otherwise the guard of the scratch folder ends it.
 */
export async function launchProcess(
  program: string,
  args: readonly string[],
  logFile: string,
  options: ProcessOptions = {},
): Promise<LaunchedProcess> {
  const [command, words] =
    SETPRIV === null ? [program, [...args]] : [SETPRIV, ['--pdeathsig', 'QUIT', program, ...args]]
  const log = openSync(logFile, 'a', 0o600)
  try {
    // A process group of its own: pgdeck handles Ctrl-C in the terminal and ends it in order.
    const child = spawn(command, words, { ...settings(options), stdio: ['ignore', log, log], detached: true })
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const exited = () => {
      child.ref()
      return gone
    }
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.on('error', () => {})
    child.unref()
    const pid = child.pid ?? 0
    return { pid, exited, hasExited: () => child.exitCode !== null || child.signalCode !== null }
  } finally {
    closeSync(log)
  }
}

/** Sends a signal; false if there is no such process. */
export function sendSignal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** True while the process exists and is not a zombie. */
export function isProcessAlive(pid: number): boolean {
  if (process.platform !== 'linux') return runProgramSync('/bin/ps', ['-p', String(pid)]).ok
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/**
 * The start time of a process in the system's own unit, only for comparing. Process ids are reused, start times are
 * not. null if unknown.
 */
export function processStartTime(pid: number): string | null {
  if (process.platform !== 'linux')
    return runProgramSync('/bin/ps', ['-p', String(pid), '-o', 'lstart=']).stdout.trim() || null
  try {
    const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19]
    return ticks === undefined ? null : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`
  } catch {
    return null
  }
}

/**
 * Whether the process with that id and start time still exists. If `start` is null or unknown now: whether any process
 * has that id.
 */
export function isSameProcessAlive(pid: number, start: string | null): boolean {
  if (!isProcessAlive(pid)) return false
  const now = start === null ? null : processStartTime(pid)
  return now === null || now === start
}

/**
 * Whether a folder is the working directory of a process; null if that can't be read: not Linux, or not for this user.
 */
export function isWorkingDirectoryOf(pid: number, folder: string): boolean | null {
  try {
    const its = statSync(`/proc/${pid}/cwd`)
    const own = statSync(folder)
    return its.dev === own.dev && its.ino === own.ino
  } catch {
    return null
  }
}

/** Ids of the direct children of a process. */
export function childProcessIds(pid: number): readonly number[] {
  const pairs = process.platform === 'linux' ? linuxParents() : otherParents()
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child)
}

function linuxParents(): [number, number][] {
  const pairs: [number, number][] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const parent = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]
      if (parent) pairs.push([Number(name), Number(parent)])
    } catch {
      // It ended meanwhile.
    }
  }
  return pairs
}

function otherParents(): [number, number][] {
  const lines = runProgramSync('/bin/ps', ['-A', '-o', 'pid=,ppid=']).stdout.trim().split('\n')
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid, parent]) => [pid ?? 0, parent ?? 0])
}

/** The user for database servers when pgdeck runs as root, because PostgreSQL refuses root; null otherwise. */
export function serverUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const uid = runProgramSync('id', ['-u', name])
    const gid = runProgramSync('id', ['-g', name])
    if (uid.ok && gid.ok) return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('PostgreSQL refuses to run as root, and neither a user "postgres" nor "nobody" exists: create one')
}

/** Whether this program is the single executable, which can't run Node with a script. */
export function isSingleExecutable(): boolean {
  return process.getBuiltinModule('node:sea').isSea()
}
