// One `ssh … sh` process: it receives scripts and returns their output between two marks. It ends with this process.

import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Readable, Writable } from 'node:stream'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { errorCodeOf } from '../network/network-fault.ts'
import { onAbort } from '../network/wait-timeout.ts'
import { folderOfPrograms } from '../process/working-folder.ts'
import { type SshExit, sshFault } from './ssh-fault.ts'
import { createSshOutput, markedScript } from './ssh-output.ts'

/** The output of a script. Times are of this host, in milliseconds since the epoch. */
export interface ScriptResult {
  readonly stdout: string
  readonly exitCode: number
  readonly sentAt: number
  /** When its first output arrived. */
  readonly heardAt: number
  readonly roundTripMs: number
  /** Why the account itself ran it, and not the user that was wanted; absent: nobody else was, or it did. */
  readonly notAsUser?: Fault
}

export interface SshShell {
  /** Runs one script at a time. Throws FaultError; after that the shell can't be used again. */
  run(script: string, signal: AbortSignal): Promise<ScriptResult>
  /** False after it ended, or did not answer a script in time. */
  isUsable(): boolean
  /** ssh's recent stderr; at most what came after the given number of characters. */
  said(since?: number): string
  /** Number of characters of stderr so far. */
  saidCount(): number
  /** Fulfils when the process has ended. */
  readonly ended: Promise<SshExit>
  /** Kills it and its children at once. */
  kill(): void
}

const STDERR_KEPT = 32 * 1024
/** How long stderr may still arrive after the end of the process. */
const LAST_WORDS_MS = 200

const live = new Set<() => void>()
let watching = false

/** Calls `act` when this process ends in any way. Returns a function that cancels it. */
export function onProcessExit(act: () => void): () => void {
  if (!watching) process.on('exit', () => endAll())
  watching = true
  live.add(act)
  return () => live.delete(act)
}

function endAll(): void {
  for (const act of live) act()
}

/** Starts ssh with these arguments. Never throws: errors come with `run` and `ended`. */
export async function startSshShell(
  program: string,
  args: readonly string[],
  about: { readonly destination: string; readonly outputLimit: number },
): Promise<SshShell> {
  // Loaded at first use: most clusters are watched without ssh, and it would delay every start.
  const { execa } = await import('execa')
  const child = execa(program, [...args], {
    cwd: folderOfPrograms(),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // Without a terminal of its own neither ssh nor a jump's ssh can ask on ours, and Ctrl-C does not reach them.
    detached: true,
    env: { SSH_ASKPASS_REQUIRE: 'never' },
  })
  let said = ''
  let saidCount = 0
  let isOver = false
  let isStuck = false
  const kill = () => killGroup(child.pid)
  const forget = onProcessExit(kill)
  child.stdin.on('error', () => {})
  const stderr: Readable = child.stderr
  stderr.setEncoding('utf8').on('data', (text: string) => {
    saidCount += text.length
    said = (said + text).slice(-STDERR_KEPT)
  })
  const output = createSshOutput(child.stdout, about.outputLimit)
  const ended = endOf(child.nodeChildProcess, child).then(({ exitCode, startError }): SshExit => {
    isOver = true
    forget()
    // Helpers such as a ProxyCommand may not have noticed.
    kill()
    const end = { exitCode, startError, said, noise: output.noise() }
    output.fail(new FaultError(sshFault(about.destination, end)))
    return end
  })
  return {
    ended,
    kill,
    said: (since = 0) => said.slice(Math.max(0, said.length - (saidCount - since))),
    saidCount: () => saidCount,
    isUsable: () => !isOver && !isStuck,
    async run(script, signal) {
      try {
        // A process that ended reports nothing more. Its stderr is the fault.
        if (isOver) throw new FaultError(sshFault(about.destination, await ended))
        return await exchange(child.stdin, output, { script, signal, destination: about.destination })
      } catch (error) {
        isStuck = true
        throw error
      }
    },
  }
}

interface PendingScript {
  readonly script: string
  readonly signal: AbortSignal
  readonly destination: string
}

/** Sends a script and waits for its answer until the signal. */
async function exchange(
  input: Writable,
  output: ReturnType<typeof createSshOutput>,
  { script, signal, destination }: PendingScript,
) {
  const mark = randomBytes(12).toString('hex')
  const began = performance.now()
  const sentAt = Date.now()
  const answer = output.expect(mark)
  const forget = onAbort(signal, () => output.fail(new FaultError(tooSlow(destination, performance.now() - began))))
  try {
    if (!signal.aborted) input.write(markedScript(script, mark))
    return { ...(await answer), sentAt, roundTripMs: performance.now() - began }
  } finally {
    forget()
    output.forget()
  }
}

function tooSlow(destination: string, tookMs: number) {
  return {
    code: 'timeout',
    message: `${clean(destination)} did not answer over ssh within ${(tookMs / 1000).toFixed(1)} s`,
    hint: 'A disk or network file system on it may hang, or the network to it; a longer `timeout` gives it more time.',
  } as const
}

/** Resolves when the process has ended, with its last stderr. It does not wait for a helper that holds its pipes open. */
async function endOf(child: ChildProcess, result: Promise<{ readonly cause?: unknown }>) {
  const closed = new Promise<void>((resolve) => child.stderr?.once('close', () => resolve()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (child.pid === undefined) return { exitCode: null, startError: errorCodeOf((await result).cause) || 'unknown' }
  const exitCode = await exited
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LAST_WORDS_MS)
  })
  await Promise.race([closed, enough])
  clearTimeout(timer)
  return { exitCode, startError: null }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
