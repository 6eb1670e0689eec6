// Tells in plain words what changed from one picture to the next.

import type { ClusterEvent, Picture } from '../picture/picture.ts'
import { alertEvents } from './from-alerts.ts'
import { databaseEvents } from './from-databases.ts'
import { linkEvents } from './from-links.ts'
import { mirroringEvents } from './from-mirroring.ts'
import { serverEvents, servingEvents } from './from-servers.ts'
import { probableCause } from './probable-cause.ts'

/** What happened between two pictures of one cluster, newest last. What is merely seen for the first time is no news. */
export function deriveEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const happenings = [
    ...databaseEvents(previous, next),
    ...linkEvents(previous, next),
    ...mirroringEvents(previous, next),
    ...serverEvents(previous, next),
    ...servingEvents(previous, next),
    ...alertEvents(previous, next),
  ]
  return happenings.map((happening) => {
    const cause = probableCause(happening, next)
    return cause === null ? happening : { ...happening, cause }
  })
}
