// Arguments of any form, made at random: whatever a kind of step may be planned with.

import fc from 'fast-check'
import type * as z from 'zod'
import type { JsonRecord } from '../../../src/model/runs/plan.ts'

/** Any arguments of that form. Throws for a part of a form that no kind has had until now. */
export function argumentsOf(form: z.ZodObject): fc.Arbitrary<JsonRecord> {
  return arbitraryOf(form) as fc.Arbitrary<JsonRecord>
}

function arbitraryOf(part: z.core.$ZodType): fc.Arbitrary<unknown> {
  const { def } = (part as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'string':
      return fc.string({ unit: 'binary' })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((found) => (Object.is(found, -0) ? 0 : found))
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries))
    case 'nullable':
      return fc.option(arbitraryOf(def.innerType), { nil: null })
    case 'readonly':
      return arbitraryOf(def.innerType)
    case 'array':
      return fc.array(arbitraryOf(def.element), { maxLength: 4 })
    case 'custom':
      // As a journal gives it back: without -0.
      return fc.array(fc.jsonValue(), { maxLength: 4 }).map((found) => JSON.parse(JSON.stringify(found)))
    case 'record':
      return fc
        .dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          fc.jsonValue(),
          { maxKeys: 4, noNullPrototype: true },
        )
        .map((found) => JSON.parse(JSON.stringify(found)))
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(def.shape).map(([name, each]) => [name, arbitraryOf(each)])), {
        noNullPrototype: true,
      })
    default:
      throw new Error(`no arguments are made for ${def.type}`)
  }
}
