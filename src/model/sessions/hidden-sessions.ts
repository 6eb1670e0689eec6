// Why it is not known what every session of a database does.

import type { DatabasePulse, SessionCounts } from '../measured/pulse.ts'

/** `why` is one clause; `grant` is the statement that helps, null where none does. */
export interface HiddenSessions {
  readonly why: string
  readonly grant: string | null
}

/** By the last good reading. Returns null if the states and transactions of all sessions are known. */
export function hiddenSessionsOf({
  sessions,
  missing,
}: Pick<DatabasePulse, 'sessions' | 'missing'>): HiddenSessions | null {
  const untracked = untrackedSessionsText(sessions)
  if (untracked !== null) return { why: untracked, grant: null }
  if (sessions.active !== null) return null
  return { why: 'this role can’t see the sessions of others', grant: missing[0]?.grant ?? null }
}

/** `track_activities is off for 2 of its sessions`; null: it is on for all, or hidden from this role. */
export function untrackedSessionsText({ untracked = 0 }: Pick<SessionCounts, 'untracked'>): string | null {
  return untracked > 0 ? `track_activities is off for ${untracked} of its sessions` : null
}
