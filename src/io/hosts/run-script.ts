// Runs one script in a channel of its own and collects its output. Ends it at the time limit.

import { randomBytes } from 'node:crypto'
import { FaultError } from '../../model/values/fault.ts'
import { onAbort } from '../network/wait-timeout.ts'
import type { ShellProcess, ShellProcessEnd } from '../process/shell-process.ts'
import { commandEndedFault, connectionLostFault, outputTooLargeFault } from './host-fault.ts'
import { createMarkerParser, type MarkerParser } from './marker-parser.ts'
import { KILL_GRACE_SECONDS } from './program-script.ts'

/** Opens shells on one host. */
export interface ShellOpener {
  readonly name: string
  /** Opens another shell there. Throws FaultError. */
  open(signal: AbortSignal): Promise<ShellProcess>
  /** The fault of a shell that ended before it ran anything. */
  notBegun(end: ShellProcessEnd, said: string, noise: string): FaultError
}

export interface ShellScriptRun {
  /** The script, with this mark around its output. */
  readonly script: (mark: string) => string
  /** A description for messages. */
  readonly what: string
  readonly signal: AbortSignal
  readonly maxBytes: number
  readonly onOutput?: ((text: string) => void) | undefined
  /** True if a watcher beside the program can end it; otherwise it ends with the channel. */
  readonly isWatched: boolean
}

export interface ScriptOutput {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Longer than the host takes to kill a program. */
const GRACE_MS = (KILL_GRACE_SECONDS + 1) * 1000

/** A new mark for one run. */
export function newMarker(): string {
  return `pgdeck-${randomBytes(12).toString('hex')}`
}

/** Throws FaultError if the host can't be reached, at the time limit, or if the output exceeds `maxBytes`. */
export async function runScript(shell: ShellOpener, task: ShellScriptRun): Promise<ScriptOutput> {
  const began = performance.now()
  if (task.signal.aborted) throw new FaultError(commandEndedFault(shell.name, task.what, task.signal, 0))
  const channel = await shell.open(task.signal)
  const mark = newMarker()
  const cuts = { output: createMarkerParser(mark), errors: createMarkerParser(mark) }
  const tooMuch = Promise.withResolvers<'too-much'>()
  const parts = collect(channel, cuts, task, () => tooMuch.resolve('too-much'))
  const answered = bothEnded(channel, cuts)
  const aborted = whenAborted(task.signal)
  try {
    channel.input.write(task.script(mark))
    const first = await Promise.race([answered, tooMuch.promise, aborted.promise])
    if (first === 'answered') return { exitCode: cuts.output.exitCode() ?? 0, ...parts() }
    if (first === 'too-much' || first === 'aborted') {
      if (task.isWatched) await askToEnd(channel, answered)
      if (first === 'too-much') throw new FaultError(outputTooLargeFault(shell.name, task.what, task.maxBytes))
      throw new FaultError(commandEndedFault(shell.name, task.what, task.signal, performance.now() - began))
    }
    if (cuts.output.hasBegun()) throw new FaultError(connectionLostFault(shell.name, task.what))
    throw shell.notBegun(first, cuts.errors.unmarkedOutput(), cuts.output.unmarkedOutput())
  } finally {
    aborted.forget()
    channel.input.end()
    channel.kill()
  }
}

/** Any line makes the watcher end the program. */
async function askToEnd(channel: ShellProcess, answered: Promise<unknown>): Promise<void> {
  channel.input.write('\n')
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise((resolve) => {
    timer = setTimeout(resolve, GRACE_MS)
  })
  await Promise.race([answered, enough])
  clearTimeout(timer)
}

function whenAborted(signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<'aborted'>()
  return { promise, forget: onAbort(signal, () => resolve('aborted')) }
}

/** Resolves when both streams have had their last mark. A child of the program may hold them open for ever. */
function bothEnded(
  channel: ShellProcess,
  cuts: { output: MarkerParser; errors: MarkerParser },
): Promise<'answered' | ShellProcessEnd> {
  const isDone = () => cuts.output.exitCode() !== null && cuts.errors.exitCode() !== null
  return new Promise((resolve) => {
    const check = () => {
      if (isDone()) resolve('answered')
    }
    channel.output.on('data', check)
    channel.errors.on('data', check)
    const closed = (stream: ShellProcess['output']) => new Promise<void>((done) => stream.once('close', () => done()))
    const both = Promise.all([closed(channel.output), closed(channel.errors)])
    void channel.ended.then(async (end) => {
      if (end.startError === null) await both
      resolve(isDone() ? 'answered' : end)
    })
  })
}

function collect(
  channel: ShellProcess,
  cuts: { output: MarkerParser; errors: MarkerParser },
  task: ShellScriptRun,
  overflow: () => void,
) {
  const kept: { output: Buffer[]; errors: Buffer[] } = { output: [], errors: [] }
  let bytes = 0
  for (const side of ['output', 'errors'] as const) {
    const decoder = new TextDecoder()
    channel[side].on('data', (chunk: Buffer) => {
      const content = cuts[side].push(chunk)
      if (content.length === 0 || bytes > task.maxBytes) return
      bytes += content.length
      if (bytes > task.maxBytes) return overflow()
      kept[side].push(content)
      task.onOutput?.(decoder.decode(content, { stream: true }))
    })
  }
  return () => ({ stdout: Buffer.concat(kept.output), stderr: Buffer.concat(kept.errors).toString('utf8') })
}
