// Reads Patroni's REST API: its members, its settings, what is planned, and the agent itself. Read only.

import type * as z from 'zod'
import { httpGet, urlHost } from '../../../io/http/http-get.ts'
import type { HttpTrust } from '../../../io/http/http-trust.ts'
import type { ManagerReport } from '../../../model/measured/managers/manager-report.ts'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { PatroniAddress } from '../../probe.ts'
import {
  agentDocument,
  agentOf,
  clusterDocument,
  historyDocument,
  memberOf,
  settingsDocument,
  switchoverOf,
} from './patroni-document.ts'

const BODY_LIMIT = 256 * 1024
/** This host's authorities, and no certificate of our own. */
const PLAIN_TRUST: HttpTrust = { ca: null, cert: null, key: null }

export interface PatroniQuestion extends PatroniAddress {
  readonly signal: AbortSignal
  /** A somewhat shorter limit for all but `/patroni`: they ask the configuration store, and hang while that is down. */
  readonly inTime: AbortSignal
}

/**
 * Requests `/patroni` and `/cluster` below this address, and `/config` and `/history` unless they are known. Each answer
 * stands for itself: only `/patroni` must arrive. Throws FaultError if that is not Patroni's.
 */
export async function readPatroni({
  address,
  trust = PLAIN_TRUST,
  known,
  signal,
  inTime,
}: PatroniQuestion): Promise<ManagerReport> {
  const base = new URL(address)
  const ask = <Shape>(path: string, shape: z.ZodType<Shape>) =>
    settled(answerOf({ url: new URL(path, base), trust, signal: inTime }, shape))
  const [own, all, settings, history] = await Promise.all([
    answerOf({ url: new URL('/patroni', base), trust, signal }, agentDocument),
    ask('/cluster', clusterDocument),
    known === null ? ask('/config', settingsDocument) : { value: known.settings },
    known === null ? ask('/history', historyDocument) : { value: known.lastEvent },
  ])
  const told = 'value' in all ? all.value : null
  return {
    kind: 'patroni',
    source: `Patroni at ${clean(base.origin)}`,
    scope: own.patroni.scope,
    systemIdentifier: own.database_system_identifier,
    paused: own.pause || (told?.pause ?? false),
    members: (told?.members ?? []).map(memberOf),
    membersProblem: 'value' in all ? null : all.fault,
    agent: agentOf(own, base.host),
    settings: 'value' in settings ? settings.value : null,
    scheduledSwitchover: switchoverOf(told?.scheduled_switchover ?? null),
    lastEvent: 'value' in history ? history.value : null,
  }
}

type Settled<Value> = { readonly value: Value } | { readonly fault: Fault }

async function settled<Value>(asked: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await asked }
  } catch (error) {
    if (error instanceof FaultError) return { fault: error.fault }
    throw error
  }
}

interface Request {
  readonly url: URL
  readonly trust: HttpTrust
  readonly signal: AbortSignal
}

async function answerOf<Shape>({ url, trust, signal }: Request, shape: z.ZodType<Shape>): Promise<Shape> {
  const request = { url, serverName: urlHost(url), bodyLimit: BODY_LIMIT, trust, signal }
  const { body, status } = await httpGet(request).catch((error: unknown) => {
    throw error instanceof FaultError ? new FaultError(withAdvice(error.fault)) : error
  })
  const parsed = shape.safeParse(jsonOf(body ?? ''))
  if (parsed.success && status < 300) return parsed.data
  // An agent whose server is down answers 503 and still tells of itself.
  if (parsed.success && status === 503) return parsed.data
  throw new FaultError(refusal(url, status))
}

/** The advice of a certificate's fault, in the words of the configuration. */
function withAdvice(fault: Fault): Fault {
  if (fault.code !== 'tls') return fault
  if (fault.reason === 'certificate-untrusted')
    return { ...fault, hint: 'Name the file of its authority: "manager": {"tls": {"ca": "ca.pem"}} in the config.' }
  return /certificate required|bad certificate|unknown ca/.test(fault.message)
    ? { ...fault, hint: OWN_CERTIFICATE }
    : fault
}

const OWN_CERTIFICATE =
  'Patroni asks for a client certificate: "manager": {"tls": {"cert": "client.crt", "key": "client.key"}} in the config.'

function refusal(url: URL, status: number): Fault {
  const place = clean(url.href)
  if (status === 401) {
    const hint = 'Patroni asks for no password to read: something before it does. Let pgdeck pass there.'
    return { code: 'auth', message: `${place} answered 401: it asks for a password`, hint }
  }
  if (status === 403)
    return { code: 'auth', message: `${place} answered 403: it refuses pgdeck`, hint: OWN_CERTIFICATE }
  const moved = status >= 300 && status < 400 ? `${status}, a redirect, which pgdeck does not follow` : null
  const message = moved === null ? `${place} answered ${status}, but not as Patroni does` : `${place} answered ${moved}`
  return { code: 'protocol', message, hint: 'Another service may listen there: see `patroni` in the config.' }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
