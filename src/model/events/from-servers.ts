// Events of application servers: status, access, which one serves the users.

import { NOBODY_SERVES_TEXT } from '../picture/alert.ts'
import type { AccessLevel, ClusterEvent, Picture, ServerStatus, ServerView } from '../picture/picture.ts'
import { isWhole, subjectOf } from '../picture/subject.ts'
import { formatAge } from '../values/units.ts'
import { type EventWords, eventOf } from './event-words.ts'

export function serverEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const before = new Map(previous.servers.map((view) => [view.id, view]))
  return next.servers.flatMap((view) => {
    const old = before.get(view.id)
    const words = old ? change(old, view, next) : null
    if (!words) return []
    return [{ at: next.at, subject: subjectOf(view.id), subjectName: view.name, ...eventOf(words) }]
  })
}

function change(old: ServerView, view: ServerView, next: Picture): EventWords | null {
  if (old.readAt === null && old.problem === null) return null
  if (old.status !== view.status) return statusChange(old, view, next)
  if (old.redirectsTo !== view.redirectsTo && view.redirectsTo !== null && old.redirectsTo !== null) {
    const target = next.servers.find(({ id }) => id === view.redirectsTo)?.name ?? view.redirectsTo
    return ['info', `redirects to ${target} now`]
  }
  if (old.access === view.access || old.access === null || view.access === null) return null
  return ['info', `gives ${accessWords(view.access)} now, was ${accessWords(old.access)}`]
}

function statusChange(old: ServerView, view: ServerView, next: Picture): EventWords | null {
  const why = view.problem ? `: ${view.problem.message}` : ''
  switch (view.status) {
    case 'unknown':
      return null
    case 'inactive':
    case 'degraded': {
      const alert = next.alerts.find(({ rule, subject }) => rule === 'server-inactive' && isWhole(subject, view.id))
      return [alert?.severity ?? 'warning', `${view.status}${why}`, 'server-inactive']
    }
    case 'standby':
      return wasWell(old.status) ? ['info', 'standby: redirects'] : again(old, view, next)
    case 'active':
      if (old.status === 'standby') return ['info', `serves users itself now, ${accessWords(view.access)}`]
      return again(old, view, next)
  }
}

function wasWell(status: ServerStatus): boolean {
  return status === 'active' || status === 'standby'
}

/** After an unknown status, a good one is not an event. */
function again(old: ServerView, view: ServerView, next: Picture): EventWords | null {
  if (old.status === 'unknown') return null
  const after = old.since === null ? '' : ` after ${formatAge(next.at - old.since)}`
  return ['ok', `${view.status} again${after}`]
}

/** Events about which server serves the users, when it changes. */
export function servingEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const { serving } = next
  const lost = (picture: Picture) => picture.alerts.find(({ rule }) => rule === 'nobody-serves')
  if (serving === null) {
    const alert = lost(next)
    if (!alert || lost(previous) || previous.health === 'unknown') return []
    const words: EventWords = ['critical', NOBODY_SERVES_TEXT, 'nobody-serves']
    return [happening(next, previous.serving?.id ?? alert.subject.owner, words)]
  }
  if (previous.serving?.id === serving.id) return []
  // After an unknown time this is no change: the previous server is unknown.
  if (previous.serving === null && previous.health === 'unknown') return []
  const text = `serves the users now, ${accessWords(serving.access)}`
  return [
    happening(
      next,
      serving.id,
      serving.access === 'read-only' ? ['warning', text, 'read-only-serves'] : ['info', text],
    ),
  ]
}

function happening(next: Picture, id: string, words: EventWords): ClusterEvent {
  const view = [...next.servers, ...next.databases].find((candidate) => candidate.id === id)
  return { at: next.at, subject: subjectOf(id), subjectName: view?.name ?? id, ...eventOf(words) }
}

function accessWords(access: AccessLevel | null): string {
  switch (access) {
    case 'read-write-no-resets':
      return 'read-write without password resets'
    case null:
      return 'access unknown'
    case 'none':
      return 'no access'
    default:
      return access
  }
}
