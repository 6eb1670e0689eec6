// How much of a processor a command takes: other than the time on the clock, it hardly depends on what else the machine does.

import { strict as assert } from 'node:assert'
import type { TestContext } from 'node:test'
import { type Ended, type StartOptions, start } from '../cli/process.ts'

export interface Measured {
  readonly processorMs: number
  readonly clockMs: number
}

/** Runs the command some times and gives the least of each; `check` sees every end, with exit code and output. */
export async function leastOf(
  runs: number,
  context: TestContext,
  command: readonly string[],
  options: StartOptions,
  check: (ended: Ended) => void,
): Promise<Measured> {
  // `times` prints what the shell took, then what its children took.
  const measured = ['/bin/sh', '-c', '"$@"; code=$?; times >&2; exit "$code"', 'sh', ...command]
  let least: Measured = { processorMs: Number.POSITIVE_INFINITY, clockMs: Number.POSITIVE_INFINITY }
  for (let time = 0; time < runs; time += 1) {
    const started = performance.now()
    const ended = await start(context, measured, options).ended
    const clockMs = performance.now() - started
    check(ended)
    least = {
      processorMs: Math.min(least.processorMs, ofChildren(ended.err)),
      clockMs: Math.min(least.clockMs, clockMs),
    }
  }
  return least
}

function ofChildren(printed: string): number {
  const line = printed.trimEnd().split('\n').at(-1) ?? ''
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  assert.equal(parts.length, 2, `no times in "${line}"`)
  return 1000 * parts.reduce((sum, part) => sum + part, 0)
}
