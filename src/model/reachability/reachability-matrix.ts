// Which observer reaches which target: this host, standbys, upstreams, databases, servers and other hosts.

import type { HostPortCheck } from '../measured/port-check.ts'
import type { ServerRecord } from '../measured/snapshot.ts'
import { isFedByArchiveAlone } from '../picture/archive-source.ts'
import type { DatabaseView, LinkView, Picture, ServerView } from '../picture/picture.ts'
import { standbyPositionOf } from '../picture/roles.ts'
import { isConnected } from '../picture/status.ts'
import { sessionsOfServer, whyClientsUnknown } from '../sessions/connected-servers.ts'
import { isOwn, isUnreachable } from '../values/fault.ts'
import { clean } from '../values/text.ts'
import { formatAge } from '../values/units.ts'

/** `here` is this host. A server's sessions show that it reaches its database. */
export type ObserverKind = 'here' | 'standby' | 'source' | 'database' | 'server' | 'host'

export interface Observation {
  readonly kind: ObserverKind
  /** null: this host. */
  readonly fromId: string | null
  readonly from: string
  readonly toId: string
  readonly to: string
  /** `unknown` is never a sign of an outage. */
  readonly status: 'ok' | 'fails' | 'unknown'
  readonly evidence: string
  /** When the target last answered, of a failure since when, in milliseconds since the epoch; null: never. */
  readonly at: number | null
  /** True if the target itself must have sent something at that time: sessions and open ports may outlive it. */
  readonly isFromTarget: boolean
}

type Seen = Pick<Observation, 'status' | 'evidence' | 'at' | 'isFromTarget'>
type View = DatabaseView | ServerView

/** Returns every observation, by observer. */
export function allObservations(picture: Picture, servers: readonly ServerRecord[] = []): readonly Observation[] {
  const all: readonly View[] = [...picture.servers, ...picture.databases]
  const checks = picture.portChecks ?? []
  return [
    ...all.map((view) => fromHere(view)),
    ...picture.links.flatMap((link) => ofLink(link, picture)),
    ...servers.flatMap((server) => ofSessions(server, picture)),
    ...checks.flatMap((check) => ofPortCheck(check, all, checks)),
  ]
}

/** Returns what others than this host observe of one target. */
export function observationsByOthers(
  picture: Picture,
  targetId: string,
  servers: readonly ServerRecord[] = [],
): readonly Observation[] {
  return allObservations(picture, servers).filter(({ toId, kind }) => toId === targetId && kind !== 'here')
}

function fromHere(view: View): Observation {
  const seen = byItsAnswer(view)
  return { kind: 'here', fromId: null, from: 'this host', toId: view.id, to: view.name, ...seen }
}

/** A target that refuses or answers with an error is up. */
function byItsAnswer({ problem, readAt, stale }: View): Seen {
  if (!problem) {
    if (readAt === null) return { status: 'unknown', evidence: 'has not answered yet', at: null, isFromTarget: false }
    return { status: 'ok', evidence: 'answers', at: readAt, isFromTarget: true }
  }
  const evidence = clean(problem.message)
  if (!stale && readAt !== null)
    return { status: 'ok', evidence: `answers, but ${evidence}`, at: readAt, isFromTarget: true }
  if (isOwn(problem)) return { status: 'unknown', evidence, at: null, isFromTarget: false }
  if (isUnreachable(problem)) return { status: 'fails', evidence, at: problem.since, isFromTarget: false }
  return { status: 'ok', evidence: `is there, but ${evidence}`, at: null, isFromTarget: false }
}

/** A link shows that each end reaches the other. */
function ofLink(link: LinkView, picture: Picture): readonly Observation[] {
  const standby = picture.databases.find(({ id }) => id === link.downstreamId)
  const source = picture.databases.find(({ id }) => id === link.upstreamId)
  if (!standby || !source) return []
  const ends = (from: DatabaseView, to: DatabaseView) => ({
    fromId: from.id,
    from: from.name,
    toId: to.id,
    to: to.name,
  })
  // It never had a connection: that it has none is no sign of an outage.
  if (isFedByArchiveAlone(standby)) return []
  return [
    { kind: 'standby', ...ends(standby, source), ...byReceiver(standby) },
    { kind: 'source', ...ends(source, standby), ...bySender(link, source) },
  ]
}

function unread({ name }: View): Seen {
  return { status: 'unknown', evidence: `${name} can’t be read`, at: null, isFromTarget: false }
}

function byReceiver(standby: DatabaseView): Seen {
  const { readAt, stale } = standby
  const position = standbyPositionOf(standby)
  if (!position || readAt === null || stale) return unread(standby)
  const { receiver } = position
  if (!receiver || receiver.status === 'stopping' || receiver.status === 'starting') {
    return { status: 'fails', evidence: 'its receiver is not connected', at: standby.since, isFromTarget: false }
  }
  const silence = receiver.lastMessageAgeSeconds
  if (silence === null) return { status: 'ok', evidence: 'its receiver is connected', at: readAt, isFromTarget: false }
  const evidence = `its receiver streams, last message ${formatAge(silence * 1000)} before it was read`
  return { status: 'ok', evidence, at: readAt - silence * 1000, isFromTarget: true }
}

function bySender({ sender, ambiguousSenders, state }: LinkView, source: DatabaseView): Seen {
  const { readAt, stale } = source
  if (readAt === null || stale) return unread(source)
  if (ambiguousSenders.length > 0) {
    const evidence = `it sends to ${ambiguousSenders.length} receivers that pgdeck can’t distinguish`
    return { status: 'unknown', evidence, at: readAt, isFromTarget: false }
  }
  if (!sender) return { status: 'fails', evidence: 'it has no walsender for it', at: readAt, isFromTarget: false }
  const age = sender.replyAgeSeconds
  if (age === null) return { status: 'ok', evidence: `it sends to it (${state})`, at: readAt, isFromTarget: false }
  const evidence = `it sends to it (${state}), last reply ${formatAge(age * 1000)} before it was read`
  return { status: isConnected(state) ? 'ok' : 'unknown', evidence, at: readAt - age * 1000, isFromTarget: true }
}

/** Sessions show that server and database reach each other. */
function ofSessions(record: ServerRecord, picture: Picture): readonly Observation[] {
  const server = picture.servers.find(({ id }) => id === record.spec.id)
  const database = picture.databases.find(({ id }) => id === record.spec.databaseId)
  if (!server || !database) return []
  const seen = bySessions(record, database)
  const back: Seen =
    seen.status === 'unknown' && server.status === 'active' && !server.stale
      ? { ...seen, evidence: `${seen.evidence}; it answers its users normally`, at: server.readAt }
      : seen
  return [
    { kind: 'database', fromId: database.id, from: database.name, toId: server.id, to: server.name, ...seen },
    { kind: 'server', fromId: server.id, from: server.name, toId: database.id, to: database.name, ...back },
  ]
}

function bySessions(record: ServerRecord, database: DatabaseView): Seen {
  const { pulse, readAt, stale } = database
  if (!pulse || readAt === null || stale) return unread(database)
  if (!pulse.clients) return { ...unread(database), evidence: whyClientsUnknown(pulse) }
  const count = sessionsOfServer(record, pulse.clients).reduce((sum, group) => sum + group.count, 0)
  if (count === 0) return { status: 'unknown', evidence: 'no session is seen', at: readAt, isFromTarget: false }
  const evidence = `${count} ${count === 1 ? 'session' : 'sessions'} connected`
  return { status: 'ok', evidence, at: readAt, isFromTarget: false }
}

/** A port that is open from here too is no new evidence: the server behind it may hang. */
function ofPortCheck(
  check: HostPortCheck,
  all: readonly View[],
  checks: readonly HostPortCheck[],
): readonly Observation[] {
  const target = all.find(({ id }) => id === check.targetId)
  if (!target || check.hostId === null) return []
  const ours = checks.find(({ hostId, targetId }) => hostId === null && targetId === check.targetId)
  const about = {
    kind: 'host',
    fromId: check.hostId,
    from: `host ${clean(check.hostId)}`,
    toId: target.id,
    to: target.name,
  } as const
  const { fault, at } = check
  if (fault === null) {
    const evidence = `port ${target.port} accepts connections from there`
    return [{ ...about, status: 'ok', evidence, at, isFromTarget: ours !== undefined && ours.fault !== null }]
  }
  // A port that could not be tried from there shows nothing.
  return [
    {
      ...about,
      status: isUnreachable(fault) ? 'fails' : 'unknown',
      evidence: clean(fault.message),
      at,
      isFromTarget: false,
    },
  ]
}
