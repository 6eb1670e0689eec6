// A setting as Patroni keeps it in its dynamic configuration, and whether it is still what a request is to replace.

import { createHash } from 'node:crypto'
import * as z from 'zod'
import { ActionError } from '../../../model/runs/action-error.ts'
import { holdsSecret } from '../../change-setting/setting-request.ts'
import type { PatroniRequest } from './request.ts'

/** null: it keeps none. */
export type ParameterValue = string | number | boolean | null

const parametersForm = z.object({
  postgresql: z
    .object({ parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]).catch(null)) })
    .partial()
    .catch({}),
})

export function parametersIn(document: unknown): Readonly<Record<string, ParameterValue>> {
  const parsed = parametersForm.safeParse(document)
  return parsed.success ? (parsed.data.postgresql.parameters ?? {}) : {}
}

/** A value as a request keeps it: its text, of a secret its digest; null: none. */
export function noteOf(name: string, value: ParameterValue): string | null {
  if (value === null) return null
  const text = String(value)
  if (!holdsSecret(name, text)) return text
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([name, text]))
    .digest('hex')}`
}

/** Throws ActionError where Patroni has neither the value of before nor that of the request: somebody else has set it. */
export function requireSameValue({ replaces, body }: PatroniRequest, document: unknown): void {
  if (replaces === null) return
  const { name, before } = replaces
  const now = noteOf(name, parametersIn(document)[name] ?? null)
  const own = noteOf(name, parametersIn(JSON.parse(body ?? '{}'))[name] ?? null)
  if (now === before || now === own) return
  throw new ActionError(
    `${name} has another value in Patroni’s dynamic configuration than when this was planned: that value stays`,
    'Nothing was asked. Ask who changed it, and propose this again.',
  )
}
