// The versions of PostgreSQL that pgdeck was tested with.

/** Of 19 answers of its beta. */
const NEWEST_TESTED = 19

/** `newer than PostgreSQL 19, the newest that pgdeck was tested with`; null for a version that was tested. */
export function newerThanTested(versionNumber: number): string | null {
  if (Math.floor(versionNumber / 10_000) <= NEWEST_TESTED) return null
  return `newer than PostgreSQL ${NEWEST_TESTED}, the newest that pgdeck was tested with`
}
