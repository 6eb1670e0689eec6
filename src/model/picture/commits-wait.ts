// Whether the served users can commit: the alert about the database that serves them.

import type { Alert, Picture } from './picture.ts'
import { isWhole } from './subject.ts'

/**
 * Returns the alert `commits-wait` of the database that serves, or that the serving server uses; null if there is none.
 */
export function commitsWaitAlert({
  alerts,
  serving,
  servers,
}: Pick<Picture, 'alerts' | 'serving' | 'servers'>): Alert | null {
  if (!serving) return null
  const databaseId = servers.find(({ id }) => id === serving.id)?.databaseId ?? serving.id
  return alerts.find(({ rule, subject }) => rule === 'commits-wait' && isWhole(subject, databaseId)) ?? null
}
