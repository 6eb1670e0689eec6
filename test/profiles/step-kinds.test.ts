// Every kind of step: its arguments come through a journal as they were, what does not fit is refused, and what 0.1.0 wrote fits.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type * as z from 'zod'
import type { StepKind } from '../../src/actions/definition/step-kind.ts'
import type { JsonRecord } from '../../src/model/runs/plan.ts'
import { STEP_KINDS, stepKindOf } from '../../src/profiles/step-kinds.ts'
import { argumentsOf } from '../actions/definition/form-arbitrary.ts'

/** What 0.1.0 wrote into journals of its own tests: arguments of each form, by kind. */
const OLD: readonly { readonly kind: string; readonly args: JsonRecord }[] = readFileSync(
  new URL('../journals/0.1.0/arguments.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function isRecord(form: z.core.$ZodType | undefined): boolean {
  if (form === undefined) return false
  const { def } = form._zod as z.core.$ZodTypes['_zod']
  return def.type === 'nullable' ? isRecord(def.innerType) : def.type === 'record'
}

function refusal({ kind, version }: StepKind, args: JsonRecord): string | null {
  const found = stepKindOf(kind)?.read({ kind, version, args })
  assert.ok(found)
  return found.fits ? null : found.why
}

describe('every kind of step', () => {
  test('has a name of its own', () => {
    assert.equal(new Set(STEP_KINDS.map(({ kind }) => kind)).size, STEP_KINDS.length)
  })

  for (const kind of STEP_KINDS) {
    test(`${kind.kind}: its arguments are read from a journal as they were written`, () => {
      const form = kind.form()
      fc.assert(
        fc.property(argumentsOf(form), (args) => {
          const journaled = JSON.parse(JSON.stringify(args))
          assert.equal(refusal(kind, journaled), null)
          assert.deepEqual(form.parse(journaled), args)
        }),
        { numRuns: 30 },
      )
    })

    test(`${kind.kind}: what is missing, unknown or of another type is refused by its name`, () => {
      const { shape } = kind.form()
      const names = Object.keys(shape)
      const sample = argumentsOf(kind.form())
      // A record may hold anything.
      const oddFor = (name: string) => (isRecord(shape[name]) ? ['secret'] : { odd: 'secret' })
      fc.assert(
        fc.property(sample, fc.constantFrom(...names), (args, name) => {
          const { [name]: _, ...without } = args
          assert.match(refusal(kind, without) ?? '', new RegExp(`"${name}": .+ was expected, found nothing`))
          assert.match(refusal(kind, { ...args, [name]: oddFor(name) }) ?? '', new RegExp(`"${name}[".]`))
          assert.doesNotMatch(refusal(kind, { ...args, [name]: oddFor(name) }) ?? '', /secret/)
          assert.match(refusal(kind, { ...args, [`${name}s`]: 1 }) ?? '', /unknown arguments|was expected/)
        }),
        { numRuns: 20 },
      )
    })

    test(`${kind.kind}: a later form is refused`, () => {
      const found = kind.read({ kind: kind.kind, version: kind.version + 1, args: {} })
      assert.match(found.fits ? '' : found.why, /another version of pgdeck wrote it/)
    })
  }
})

describe('what 0.1.0 wrote', () => {
  for (const { kind, args } of OLD)
    test(`${kind}: ${Object.keys(args).join(', ')}`, () => {
      const found = stepKindOf(kind)?.read({ kind, args })
      assert.equal(found?.fits === false ? found.why : null, null)
    })
})
