// Schema of the part of the pulse's document with transactions and CONNECTION LIMITs: checks it and cleans its text.

import * as z from 'zod'
import type { ConnectionLimit, TransactionFacts } from '../../../model/measured/transactions.ts'
import { clean } from '../../../model/values/text.ts'

const text = z.string().transform(clean)
const number = z.number()
const session = {
  pid: number,
  application: text.nullable(),
  role: text.nullable(),
  database: text.nullable(),
  state: text.nullable(),
}
const oldestAge = z.object({ database: text, age: number, freezeAt: number })

export const transactionsSchema = z.object({
  oldest: z.object({ ...session, seconds: number }).nullable(),
  prepared: z
    .object({
      count: number,
      oldest: z.object({ gid: text, owner: text.nullable(), database: text.nullable(), seconds: number }).nullable(),
      oldestAge: number.nullable(),
    })
    .nullable(),
  xminSession: z.object({ ...session, kind: text.nullable(), age: number }).nullable(),
  ages: z.object({ transactions: oldestAge, multixacts: oldestAge }),
  multixactMembers: number.nullable(),
}) satisfies z.ZodType<TransactionFacts>

export const connectionLimitsSchema = z.array(
  z.object({ kind: z.enum(['role', 'database']), name: text, limit: number, used: number }),
) satisfies z.ZodType<readonly ConnectionLimit[]>
