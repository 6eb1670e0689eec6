// Programs of this host: run one to its end by an argument array, or launch one that can't outlive this process.

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

/** Runs a short program and waits, blocking: for looking around before anything is shown. Never throws. */
export function runProgramSync(program: string, args: readonly string[], options: ProcessOptions = {}): ProcessResult {
  const ended = spawnSync(program, [...args], { ...settings(options), encoding: 'utf8', timeout: 10_000 })
  return {
    ok: ended.status === 0,
    stdout: ended.stdout ?? '',
    stderr: ended.error ? ended.error.message : (ended.stderr ?? ''),
  }
}

/** Runs a program to its end. Throws an Error that carries what it wrote to stderr. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<void> {
  // A group of its own: Ctrl-C in the terminal is for us; an initdb that it ends leaves shared memory behind.
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

/** Starts a program that reads its input from us; `done` fulfils when it ended well. */
export function startWithInput(program: string, args: readonly string[], options: ProcessOptions = {}) {
  const child = spawn(program, [...args], { ...settings(options), stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${program} failed: ${error.message}`)))
    // It ended before its input did; what it says comes with its end.
    child.stdin.on('error', () => {})
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said.trim()}`)),
    )
  })
  return { input: child.stdin, done }
}

/** A long running program of ours. */
export interface LaunchedProcess {
  readonly pid: number
  /** Fulfils when it has ended, however; keeps this process going until then. */
  exited(): Promise<void>
  hasExited(): boolean
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find(isExecutable) ?? null

/**
 * Launches a program whose output goes to a file. Where `setpriv` exists the kernel sends it SIGQUIT when this process
 * dies; elsewhere the guard of the scratch folder is what ends it.
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
    // A group of its own: Ctrl-C in the terminal is for us, and we end it in our own time.
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

/** Sends a signal; false when there is no such process. */
export function sendSignal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** True while the process exists and isn't merely waiting to be reaped. */
export function isProcessAlive(pid: number): boolean {
  if (process.platform !== 'linux') return runProgramSync('/bin/ps', ['-p', String(pid)]).ok
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/**
 * When a process was started, as the system counts it: only to be compared with the same of another moment. Its id is given
 * again once it has ended, this is not. null where that can't be told.
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

/** Whether the process of that id that was started then still is; `start` null, or not told now: whether any has that id. */
export function isSameProcessAlive(pid: number, start: string | null): boolean {
  if (!isProcessAlive(pid)) return false
  const now = start === null ? null : processStartTime(pid)
  return now === null || now === start
}

/** Whether a folder is the one that a process works in; null where that can't be seen: not Linux, or not for this user. */
export function isWorkingDirectoryOf(pid: number, folder: string): boolean | null {
  try {
    const its = statSync(`/proc/${pid}/cwd`)
    const own = statSync(folder)
    return its.dev === own.dev && its.ino === own.ino
  } catch {
    return null
  }
}

/** Ids of the processes that a process has started itself. */
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
      // It ended while we were looking.
    }
  }
  return pairs
}

function otherParents(): [number, number][] {
  const lines = runProgramSync('/bin/ps', ['-A', '-o', 'pid=,ppid=']).stdout.trim().split('\n')
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid, parent]) => [pid ?? 0, parent ?? 0])
}

/** The user under which database servers run when we are root, because they refuse root; null when we aren't. */
export function serverUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const uid = runProgramSync('id', ['-u', name])
    const gid = runProgramSync('id', ['-g', name])
    if (uid.ok && gid.ok) return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('PostgreSQL refuses to run as root, and neither a user "postgres" nor "nobody" exists: create one')
}

/** Whether this program is the single executable, in which no Node can be called with a script. */
export function isSingleExecutable(): boolean {
  return process.getBuiltinModule('node:sea').isSea()
}
