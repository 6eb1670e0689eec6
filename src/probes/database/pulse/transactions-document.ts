// Schema of the part of the pulse's document with transactions, waits for locks and CONNECTION LIMITs: checks it and cleans its text.

import * as z from 'zod'
import type {
  ConnectionLimit,
  LockWaitFacts,
  LongestStatement,
  TransactionCounters,
  TransactionFacts,
} from '../../../model/measured/transactions.ts'
import { textOfBytes } from '../activity/session-row.ts'
import { cleanText } from '../answers/answer.ts'

const number = z.number()
const session = {
  pid: number,
  application: cleanText.nullable(),
  role: cleanText.nullable(),
  database: cleanText.nullable(),
  state: cleanText.nullable(),
}
const prepared = z.object({
  gid: cleanText,
  owner: cleanText.nullable(),
  database: cleanText.nullable(),
  seconds: number,
})
const oldestAge = z.object({ database: cleanText, age: number, freezeAt: number })

export const transactionsSchema = z.object({
  oldest: z.object({ ...session, seconds: number }).nullable(),
  prepared: z
    .object({
      count: number,
      oldest: prepared.nullable(),
      oldestAge: number.nullable(),
      oldestByAge: prepared.nullable().optional(),
    })
    .nullable(),
  xminSession: z.object({ ...session, kind: cleanText.nullable(), age: number }).nullable(),
  ages: z.object({ transactions: oldestAge.nullable(), multixacts: oldestAge.nullable() }),
  multixactMembers: number.nullable(),
}) satisfies z.ZodType<TransactionFacts>

export const countersSchema = z.object({
  committed: number.nullable(),
  rolledBack: number.nullable(),
  resetAt: number.nullable(),
  databases: z.string().nullable(),
}) satisfies z.ZodType<TransactionCounters>

export const longestStatementSchema = z
  .object({ ...session, seconds: number, bytes: z.string().nullable() })
  .transform(({ bytes, ...rest }): LongestStatement => ({ ...rest, text: bytes === null ? null : textOfBytes(bytes) }))

export const lockWaitsSchema = z.object({
  count: number,
  longest: z
    .object({
      seconds: number,
      behind: z
        .object({
          ...session,
          others: number,
          kind: cleanText.nullable(),
          waits: z.boolean(),
          startedAt: number.nullable(),
        })
        .nullable(),
    })
    .nullable()
    .optional(),
}) satisfies z.ZodType<LockWaitFacts>

export const connectionLimitsSchema = z.array(
  z.object({ kind: z.enum(['role', 'database']), name: cleanText, limit: number, used: number }),
) satisfies z.ZodType<readonly ConnectionLimit[]>
