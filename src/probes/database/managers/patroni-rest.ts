// Reads Patroni's REST API: its name, its members, and whether it is paused. Read only, without a password.

import * as z from 'zod'
import { httpGet } from '../../../io/http/http-get.ts'
import type { ManagerReport } from '../../../model/measured/managers/manager-report.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'

const BODY_LIMIT = 256 * 1024
const LEADING = new Set(['leader', 'standby_leader', 'master', 'primary'])

const text = z.string().transform(clean)

const node = z.object({
  database_system_identifier: z.string().regex(/^\d+$/).optional(),
  pause: z.boolean().optional(),
  patroni: z.object({ version: text, scope: text }),
})

const cluster = z.object({
  pause: z.boolean().optional(),
  members: z.array(
    z.object({
      name: text,
      role: z.string(),
      state: text.optional(),
      host: text.optional(),
      port: z.number().optional(),
    }),
  ),
})

export interface PatroniSignals {
  readonly signal: AbortSignal
  /** A somewhat shorter limit for `/cluster`: that asks the configuration store, and hangs while the store is down. */
  readonly inTime: AbortSignal
}

/**
 * Requests `/patroni` and `/cluster` below this address. The first alone is a valid answer. Throws FaultError if the
 * answer is not Patroni's.
 */
export async function readPatroni(address: string, { signal, inTime }: PatroniSignals): Promise<ManagerReport> {
  const base = new URL(address)
  const members = answerOf(new URL('/cluster', base), cluster, inTime).catch((error: unknown) => {
    if (error instanceof FaultError) return null
    throw error
  })
  const [own, all] = await Promise.all([answerOf(new URL('/patroni', base), node, signal), members])
  return {
    kind: 'patroni',
    source: `Patroni at ${clean(base.origin)}`,
    scope: own.patroni.scope,
    systemIdentifier: own.database_system_identifier ?? null,
    paused: own.pause ?? all?.pause ?? false,
    members: (all?.members ?? []).map(({ name, role, state = null, host = null, port = null }) => {
      return { name, host, port, isLeader: LEADING.has(role), state }
    }),
  }
}

async function answerOf<Shape>(url: URL, shape: z.ZodType<Shape>, signal: AbortSignal): Promise<Shape> {
  const { body, status } = await httpGet({ url, serverName: url.hostname, bodyLimit: BODY_LIMIT, signal })
  const parsed = shape.safeParse(jsonOf(body ?? ''))
  if (parsed.success) return parsed.data
  const message = `${clean(url.href)} answered ${status}, but not as Patroni does`
  throw new FaultError({
    code: 'protocol',
    message,
    hint: 'Another service may listen there: see `patroni` in the config.',
  })
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
