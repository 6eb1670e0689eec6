// Why a standby lags or does not replay, as far as the picture tells it.

import { settingsTooLow } from '../measured/required-settings.ts'
import type { DatabaseView, Picture } from '../picture/picture.ts'
import { formatSeconds } from '../values/units.ts'

/** `max_connections 30 < 60 on db-1`; null where no setting is too low: the pause itself tells its reason. */
export function causeOfReplayPause(database: DatabaseView, picture: Picture): string | null {
  const primary = primaryOf(database, picture)
  const low = settingsTooLow(database.pulse?.settings ?? null, primary?.pulse?.settings ?? null)
  if (!primary || low.length === 0) return null
  return low
    .map(({ setting, standby, primary: there }) => `${setting} ${standby} < ${there} on ${primary.name}`)
    .join(', ')
}

/** What holds the standby up: paused, disconnected, delayed on purpose, or the stage at which most of it waits. */
export function causeOfLag(database: DatabaseView, picture: Picture): string | null {
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
  if (delay > 0) return `it applies ${formatSeconds(delay / 1000)} late on purpose (recovery_min_apply_delay)`
  return stageOf(database)
}

/** Stages count from the source's position, each of them containing the one before. */
function stageOf({ lag }: DatabaseView): string | null {
  if (!lag?.bytes) return null
  const { bytes, sentBytes, flushedBytes } = lag
  if (sentBytes !== null && sentBytes * 2 > bytes) return 'most of it has not been sent by its source'
  if (flushedBytes === null) return null
  if ((bytes - flushedBytes) * 2 > bytes) return 'most of it is received there but not replayed'
  return 'most of it is on its way or not flushed there'
}

/** The one that writes now, of the same system; one last read as such when it can't be read. */
function primaryOf({ id, systemIdentifier }: DatabaseView, { databases }: Picture): DatabaseView | null {
  const related = databases.filter(
    (other) => other.id !== id && other.role === 'primary' && other.systemIdentifier === systemIdentifier,
  )
  return related.find(({ status }) => status === 'active') ?? related[0] ?? null
}
