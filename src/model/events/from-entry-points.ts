// Events of poolers, proxies and addresses: where they lead, and the servers of a proxy.

import type { EntryPointView, ProxyView } from '../measured/entry-points/entry-point-view.ts'
import type { ClusterEvent, Picture } from '../picture/picture.ts'
import { subjectOf } from '../picture/subject.ts'
import { listText } from '../values/text.ts'
import { type EventWords, eventOf } from './event-words.ts'

export function entryPointEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const before = new Map(previous.entryPoints.map((view) => [view.id, view]))
  return next.entryPoints.flatMap((view) => {
    const old = before.get(view.id)
    if (!old) return []
    return [...destinationChange(old, view), ...serverChanges(old, view)].map((words) => {
      return { at: next.at, subject: subjectOf(view.id), subjectName: view.name, ...eventOf(words) }
    })
  })
}

/**
 * The first place that is seen is no change, and neither is one that is led to no more while nothing else is. Standbys take
 * turns behind one address. A pooler shows a place by its name or by its connections, so a place that is no database of the
 * cluster may be the same one as before.
 */
function destinationChange(
  { ledTo: before }: EntryPointView,
  { kind, ledTo: now, expects }: EntryPointView,
): readonly EventWords[] {
  const isRight = (places: EntryPointView['ledTo']) => places.every(({ isExpected }) => isExpected !== false)
  if (expects === 'standby' && isRight(before) && isRight(now)) return []
  const isKnown = (places: EntryPointView['ledTo']) => places.every(({ databaseId }) => databaseId !== null)
  if (kind === 'pooler' && !(isKnown(before) && isKnown(now))) return []
  const keys = (places: EntryPointView['ledTo']) =>
    places.map(({ databaseId, name }) => databaseId ?? `at ${name}`).sort()
  if (before.length === 0 || keys(before).join('\n') === keys(now).join('\n')) return []
  return [[isRight(now) ? 'info' : 'warning', `leads to ${names(now)} now, before to ${names(before)}`]]
}

function names(places: EntryPointView['ledTo']): string {
  return listText(
    places.map(({ name }) => name),
    'and',
  )
}

/** In a backend for the primary all servers but one are down by design: only what is used changes there. */
function serverChanges(old: EntryPointView, view: EntryPointView): readonly EventWords[] {
  if (old.kind !== 'proxy' || view.kind !== 'proxy' || view.expects === 'primary') return []
  return view.servers.flatMap((server): readonly EventWords[] => {
    const was = serverOf(old, server.name)
    if (!was || was.state === server.state) return []
    const check = server.check === null || server.state === 'up' ? '' : `: ${server.check}`
    return [[server.state === 'down' ? 'warning' : 'info', `server ${server.name} is ${server.status}${check}`]]
  })
}

function serverOf({ servers }: ProxyView, name: string) {
  return servers.find((each) => each.name === name) ?? null
}
