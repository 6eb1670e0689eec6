// Events of the schedules: the server that runs them stops, or another one takes them over.

import { schedulesText } from '../app-servers/schedules.ts'
import type { ClusterEvent, Picture } from '../picture/picture.ts'
import { subjectOf } from '../picture/subject.ts'
import { eventOf } from './event-words.ts'

/** Compares with what was last known, so that an unknown time hides no change. */
export function scheduleEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const { schedules } = next
  const before = previous.schedules?.lastKnown ?? null
  if (!schedules || schedules.state === 'unknown' || !before) return []
  if (before.server === schedules.server && before.state === schedules.state) return []
  const nameOf = (id: string) => next.servers.find((view) => view.id === id)?.name ?? id
  const was = before.state === 'stopped' ? 'on no server' : `on ${nameOf(before.server)}`
  const text =
    schedules.state === 'stopped'
      ? `${schedulesText(schedules, nameOf)}; they ran ${was} before`
      : `${schedulesText(schedules, nameOf)} now; they ran ${was} before`
  const words = schedules.state === 'run' ? (['ok', text] as const) : (['warning', text, 'schedules-stopped'] as const)
  return [
    {
      at: next.at,
      subject: subjectOf(schedules.server),
      subjectName: nameOf(schedules.server),
      ...eventOf(words),
      category: 'task',
    },
  ]
}
