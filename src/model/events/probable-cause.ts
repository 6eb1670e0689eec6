// The probable cause of an alert or event, from the rest of the picture.

import { settingsTooLow } from '../measured/required-settings.ts'
import { isSameSystem } from '../measured/server-identity.ts'
import type { Alert, AlertRule, ClusterEvent, DatabaseView, Picture, ServerView, Severity } from '../picture/picture.ts'
import { isPrimary } from '../picture/roles.ts'
import { isDown } from '../picture/status.ts'
import { isSameSubject, isWhole, type Subject, subjectOf } from '../picture/subject.ts'
import { type Fault, isUnreachable } from '../values/fault.ts'
import { clean, listText } from '../values/text.ts'
import { formatBytes, formatSeconds } from '../values/units.ts'

/** An alert, or an event with the rule of its alert; a change of status has none. */
export type CauseSubject = Pick<Alert | ClusterEvent, 'subject' | 'severity'> & {
  readonly rule?: AlertRule | undefined
  /** A cause that its own text already names is left out. */
  readonly text?: string
}

/**
 * Returns half a sentence for after "because", e.g. `its database db-1 is inactive`; null if no cause is known. Use the
 * picture of the time of the event: a later one has other causes.
 */
export function probableCause(about: CauseSubject, picture: Picture): string | null {
  const { rule, subject, severity, text = '' } = about
  if (!isBad(severity)) return null
  const cause = rule === undefined ? causeOfStatus(subject, picture) : causeOfAlert(rule, subject, picture)
  return cause !== null && text.includes(cause) ? null : cause
}

function isBad(severity: ClusterEvent['severity']): severity is Severity {
  return severity === 'warning' || severity === 'critical'
}

function causeOfStatus(subject: Subject, picture: Picture): string | null {
  const server = picture.servers.find(({ id }) => isWhole(subject, id))
  if (server) return causeOfServer(server, picture)
  const database = picture.databases.find(({ id }) => isWhole(subject, id))
  if (!database) return null
  if (database.status === 'disconnected') return causeOfDisconnection(database, picture)
  return isDown(database) ? causeOfAbsence(database, picture) : null
}

function causeOfAlert(rule: AlertRule, subject: Subject, picture: Picture): string | null {
  const server = picture.servers.find(({ id }) => isWhole(subject, id))
  const database = picture.databases.find(({ id }) => isWhole(subject, id))
  switch (rule) {
    case 'nobody-serves':
      return causeOfNobody(picture)
    case 'read-only-serves':
      return namesOf(picture.servers.filter((each) => each.type !== 'read-only' && isOut(each)))
    case 'schedules-stopped':
    case 'server-inactive':
      return server ? causeOfServer(server, picture) : null
    case 'database-inactive':
    case 'stale':
      return database ? causeOfAbsence(database, picture) : null
    case 'replica-disconnected':
      return database ? causeOfDisconnection(database, picture) : null
    case 'replay-paused':
      return database ? causeOfReplayPause(database, picture) : null
    case 'replication-lag':
    case 'replication-lag-seconds':
      return database ? causeOfLag(database, picture) : null
    case 'slot-inactive':
    case 'slot-retained':
    case 'slot-lost':
      return causeOfSlot(subject, picture)
    case 'sessions':
    case 'connections-for-users':
      return database ? causeOfSessions(database) : null
    case 'disk':
      return slotsRetainingWal(subject, picture)
    default:
      return null
  }
}

/** For a server that answers with a problem, its database is the most common cause. */
function causeOfServer(server: ServerView, picture: Picture): string | null {
  const database = picture.databases.find(({ id }) => id === server.databaseId)
  if (server.status === 'degraded' && database && isDown(database)) {
    return `its database ${database.name} is ${database.status}`
  }
  if (server.status !== 'inactive') return null
  return cutOff(picture) ?? hostSilent(server, picture)
}

function causeOfAbsence(database: DatabaseView, picture: Picture): string | null {
  return cutOff(picture) ?? hostSilent(database, picture)
}

function cutOff({ alerts }: Picture): string | null {
  return alerts.some(({ rule }) => rule === 'cut-off')
    ? 'this host may be cut off: no other target answers either'
    : null
}

/** A host is polled less often than what runs there. */
const TOGETHER_MS = 60_000

/** A host that answered before and became silent together with what runs there is the cause. */
function hostSilent({ id, since }: ServerView | DatabaseView, { hosts }: Picture): string | null {
  const host = hosts.find(({ nodeIds }) => nodeIds.includes(id))
  if (!host?.problem || host.readAt === null || since === null || !mayBeDown(host.problem)) return null
  const together = Math.abs(host.problem.since - since) <= TOGETHER_MS
  return together ? `its host ${clean(host.id)} does not answer either` : null
}

/** Whether the host may be down. Other problems, such as its name, concern only asking it. */
function mayBeDown(fault: Fault): boolean {
  return isUnreachable(fault) && fault.code !== 'dns'
}

function causeOfDisconnection(database: DatabaseView, picture: Picture): string | null {
  const upstream = picture.databases.find(({ id }) => id === database.upstreamId)
  if (!upstream) return null
  if (isDown(upstream)) return `${upstream.name}, its upstream, is ${upstream.status}`
  const name = picture.links.find(({ downstreamId }) => downstreamId === database.id)?.slot ?? null
  const slot = picture.slots.find((each) => each.databaseId === upstream.id && each.name === name)
  if (slot && (slot.walStatus === 'lost' || slot.invalidationReason !== null)) {
    return `its slot ${slot.name} on ${upstream.name} is lost`
  }
  if (database.timeline !== null && upstream.timeline !== null && database.timeline > upstream.timeline) {
    return `it is on timeline ${database.timeline}, ${upstream.name} still on ${upstream.timeline}`
  }
  return null
}

function causeOfNobody({ servers, databases }: Picture): string | null {
  const down = databases.filter(isDown)
  if (servers.length === 0) return namesOf(down)
  return namesOf(servers.filter(isOut)) ?? namesOf(down)
}

/** The user of most sessions, if one has at least half. */
function causeOfSessions({ pulse }: DatabaseView): string | null {
  if (!pulse?.clients) return null
  const greatest = pulse.clients.reduce((most, each) => (each.count > most.count ? each : most), {
    applicationName: '',
    address: null as string | null,
    count: 0,
  })
  const { total } = pulse.sessions
  if (greatest.count === 0 || total === null || greatest.count * 2 < total) return null
  const where = greatest.address === null ? '' : ` from ${clean(greatest.address)}`
  return `${greatest.count} of them are of ${clean(greatest.applicationName) || 'a client without a name'}${where}`
}

function isOut({ status }: ServerView): boolean {
  return status === 'inactive' || status === 'degraded'
}

/** `pmp-a is inactive and pmp-b is degraded`. */
function namesOf(some: readonly (ServerView | DatabaseView)[]): string | null {
  return some.length === 0 ? null : listText(some.map(({ name, status }) => `${name} is ${status}`))
}

/** `max_connections 30 < 60 on db-1`; null if no setting is too low, because the pause itself has a reason. */
function causeOfReplayPause(database: DatabaseView, picture: Picture): string | null {
  const primary = primaryOf(database, picture)
  const low = settingsTooLow(database.pulse?.settings ?? null, primary?.pulse?.settings ?? null)
  if (!primary || low.length === 0) return null
  return low
    .map(({ setting, standby, primary: there }) => `${setting} ${standby} < ${there} on ${primary.name}`)
    .join(', ')
}

/** What delays the standby: paused, disconnected, delayed on purpose, or the stage with most of the lag. */
function causeOfLag(database: DatabaseView, picture: Picture): string | null {
  if (database.replayPaused) {
    const atTarget = database.replayPause?.reason === 'target' ? 'its recovery target' : null
    const why = causeOfReplayPause(database, picture) ?? atTarget
    return `replay is paused there${why === null ? '' : `: ${why}`}`
  }
  if (database.status === 'disconnected') {
    const upstream = picture.databases.find(({ id }) => id === database.upstreamId)
    return `it is disconnected${upstream ? ` from ${upstream.name}` : ''}`
  }
  const delay = database.pulse?.applyDelayMs ?? 0
  if (delay > 0) return `it replays ${formatSeconds(delay / 1000)} late on purpose (recovery_min_apply_delay)`
  return stageOf(database)
}

/** Each stage is counted from the upstream's position and includes the previous one. */
function stageOf({ lag }: DatabaseView): string | null {
  if (!lag?.bytes) return null
  const { bytes, sentBytes, flushedBytes } = lag
  if (sentBytes !== null && sentBytes * 2 > bytes) return 'its upstream has not sent most of it'
  if (flushedBytes === null) return null
  if ((bytes - flushedBytes) * 2 > bytes) return 'the standby has received most of it but not replayed it'
  return 'most of it was sent but not flushed by the standby'
}

/** The writable database of the same system; if it can't be read, the one that was writable last. */
function primaryOf(view: DatabaseView, { databases }: Picture): DatabaseView | null {
  const related = databases.filter((other) => other.id !== view.id && isPrimary(other) && isSameSystem(other, view))
  return related.find(({ status }) => status === 'active') ?? related[0] ?? null
}

/** `db-ro is disconnected` for an inactive slot; null if its user is unknown. */
function causeOfSlot(subject: Subject, picture: Picture): string | null {
  const slot = picture.slots.find(({ databaseId, name }) => isSameSubject(subject, subjectOf(databaseId, name)))
  const user = slot && picture.databases.find(({ id }) => id === slot.usedBy)
  return user ? causeIn(user) : null
}

function causeIn({ name, status, replayPaused }: DatabaseView): string | null {
  if (isDown({ status }) || status === 'disconnected') return `${name} is ${status}`
  return replayPaused ? `replay is paused on ${name}` : null
}

/** The slots with an alert for retained WAL, of databases on the host of that file system. */
function slotsRetainingWal({ owner }: Subject, { hosts, slots, alerts }: Picture): string | null {
  const host = hosts.find(({ id }) => id === owner)
  if (!host) return null
  const guilty = slots.filter(({ databaseId, name }) => {
    const own = subjectOf(databaseId, name)
    return (
      host.nodeIds.includes(databaseId) &&
      alerts.some(({ rule, subject: of }) => rule === 'slot-retained' && isSameSubject(of, own))
    )
  })
  if (guilty.length === 0) return null
  return guilty.map((slot) => `slot ${slot.name} retains ${formatBytes(slot.retainedBytes ?? 0)} of WAL`).join(', ')
}
