// The request to Patroni, as a journal keeps it.

import * as z from 'zod'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'

/** What Patroni's own view is to show afterwards. */
const GOALS = ['leader', 'scheduled', 'cancelled', 'member', 'paused', 'resumed', 'config'] as const

const requestForm = z.strictObject({
  method: z.enum(['POST', 'PATCH', 'DELETE']),
  path: z.enum(['/switchover', '/failover', '/restart', '/reload', '/reinitialize', '/config']),
  /** A JSON document as text; null: none. */
  body: z.string().nullable(),
  /** Asked in turn, while the one before can't be reached. */
  addresses: z.array(z.string()).min(1),
  /** The member that must answer there; null: any. */
  member: z.string().nullable(),
  scope: z.string().nullable(),
  systemIdentifier: z.string().nullable(),
  goal: z.enum(GOALS),
  /** The member that is to lead, or that is restarted. */
  name: z.string().nullable(),
  /** Of a scheduled switchover: ISO 8601. */
  at: z.string().nullable(),
  /** The list `pg_hba` that the request replaces: it must still be the same when it is sent. null: it replaces none. */
  listed: z.array(z.string()).nullable().prefault(null),
  /** The setting whose value it replaces, and that value as kept-setting.ts writes it: it is sent only while Patroni has that or its own. */
  replaces: z.strictObject({ name: z.string(), before: z.string().nullable() }).nullable().prefault(null),
})

export type PatroniRequest = z.output<typeof requestForm>

/** Reads a request of a journal. Throws ActionError for one of another form. */
export function readPatroniRequest(stored: JsonRecord): PatroniRequest {
  const parsed = requestForm.safeParse(stored)
  if (parsed.success) return parsed.data
  throw new ActionError('the request to Patroni has another form than this version of pgdeck knows', 'Plan again.')
}
