// Tells in plain words what changed from one picture to the next.

import { causeOf } from './cause.ts'
import { alertHappenings } from './narrate-alerts.ts'
import { databaseHappenings } from './narrate-databases.ts'
import { exchangeHappenings } from './narrate-exchange.ts'
import { linkHappenings } from './narrate-links.ts'
import { serverHappenings, servingHappenings } from './narrate-servers.ts'
import type { Happening, Picture } from './picture.ts'

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
