// A time in the past as people type it: an instant, a day, or how long ago.

import { parseDuration } from '../../model/values/units.ts'

/** The instant of `2026-11-22`, `2026-11-22T14:00:00Z` (local time without a zone), or of so long ago (`2h`); null else. */
export function parseSince(text: string, now: number): number | null {
  const ago = parseDuration(text)
  if (ago !== null) return now - ago
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return null
  // A bare date would be read as UTC, unlike one with a time.
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  return Number.isNaN(at) ? null : at
}
