// Events of databases: role, timeline, status, restart, upstream.

import { isSameServer, isSameSystem, mayBeRestartOf, serverIdentityText } from '../measured/server-identity.ts'
import type { ClusterEvent, DatabaseView, Picture } from '../picture/picture.ts'
import { isPrimary } from '../picture/roles.ts'
import { isDown } from '../picture/status.ts'
import { isWhole, subjectOf } from '../picture/subject.ts'
import { formatAge } from '../values/units.ts'
import { type EventWords, eventOf } from './event-words.ts'

export function databaseEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const before = new Map(previous.databases.map((view) => [view.id, view]))
  return next.databases.flatMap((view) => {
    const old = before.get(view.id)
    if (!old) return []
    return changes(old, view, next).map((words) => {
      return { at: next.at, subject: subjectOf(view.id), subjectName: view.name, ...eventOf(words) }
    })
  })
}

function changes(old: DatabaseView, view: DatabaseView, next: Picture): readonly EventWords[] {
  const status = statusChange(old, view, next)
  const other = anotherServer(old, view)
  // A change of another server is not a change of the previous one.
  if (other) {
    const isTold = next.alerts.some(({ rule, subject }) => rule === 'two-servers' && isWhole(subject, view.id))
    return [...(isTold ? [] : [other]), ...(isDown(view) && status ? [status] : [])]
  }
  const role = roleChange(old, view, next)
  // A new role explains the new status that comes with it.
  if (role) return isDown(view) && status ? [role, status] : [role]
  return [
    ...(status ? [status] : []),
    ...timelineChange(old, view),
    ...restart(old, view, status !== null),
    ...source(old, view, next),
    ...certificateChange(old, view),
  ]
}

/** A moved address, or a name given to another server. Only a later start of the same server is a restart. */
function anotherServer({ identity: before }: DatabaseView, { identity: now }: DatabaseView): EventWords | null {
  if (!before || !now || isSameServer(now, before) || mayBeRestartOf(now, before)) return null
  const which = isSameSystem(now, before) ? 'another server of its system' : 'a server of another system'
  return ['warning', `${which} answers now: ${serverIdentityText(now)}; it was ${serverIdentityText(before)}`]
}

function certificateChange({ tls: before }: DatabaseView, { tls: now }: DatabaseView): readonly EventWords[] {
  if (!before || !now || before.fingerprint === now.fingerprint) return []
  return [['info', `shows another certificate: ${now.subject ?? 'no name'}, valid for ${now.daysLeft} d`]]
}

function roleChange(old: DatabaseView, view: DatabaseView, next: Picture): EventWords | null {
  if (old.role === view.role || old.role === 'unknown' || view.role === 'unknown' || old.readAt === null) return null
  if (isPrimary(view)) {
    const moved = old.timeline !== null && view.timeline !== null && old.timeline !== view.timeline
    return moved
      ? ['info', `promoted: timeline ${old.timeline} → ${view.timeline}`]
      : ['warning', `is writable now, still on timeline ${view.timeline ?? '?'}: it began no new timeline`]
  }
  const from = nameOf(view.upstreamId, next)
  const what = view.role === 'replica' ? 'a replica' : 'a cascading replica'
  const whose = from === null ? '' : ` of ${from}`
  return ['info', isPrimary(old) ? `demoted: ${what}${whose} now` : `${what}${whose} now`]
}

function statusChange(old: DatabaseView, view: DatabaseView, next: Picture): EventWords | null {
  if (old.status === view.status || view.status === 'unknown') return null
  const firstSeen = old.readAt === null && old.problem === null
  if (firstSeen || (old.status === 'unknown' && !isDown(view))) return null
  switch (view.status) {
    case 'inactive':
    case 'stopping':
    case 'starting': {
      const why = view.problem ? `: ${view.problem.message}` : ''
      const alert = next.alerts.find(({ rule, subject }) => rule === 'database-inactive' && isWhole(subject, view.id))
      return [alert?.severity ?? 'warning', `${view.status}${why}`, 'database-inactive']
    }
    case 'disconnected': {
      const from = nameOf(view.upstreamId, next)
      const text = isDown(old) ? 'answers again, disconnected' : `disconnected${from ? ` from ${from}` : ''}`
      return ['warning', text, 'replica-disconnected']
    }
    case 'catching-up':
      return ['info', 'catching up']
    case 'shared-storage':
      return ['info', 'reads the storage of its writer']
    case 'archive':
      return ['info', 'restores WAL from an archive']
    default:
      return ['ok', `${view.status} again${after(old, next)}`]
  }
}

function after(old: DatabaseView, next: Picture): string {
  return old.since === null ? '' : ` after ${formatAge(next.at - old.since)}`
}

function timelineChange(old: DatabaseView, view: DatabaseView): readonly EventWords[] {
  if (old.timeline === null || view.timeline === null || old.timeline === view.timeline) return []
  return [['info', `timeline ${old.timeline} → ${view.timeline}`]]
}

/** A restart between two polls shows only by a new start time. */
function restart(old: DatabaseView, view: DatabaseView, toldAlready: boolean): readonly EventWords[] {
  if (toldAlready || old.startedAt === null || view.startedAt === null || old.startedAt === view.startedAt) return []
  return [['warning', 'was restarted']]
}

function source(old: DatabaseView, view: DatabaseView, next: Picture): readonly EventWords[] {
  if (old.upstreamId === null || view.upstreamId === null || old.upstreamId === view.upstreamId) return []
  const was = nameOf(old.upstreamId, next)
  return [['info', `replicates from ${nameOf(view.upstreamId, next)} now${was === null ? '' : `, was ${was}`}`]]
}

function nameOf(id: string | null, picture: Picture): string | null {
  return picture.databases.find((view) => view.id === id)?.name ?? id
}
