// Whether the engine optimizes follows how busy the program is: asked of the engine itself.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { startJitControl } from '../../../src/io/engine/v8-flags.ts'
import { until } from '../../wait.ts'

setFlagsFromString('--allow-natives-syntax')
/** Bits of the engine's answer: by Maglev, by TurboFan. */
const OPTIMIZED = (1 << 5) | (1 << 6)
const status = runInThisContext('(f) => %GetOptimizationStatus(f)') as (f: unknown) => number

/** Calls a function that nobody has called before, so often and so long that the engine would optimize it meanwhile. */
function getsOptimized(): boolean {
  const f = runInThisContext('(function (n) { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum })')
  const end = performance.now() + 100
  while (performance.now() < end && (status(f) & OPTIMIZED) === 0) f(200)
  return (status(f) & OPTIMIZED) !== 0
}

/** The compilers are threads of their own, which wait on a busy machine. */
const untilOptimized = () => until('a new function is optimized', 10_000, getsOptimized)

test('an idle program is not optimized, a busy one is, and what ends it leaves all as it was', async () => {
  await untilOptimized()
  const thrift = startJitControl(300)
  after(() => thrift.stop())
  await until('the program is taken for idle', 10_000, () => !thrift.optimizes())
  assert.equal(getsOptimized(), false)
  await until('the program is taken for busy', 10_000, () => {
    const end = performance.now() + 30
    while (performance.now() < end);
    return thrift.optimizes()
  })
  await untilOptimized()
  await until('the program is taken for idle again', 10_000, () => !thrift.optimizes())
  thrift.stop()
  await untilOptimized()
})
