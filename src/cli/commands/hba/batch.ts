// One line of `pgdeck hba test --batch`: a connection as a JSON object. In a file of its own, as only a batch needs
// zod.

import * as z from 'zod'
import { clean } from '../../../model/values/text.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { TestedConnection } from './rules-source.ts'

const CONNECTION = z.strictObject({
  type: z.enum(['local', 'host']),
  ssl: z.boolean().optional(),
  gss: z.boolean().optional(),
  database: z.string().optional(),
  user: z.string(),
  address: z.string().optional(),
  replication: z.boolean().optional(),
  memberOf: z.array(z.string()).optional(),
  superuser: z.boolean().optional(),
})

/** The connection that the line describes. Throws UsageError, whose message begins with `place`. */
export function parseBatchLine(line: string, place: string): TestedConnection {
  let document: unknown
  try {
    document = JSON.parse(line)
  } catch {
    throw new UsageError(`${place} is no JSON object: ${clean(line).slice(0, 80)}`)
  }
  const read = CONNECTION.safeParse(document)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new UsageError(`${place}: ${issue?.path.join('.') || 'the object'}: ${clean(issue?.message ?? '')}`)
}
