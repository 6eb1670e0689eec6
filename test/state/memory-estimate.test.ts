import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryBeyond } from '../../src/state/memory-estimate.ts'

describe('weightBeyond', () => {
  const sample = { at: 1, name: 'x'.repeat(100) }

  test('what is shared costs nothing, what is new costs about its size', () => {
    assert.equal(memoryBeyond(sample, sample), 0)
    assert.ok(memoryBeyond(sample, undefined) > 100)
    assert.ok(memoryBeyond({ a: sample, b: 2 }, { a: sample, b: 1 }) < 100)
  })

  test('a history that loses its first and gains a last costs its references and the last', () => {
    const samples = Array.from({ length: 100 }, () => ({ ...sample }))
    const next = [...samples.slice(1), { ...sample }]
    const weight = memoryBeyond(next, samples)
    assert.ok(weight > 800 && weight < 1200, String(weight))
    assert.ok(memoryBeyond([{ ...sample }, ...samples], samples) < 1200)
  })

  test('it is near what V8 takes', () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const make = () => Array.from({ length: 20_000 }, (_, n) => ({ pid: n, query: `select ${n} from somewhere` }))
    gc()
    const before = process.memoryUsage().heapUsed
    const made = make()
    gc()
    const taken = process.memoryUsage().heapUsed - before
    const estimated = memoryBeyond(made, undefined)
    assert.ok(estimated > taken / 2 && estimated < taken * 2, `${estimated} estimated, ${taken} taken`)
  })
})
