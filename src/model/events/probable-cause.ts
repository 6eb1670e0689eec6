// Why something is as an alert or event says, where the rest of the picture tells it.

import { settingsTooLow } from '../measured/required-settings.ts'
import { isSameSystem } from '../measured/server-identity.ts'
import type { Alert, AlertRule, ClusterEvent, DatabaseView, Picture, ServerView, Severity } from '../picture/picture.ts'
import { isPrimary } from '../picture/roles.ts'
import { isDown } from '../picture/status.ts'
import { isSameSubject, isWhole, type Subject, subjectOf } from '../picture/subject.ts'
import { type Fault, isUnreachable } from '../values/fault.ts'
import { clean, listText } from '../values/text.ts'
import { formatBytes, formatSeconds } from '../values/units.ts'

/** An alert, or a happening with the rule of the alert it tells of; a change of status has none. */
export type CauseSubject = Pick<Alert | ClusterEvent, 'subject' | 'severity'> & {
  readonly rule?: AlertRule | undefined
  /** What is told already is no news as its cause. */
  readonly text?: string
}

/**
 * Half a sentence to be read after "because", e.g. `its database db-1 is inactive`; null where no cause is known. The
 * picture is that of the time of what is told: a later one knows other causes.
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

/** A server that answers but not as it should lacks its database more often than anything else. */
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

/** A host is asked less often than what runs there. */
const TOGETHER_MS = 60_000

/** The host answered before and fell silent together with what runs there: it is the host. */
function hostSilent({ id, since }: ServerView | DatabaseView, { hosts }: Picture): string | null {
  const host = hosts.find(({ nodeIds }) => nodeIds.includes(id))
  if (!host?.problem || host.readAt === null || since === null || !mayBeDown(host.problem)) return null
  const together = Math.abs(host.problem.since - since) <= TOGETHER_MS
  return together ? `its host ${clean(host.id)} does not answer either` : null
}

/** How a host fails that is down itself; every other problem, as of its name, is one of asking it. */
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

/** Who holds most of the sessions, where one of them holds at least half. */
function causeOfSessions({ pulse }: DatabaseView): string | null {
  if (!pulse?.clients) return null
  const greatest = pulse.clients.reduce((most, each) => (each.count > most.count ? each : most), {
    applicationName: '',
    address: null as string | null,
    count: 0,
  })
  if (greatest.count === 0 || greatest.count * 2 < pulse.sessions.total) return null
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

/** `max_connections 30 < 60 on db-1`; null where no setting is too low: the pause itself tells its reason. */
function causeOfReplayPause(database: DatabaseView, picture: Picture): string | null {
  const primary = primaryOf(database, picture)
  const low = settingsTooLow(database.pulse?.settings ?? null, primary?.pulse?.settings ?? null)
  if (!primary || low.length === 0) return null
  return low
    .map(({ setting, standby, primary: there }) => `${setting} ${standby} < ${there} on ${primary.name}`)
    .join(', ')
}

/** What holds the standby up: paused, disconnected, delayed on purpose, or the stage at which most of it waits. */
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

/** Stages count from the source's position, each of them containing the one before. */
function stageOf({ lag }: DatabaseView): string | null {
  if (!lag?.bytes) return null
  const { bytes, sentBytes, flushedBytes } = lag
  if (sentBytes !== null && sentBytes * 2 > bytes) return 'its upstream has not sent most of it'
  if (flushedBytes === null) return null
  if ((bytes - flushedBytes) * 2 > bytes) return 'the standby has received most of it but not replayed it'
  return 'most of it was sent but not flushed by the standby'
}

/** The one that writes now, of the same system; one last read as such when it can't be read. */
function primaryOf(view: DatabaseView, { databases }: Picture): DatabaseView | null {
  const related = databases.filter((other) => other.id !== view.id && isPrimary(other) && isSameSystem(other, view))
  return related.find(({ status }) => status === 'active') ?? related[0] ?? null
}

/** `db-ro is disconnected` of an idle slot, null where nothing is known of its user. */
function causeOfSlot(subject: Subject, picture: Picture): string | null {
  const slot = picture.slots.find(({ databaseId, name }) => isSameSubject(subject, subjectOf(databaseId, name)))
  const user = slot && picture.databases.find(({ id }) => id === slot.usedBy)
  return user ? causeIn(user) : null
}

function causeIn({ name, status, replayPaused }: DatabaseView): string | null {
  if (isDown({ status }) || status === 'disconnected') return `${name} is ${status}`
  return replayPaused ? `replay is paused on ${name}` : null
}

/** The slots with an alert for the WAL they keep, of databases on the host whose file system it is. */
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
