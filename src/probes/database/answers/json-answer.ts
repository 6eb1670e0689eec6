// A JSON document that one of our statements answers with, checked against the shape that statement makes.

import * as z from 'zod'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'

/** Text that others wrote (names, queries), made harmless. */
export const cleanText = z.string().transform(clean)

/** The document as the schema types it. Throws a `protocol` FaultError that says what surprised. */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.infer<Schema> {
  const result = schema.safeParse(answer)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const why = clean(`${issue?.path.join('.') ?? '?'}: ${issue?.message ?? '?'}`).slice(0, 200)
  throw new FaultError(
    {
      code: 'protocol',
      message: `the answer about ${what} is not understood: ${why}`,
      hint: 'PostgreSQL 13 to 18 are known; a pooler or a product derived from it may answer otherwise.',
    },
    { cause: result.error },
  )
}
