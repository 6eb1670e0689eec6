// Who serves the users after an action that changes roles: by fresh readings, not by the plan.

import { fullAccess } from '../app-servers/server-judgement.ts'
import type { ClusterSnapshot, ServerRecord } from '../measured/snapshot.ts'
import { NOBODY_SERVES_TEXT } from '../picture/alert.ts'
import type { AccessLevel, DatabaseView, Picture, ServerView } from '../picture/picture.ts'
import { sessionsOfServer } from '../sessions/connected-servers.ts'
import { currentValue } from '../values/reading.ts'
import { listText } from '../values/text.ts'
import type { PlanBasis } from './plan.ts'
import { currentRoleOf } from './plan-basis.ts'

/** Who serves the users when a run ends. */
export interface ServingAfterRun {
  /** What the users can do; null if unknown. */
  readonly access: AccessLevel | null
  /** Ids of the servers that serve, or of the writable databases if no server is configured. */
  readonly by: readonly string[]
  /** Ids of the servers that use a database which is not writable, while another one is. */
  readonly still: readonly string[]
  /** Ids of the databases that take writes. */
  readonly writable: readonly string[]
  /** False where users who could write before, or whom nobody served, can't write now: then the act did not fully succeed. */
  readonly suffices: boolean
  /** To be read after "done: ", or "done, but " where it does not suffice. */
  readonly words: string
}

/** What an act is meant to do to the roles, and what was so before it. */
export interface RoleChange {
  readonly before: PlanBasis
  /** It ends writes on purpose. */
  readonly endsWrites: boolean
}

type Seen = { readonly picture: Picture; readonly snapshot: ClusterSnapshot }

/** Whether a database became a primary, or is one no more, since `before`. */
export function haveRolesChanged({ nodes }: PlanBasis, { databases }: Pick<Picture, 'databases'>): boolean {
  return databases.some((view) => {
    const [was, is] = [nodes.find(({ id }) => id === view.id)?.role ?? 'unknown', currentRoleOf(view)]
    return was !== 'unknown' && is !== 'unknown' && was !== is
  })
}

/** Who serves the users now. */
export function servingAfterRun(seen: Seen, change: RoleChange): ServingAfterRun {
  const { picture, snapshot } = seen
  const writable = picture.databases.filter((view) => currentRoleOf(view) === 'primary')
  if (picture.servers.length === 0) return byDatabases(writable, change)
  const servers = picture.servers.map((view) => offerOf(view, seen, writable))
  const known = servers.flatMap((each) => (each.access === null ? [] : [{ ...each, access: each.access }]))
  const best = ORDER.find((access) => known.some((each) => each.access === access))
  const access = best ?? (known.length < servers.length ? null : 'none')
  const by = best === undefined ? [] : known.filter((each) => each.access === best)
  const left = servers.filter((each) => each.isLeft)
  // Visitors of one that redirects are served elsewhere.
  const isAnyLeft = left.some((each) => each.access !== 'redirects')
  const still = isAnyLeft ? left : []
  const canWrite = access === 'read-write' || access === 'read-write-no-resets'
  const isOwed = !change.endsWrites && couldWriteOrNobody(change.before, snapshot, writable)
  const moved = servers.filter((each) => each.hasMoved)
  return {
    access,
    by: by.map(({ view }) => view.id),
    still: still.map(({ view }) => view.id),
    writable: writable.map(({ id }) => id),
    suffices: !isOwed || (canWrite && !isAnyLeft),
    words: [...serverWords(access, by, still, writable, picture), ...movedWords(moved, writable)].join('; '),
  }
}

/** From best to least of what serves a user. */
const ORDER = ['read-write', 'read-write-no-resets', 'read-only'] as const

function byDatabases(writable: readonly DatabaseView[], { endsWrites }: RoleChange): ServingAfterRun {
  const ids = writable.map(({ id }) => id)
  const words =
    writable.length === 0
      ? 'no database is writable'
      : `${listed(writable)} ${writable.length === 1 ? 'is' : 'are'} writable`
  const access = writable.length === 0 ? null : 'read-write'
  return { access, by: ids, still: [], writable: ids, suffices: endsWrites || writable.length > 0, words }
}

interface Offer {
  readonly view: ServerView
  readonly access: AccessLevel | null
  /** It uses a database that takes no writes, while another one does. */
  readonly isLeft: boolean
  /** It is connected to what takes writes, though the configuration names another database. */
  readonly hasMoved: boolean
}

/** What a server gives: by the database that it is connected to, where that is another one than the configuration names. */
function offerOf(view: ServerView, { picture, snapshot }: Seen, writable: readonly DatabaseView[]): Offer {
  const { databaseId, type, access } = view
  const record = snapshot.servers.find(({ spec }) => spec.id === view.id)
  const uses = picture.databases.find(({ id }) => id === databaseId)
  const offer = { view, access, isLeft: false, hasMoved: false }
  if (!record || !uses || type === 'read-only' || writable.includes(uses) || writable.length === 0) return offer
  const answer = currentValue(record.pulse)
  if (answer === null) return offer
  // With sessions on both, nothing tells which of them its users' writes go to.
  if (!writable.some((each) => isConnected(record, each)) || isConnected(record, uses))
    return { ...offer, isLeft: true }
  const isWell = access !== 'redirects' && record.spec.healthyStatus.includes(answer.httpStatus)
  return { ...offer, access: isWell ? fullAccess(type, snapshot.spec.model) : access, hasMoved: true }
}

/** Sessions of a last reading that is old are no sign. */
function isConnected(record: ServerRecord, { pulse, problem }: DatabaseView): boolean {
  return problem === null && sessionsOfServer(record, pulse?.clients ?? []).length > 0
}

/** Users who were only served read-only before are owed nothing more, unless a database was promoted. */
function couldWriteOrNobody(
  { nodes }: PlanBasis,
  { servers }: ClusterSnapshot,
  writable: readonly DatabaseView[],
): boolean {
  const roleWas = (database: string | null) => nodes.find(({ id }) => id === database)?.role ?? 'unknown'
  if (writable.some(({ id }) => roleWas(id) !== 'primary')) return true
  const writers = servers.filter(({ spec }) => spec.type !== 'read-only')
  if (writers.some(({ spec }) => roleWas(spec.databaseId) === 'primary')) return true
  return servers.every(({ spec }) => roleWas(spec.databaseId) === 'unknown')
}

function serverWords(
  access: AccessLevel | null,
  by: readonly Offer[],
  still: readonly Offer[],
  writable: readonly DatabaseView[],
  { databases }: Picture,
): readonly string[] {
  const given = access === 'read-write-no-resets' ? 'read-write without password resets' : access
  const names = listed(by.map(({ view }) => view))
  const served = `users are served by ${names} (${given})`
  if (still.length === 0) {
    if (by.length === 0) return [nobodyWords(access)]
    return [access === 'read-only' ? `users can only read, on ${names}` : served]
  }
  const views = still.map(({ view }) => view)
  const used = databases.filter(({ id }) => views.some(({ databaseId }) => databaseId === id))
  const uses = `${listed(views)} still ${verb(views, 'use')} ${listed(used)}`
  const effect = access === 'read-only' ? 'users can only read' : by.length > 0 ? served : nobodyWords(access)
  const them = views.length === 1 ? 'it' : 'them'
  return [`${uses}: ${effect}`, `next: point ${them} at ${listed(writable, 'or')}, or restart ${them}`]
}

function nobodyWords(access: AccessLevel | null): string {
  return access === null
    ? 'which server serves the users is unknown: pgdeck could not read all of them'
    : NOBODY_SERVES_TEXT
}

/** Everything else here judges a server by the database that the configuration names. */
function movedWords(moved: readonly Offer[], writable: readonly DatabaseView[]): readonly string[] {
  if (moved.length === 0) return []
  const names = listed(moved.map(({ view }) => view))
  return [`next: set in the configuration that ${names} ${verb(moved, 'use')} ${listed(writable, 'or')}`]
}

function verb(those: readonly unknown[], plural: string): string {
  return those.length === 1 ? `${plural}s` : plural
}

function listed(those: readonly { readonly name: string }[], word: 'and' | 'or' = 'and'): string {
  const names = those.map(({ name }) => name)
  return listText(names, word)
}
