// Tells in plain words what changed from one picture to the next.

import type { Happening, Picture } from '../picture/picture.ts'
import { alertHappenings } from './from-alerts.ts'
import { databaseHappenings } from './from-databases.ts'
import { linkHappenings } from './from-links.ts'
import { exchangeHappenings } from './from-mirroring.ts'
import { serverHappenings, servingHappenings } from './from-servers.ts'
import { causeOf } from './probable-cause.ts'

/** What happened between two pictures of one cluster, newest last. What is merely seen for the first time is no news. */
export function narrate(previous: Picture, next: Picture): readonly Happening[] {
  const happenings = [
    ...databaseHappenings(previous, next),
    ...linkHappenings(previous, next),
    ...exchangeHappenings(previous, next),
    ...serverHappenings(previous, next),
    ...servingHappenings(previous, next),
    ...alertHappenings(previous, next),
  ]
  return happenings.map((happening) => {
    const cause = causeOf(happening, next)
    return cause === null ? happening : { ...happening, cause }
  })
}
