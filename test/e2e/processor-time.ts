// How much of a processor a command takes: other than the time on the clock, it hardly depends on what else the machine does.

import { strict as assert } from 'node:assert'
import type { TestContext } from 'node:test'
import { type Ended, type StartOptions, start } from '../cli/process.ts'

/** What is run to be measured. `check` sees every end, with exit code and output. */
export interface MeasuredCommand {
  readonly command: readonly string[]
  readonly options: StartOptions
  check(ended: Ended): void
}

export interface Comparison {
  /** How many times the processor time of the yardstick the command takes: in the middle of all rounds. */
  readonly ratio: number
  /** The least of the command, on the clock as well, for people: they tell how fast this machine is. */
  readonly processorMs: number
  readonly clockMs: number
}

/** Runs both in turns: each round compares what ran under the same load, and one that was disturbed does not decide. */
export async function compared(
  rounds: number,
  context: TestContext,
  measured: MeasuredCommand,
  yardstick: MeasuredCommand,
): Promise<Comparison> {
  const taken: Omit<Comparison, 'ratio'>[] = []
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const one = await timed(context, measured)
    taken.push(one)
    ratios.push(one.processorMs / (await timed(context, yardstick)).processorMs)
  }
  const ratio = ratios.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN
  const least = (of: 'processorMs' | 'clockMs') => Math.min(...taken.map((one) => one[of]))
  return { ratio, processorMs: least('processorMs'), clockMs: least('clockMs') }
}

async function timed(context: TestContext, { command, options, check }: MeasuredCommand) {
  // `times` prints what the shell took, then what its children took.
  const shell = ['/bin/sh', '-c', '"$@"; code=$?; times >&2; exit "$code"', 'sh', ...command]
  const started = performance.now()
  const ended = await start(context, shell, options).ended
  const clockMs = performance.now() - started
  check(ended)
  return { processorMs: ofChildren(ended.err), clockMs }
}

function ofChildren(printed: string): number {
  const line = printed.trimEnd().split('\n').at(-1) ?? ''
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  assert.equal(parts.length, 2, `no times in "${line}"`)
  return 1000 * parts.reduce((sum, part) => sum + part, 0)
}
