// One call of Patroni's REST API: the agent proves itself before a password is sent.

import * as z from 'zod'
import { httpGet, urlHost } from '../../../io/http/http-get.ts'
import { httpSend } from '../../../io/http/http-send.ts'
import { runPasswordCommand } from '../../../io/process/password-command.ts'
import { isOtherSystem } from '../../../model/measured/server-identity.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { PatroniConfig } from './addresses.ts'
import type { PatroniRequest } from './request.ts'

const BODY_LIMIT = 256 * 1024
const READ_MS = 5_000
const LONGEST_ANSWER = 300

const agentForm = z.object({
  database_system_identifier: z.string().nullable().catch(null).prefault(null),
  patroni: z.object({
    scope: z.string().nullable().catch(null).prefault(null),
    name: z.string().nullable().catch(null).prefault(null),
  }),
})

export interface PatroniAnswer {
  readonly status: number
  /** Its words, without markup. */
  readonly text: string
}

/** Reads a document of Patroni as JSON. Throws FaultError if it can't be read. */
export async function readFromPatroni(
  address: string,
  path: '/patroni' | '/config',
  { trust }: PatroniConfig,
  stopped: AbortSignal,
): Promise<unknown> {
  const url = new URL(path, address)
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(READ_MS)])
  const { body } = await httpGet({ url, serverName: urlHost(url), bodyLimit: BODY_LIMIT, trust, signal })
  try {
    return JSON.parse(body ?? '')
  } catch {
    const message = `${clean(url.href)} does not answer as Patroni does`
    throw new FaultError({
      code: 'protocol',
      message,
      hint: 'Check "manager" in the config: "rest" names its REST API.',
    })
  }
}

/** Reads the dynamic configuration from the first address that answers. Throws FaultError if none does. */
export async function readConfigOf(
  addresses: readonly string[],
  config: PatroniConfig,
  stopped: AbortSignal,
): Promise<unknown> {
  const [address = '', ...others] = addresses
  try {
    return await readFromPatroni(address, '/config', config, stopped)
  } catch (error) {
    if (!(error instanceof FaultError) || others.length === 0 || stopped.aborted) throw error
    return readConfigOf(others, config, stopped)
  }
}

type Meant = Pick<PatroniRequest, 'member' | 'scope' | 'systemIdentifier'>

/** Why the agent at this address is not the one that is meant; null if it is. Throws FaultError if it can't be asked. */
export async function whyOtherAgent(
  address: string,
  { member, scope, systemIdentifier }: Meant,
  config: PatroniConfig,
  stopped: AbortSignal,
): Promise<string | null> {
  const parsed = agentForm.safeParse(await readFromPatroni(address, '/patroni', config, stopped))
  if (!parsed.success) return `${address} does not answer as Patroni does`
  const { patroni, database_system_identifier: found } = parsed.data
  if (scope !== null && patroni.scope !== scope)
    return `the Patroni at ${address} is of ${clean(patroni.scope ?? 'another cluster')}, not of ${scope}`
  if (isOtherSystem({ systemIdentifier: found }, { systemIdentifier }))
    return `the Patroni at ${address} manages the system ${clean(found ?? '?')}, not ${systemIdentifier}`
  if (member !== null && patroni.name !== null && patroni.name !== member)
    return `the Patroni at ${address} is that of ${clean(patroni.name)}, not of ${member}`
  return null
}

/** Returns what reads the password at its first use, and keeps it for the next address. */
export function passwordOnce({ passwordCommand }: PatroniConfig, stopped: AbortSignal): () => Promise<string> {
  let read: Promise<string> | null = null
  return () => {
    read ??= passwordCommand === null ? Promise.resolve('') : runPasswordCommand(passwordCommand, stopped)
    return read
  }
}

export interface Calling {
  readonly config: PatroniConfig
  readonly password: () => Promise<string>
  readonly stopped: AbortSignal
  readonly limitMs: number
}

/**
 * Sends the request to that agent. Throws FaultError if it was not sent, OutcomeUnknown if only the effect can tell, and
 * ActionError if another agent answers there.
 */
export async function callPatroni(
  address: string,
  request: PatroniRequest,
  { config, password, stopped, limitMs }: Calling,
): Promise<PatroniAnswer> {
  const other = await whyOtherAgent(address, request, config, stopped)
  if (other !== null) throw new ActionError(other, 'Nothing was sent. Check "manager" in the config.')
  const { method, path, body } = request
  const sent = { method, body, authorization: await authorizationOf(config, password) }
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(limitMs)])
  const url = new URL(path, address)
  const answer = await httpSend({ url, sent, trust: config.trust, bodyLimit: BODY_LIMIT, signal })
  return { status: answer.status, text: wordsOf(answer.body ?? '') }
}

async function authorizationOf({ user }: PatroniConfig, password: () => Promise<string>): Promise<string | null> {
  if (user === null) return null
  return `Basic ${Buffer.from(`${user}:${await password()}`, 'utf8').toString('base64')}`
}

/** A page of HTML or a document says less than its status. */
function wordsOf(body: string): string {
  const text = clean(body.slice(0, 4 * LONGEST_ANSWER))
    .trim()
    .slice(0, LONGEST_ANSWER)
  return /^[<{[]/.test(text) ? '' : text
}
