// The part of the pulse's document that only a standby has: positions, receiver, and where WAL comes from.

import * as z from 'zod'
import type { WalReceiver } from '../../../model/measured/pulse.ts'
import { type Lsn, parseLsn } from '../../../model/values/lsn.ts'
import { cleanText } from '../answers/answer.ts'

const number = z.number()

/** A position as the server prints it. */
export const lsnText = z.string().transform((printed, context): Lsn => {
  const position = parseLsn(printed)
  if (position !== null) return position
  context.addIssue('not a WAL position')
  return z.NEVER
})

const receiver = z.object({
  status: cleanText.nullable(),
  slot: cleanText.nullable(),
  senderHost: cleanText.nullable(),
  senderPort: number.nullable(),
  receivedTimeline: number.nullable(),
  flushedLsn: lsnText.nullable(),
  latestEndLsn: lsnText.nullable(),
  latestEndAt: number.nullable(),
  lastMessageAgeSeconds: number.nullable(),
  startedAt: number.nullable().optional(),
}) satisfies z.ZodType<WalReceiver>

export const standbyDocument = z.object({
  receivedLsn: lsnText.nullable(),
  replayedLsn: lsnText.nullable(),
  pause: z.enum(['not paused', 'pause requested', 'paused']).nullable(),
  lastReplayedCommitAt: number.nullable(),
  applyLagSeconds: number.nullable(),
  recoveryTarget: z
    .object({ setting: cleanText, value: cleanText, action: z.enum(['pause', 'promote', 'shutdown']) })
    .nullable(),
  receiver: receiver.nullable(),
  walSources: z
    .object({ archive: z.boolean(), upstream: z.boolean().nullable(), slot: cleanText.nullable() })
    .optional(),
  slotSync: z
    .object({ worker: cleanText, feedback: cleanText, hasDatabase: z.boolean().nullable(), walLevel: cleanText })
    .nullable()
    .optional(),
})
