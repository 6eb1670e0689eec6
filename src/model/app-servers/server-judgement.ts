// Judges an application server: its status and access, with the reason for a problem.

import type { ServerPulse } from '../measured/pulse.ts'
import { readOnlyByDefault } from '../measured/read-only-default.ts'
import type { ClusterSnapshot, ServerRecord } from '../measured/snapshot.ts'
import type { ModelId, ServerType } from '../measured/spec.ts'
import type { AccessLevel, DatabaseView, ServerStatus, ServerView } from '../picture/picture.ts'
import { isPrimary } from '../picture/roles.ts'
import { isDown } from '../picture/status.ts'
import type { TargetState } from '../reachability/local-reachability.ts'
import { isSameAddress } from '../values/address.ts'
import { type Fault, isUnasked } from '../values/fault.ts'
import { faultOf, lastGood, lastReadAt } from '../values/reading.ts'
import { clean, listText } from '../values/text.ts'

/** Status and access, with the reason for a problem. */
export interface ServerJudgement {
  readonly status: ServerStatus
  readonly access: AccessLevel | null
  readonly problem: Fault | null
  readonly redirectsTo: string | null
}

const UNKNOWN: ServerJudgement = { status: 'unknown', access: null, problem: null, redirectsTo: null }

/** Judges a server by its latest reading, its certificate and its database. */
export function judgeServer(
  record: ServerRecord,
  verdict: TargetState,
  snapshot: ClusterSnapshot,
  databases: readonly DatabaseView[],
  before: ServerView | null,
): ServerJudgement {
  const pulse = lastGood(record.pulse)
  switch (verdict) {
    case 'waiting':
    case 'unseen':
    case 'unasked':
      return UNKNOWN
    case 'undecided':
      return before ? { ...UNKNOWN, ...pick(before) } : UNKNOWN
    case 'down':
      return { ...UNKNOWN, status: 'inactive', access: 'none' }
    case 'starting':
    case 'unreadable':
      return { ...UNKNOWN, status: 'degraded', access: 'none' }
    case 'answers':
      return pulse ? judgeAnswer(record, pulse, snapshot, databases) : UNKNOWN
  }
}

function pick({ status, access, redirectsTo }: ServerView) {
  return { status, access, redirectsTo }
}

/** Judges a server that answers: by its answer, its redirection, its certificate and its database. */
function judgeAnswer(
  record: ServerRecord,
  pulse: ServerPulse,
  snapshot: ClusterSnapshot,
  databases: readonly DatabaseView[],
): ServerJudgement {
  const target = redirectTarget(record, pulse, snapshot.servers)
  if (!target && !record.spec.healthyStatus.includes(pulse.httpStatus)) {
    return { ...UNKNOWN, status: 'degraded', access: 'none', problem: unexpected(record, pulse, databases) }
  }
  const judged = target
    ? redirecting(record, pulse, target)
    : serving(actingType(record, snapshot, databases), snapshot.spec.model, record, databases)
  const tlsProblem = pulse.tls?.problem ?? null
  if (tlsProblem === null || judged.problem) return judged
  const hint = 'Renew or replace the certificate, or pin the right one in the config (servers[].tls).'
  return { ...judged, status: 'degraded', problem: { code: 'tls', message: clean(tlsProblem), hint } }
}

function unexpected(
  { spec }: ServerRecord,
  { httpStatus, location }: ServerPulse,
  databases: readonly DatabaseView[],
): Fault {
  const database = databases.find((view) => view.id === spec.databaseId)
  const down = database && isDown(database) ? database : null
  const cause = down ? `; its database ${down.name} is ${down.status}` : ''
  const where = location === null ? '' : `; redirects to ${clean(location)}`
  return {
    code: 'protocol',
    message: `${unexpectedStatusText(httpStatus, spec.healthyStatus)}${cause}${where}`,
    hint: down
      ? `See to ${down.name} first: it is the database of this server.`
      : 'Read the log of the application server. servers[].health in the config sets the expected answers.',
  }
}

function redirecting(record: ServerRecord, pulse: ServerPulse, target: ServerRecord): ServerJudgement {
  const redirect: ServerJudgement = {
    status: 'standby',
    access: 'redirects',
    problem: null,
    redirectsTo: target.spec.id,
  }
  // Only an answer that is newer than the other server's failure shows a redirection into the void.
  const failure = faultOf(target.pulse)
  const at = lastReadAt(record.pulse)
  if (!failure || isUnasked(failure) || at === null || at <= failure.since || pulse.location === null) return redirect
  const message = `sends its visitors to ${clean(target.displayName)}, which does not answer`
  return { ...redirect, status: 'degraded', problem: { code: 'protocol', message, hint: null } }
}

/** A server that does not redirect gives the access of its database. */
function serving(
  type: ServerType,
  model: ModelId,
  { spec }: ServerRecord,
  databases: readonly DatabaseView[],
): ServerJudgement {
  const full = fullAccess(type, model)
  const active: ServerJudgement = { ...UNKNOWN, status: 'active', access: full }
  const database = databases.find((view) => view.id === spec.databaseId)
  if (!database) return active
  if (isDown(database)) {
    const message = `its database ${database.name} is ${database.status}`
    const hint = database.problem?.message ?? null
    return { ...active, status: 'degraded', access: 'none', problem: { code: 'unreachable', message, hint } }
  }
  if (database.status === 'unknown') return isThere(database) ? active : { ...active, access: null }
  const isReadOnly = database.pulse !== null && readOnlyByDefault(database.pulse).kind === 'server'
  if (full === 'read-only' || (isPrimary(database) && !isReadOnly)) return active
  const why = isReadOnly ? 'default_transaction_read_only is on' : 'it is a standby'
  const message = `its database ${database.name} is read-only: ${why}`
  return { ...active, status: 'degraded', access: 'read-only', problem: { code: 'protocol', message, hint: null } }
}

/** The database answers, though pgdeck can't read it: its users count as served. */
function isThere(database: DatabaseView): boolean {
  return database.portOpen === true && database.problem !== null
}

/** A read-only server that was promoted gives the access of a primary, whatever its configured type. */
function actingType(
  { spec }: ServerRecord,
  { actingPrimary = null }: ClusterSnapshot,
  databases: readonly DatabaseView[],
): ServerType {
  if (actingPrimary?.server !== spec.id || actingPrimary.restoredAt !== null) return spec.type
  return databases.some((view) => view.id === spec.databaseId && isPrimary(view)) ? 'primary' : spec.type
}

/** The access of a server of this type without problems. */
export function fullAccess(type: ServerType, model: ModelId): AccessLevel {
  if (type === 'read-only') return 'read-only'
  return type === 'secondary' && model === 'mirrored' ? 'read-write-no-resets' : 'read-write'
}

interface Place {
  readonly host: string
  readonly port: number
}

const URL_HEAD = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^:/?#]+)(?::(\d{1,5}))?/i

function placeOf(url: string): Place | null {
  const head = URL_HEAD.exec(url)
  if (!head?.[1] || !head[2]) return null
  const port = head[3] ? Number(head[3]) : head[1].toLowerCase() === 'https' ? 443 : 80
  return { host: head[2], port }
}

/** The configured server that an answer redirects to; null if it does not redirect, or redirects elsewhere. */
function redirectTarget(
  server: ServerRecord,
  pulse: ServerPulse,
  servers: readonly ServerRecord[],
): ServerRecord | null {
  const place = pulse.location === null ? null : placeOf(pulse.location)
  if (!place || isAt(server, place)) return null
  return servers.find((other) => isAt(other, place)) ?? null
}

function isAt(server: ServerRecord, place: Place): boolean {
  const { url, dnsName, port } = server.spec
  const own = placeOf(url)
  if (place.port !== (own?.port ?? port)) return false
  return isSameAddress(place.host, own?.host ?? null) || isSameAddress(place.host, dnsName)
}

const MOST_NAMED = 3

/** `HTTP 500, not 200, 204 or a redirect`. The details list every code of `healthy`; here long lists are shortened. */
export function unexpectedStatusText(status: number, healthy: readonly number[]): string {
  const codes = [...new Set(healthy)].sort((one, other) => one - other)
  // For a server that redirects, "not a redirect" would be wrong.
  const redirects = isRedirect(status) ? [] : codes.filter(isRedirect)
  const named = redirects.length > 1 ? codes.filter((code) => !isRedirect(code)) : codes
  const parts = [...runs(named), ...(redirects.length > 1 ? ['a redirect'] : [])]
  return `HTTP ${status}, not ${parts.length > MOST_NAMED ? `one of the ${codes.length} expected` : listText(parts, 'or') || 'known'}`
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** Three and more consecutive codes form a range: `200–204`. */
function runs(codes: readonly number[]): readonly string[] {
  const found: number[][] = []
  for (const code of codes) {
    const run = found.at(-1)
    if (run?.at(-1) === code - 1) run.push(code)
    else found.push([code])
  }
  return found.flatMap((run) => (run.length > 2 ? [`${run[0]}–${run.at(-1)}`] : run.map(String)))
}
