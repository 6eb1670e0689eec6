// Checks of the standbys that attach to a new primary, and of the room that it has for them.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'

const ROOM = `SELECT pg_catalog.current_setting('max_wal_senders')::int AS senders,
  pg_catalog.current_setting('max_replication_slots')::int AS slots,
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_stat_replication) AS sending,
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_replication_slots) AS used`

/** Warns if the new primary has too few walsenders or slots for its future standbys. */
export function enoughWalSendersAndSlots(target: string, count: number): PreflightCheck {
  return {
    id: 'walsenders-and-slots',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      const [row] = await tools.sql<{ senders: number; slots: number; sending: number; used: number }>(target, {
        text: ROOM,
      })
      if (!row) return null
      const message = `${row.senders - row.sending} walsenders and ${row.slots - row.used} slots are free, ${count} needed`
      if (row.senders - row.sending >= count && row.slots - row.used >= count)
        return { result: 'pass', message, hint: null }
      return {
        result: 'warn',
        message,
        hint: 'Raise max_wal_senders or max_replication_slots on it, and restart it, before it is promoted.',
      }
    },
  }
}

/** Warns if a standby would not switch to the new timeline by itself. */
export function standbysFollowTimeline(followers: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'followers-timeline',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      if (followers.length === 0) return null
      const stuck: string[] = []
      for (const { id, name } of followers) {
        const [row] = await tools.sql<{ target: string }>(id, {
          text: `SELECT pg_catalog.current_setting('recovery_target_timeline') AS target`,
        })
        if (row?.target !== 'latest') stuck.push(`${name} (${row?.target ?? '?'})`)
      }
      if (stuck.length === 0)
        return { result: 'pass', message: 'recovery_target_timeline of all that will follow is latest', hint: null }
      const message = `recovery_target_timeline is not latest on ${stuck.join(', ')}`
      return {
        result: 'warn',
        message,
        hint: 'They would stay on the old timeline: set it to latest and restart them.',
      }
    },
  }
}

const HOLDS_PASSWORD = `SELECT pg_catalog.current_setting('primary_conninfo') ~* '(^|[\\s?&])password\\s*='
  OR pg_catalog.current_setting('primary_conninfo') ~ '://[^/@]*:[^/@]*@' AS holds`

/**
 * Warns if a password would be written to the server log of a standby: PostgreSQL logs each setting that a reload
 * changes.
 */
export function passwordInServerLog(followers: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'conninfo-password',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      const holding: string[] = []
      for (const { id, name } of followers) {
        const [row] = await tools.sql<{ holds: boolean }>(id, { text: HOLDS_PASSWORD })
        if (row?.holds) holding.push(name)
      }
      if (followers.length === 0) return null
      if (holding.length === 0)
        return { result: 'pass', message: 'no primary_conninfo contains a password', hint: null }
      const message = `primary_conninfo of ${holding.join(', ')} contains a password: PostgreSQL writes the changed setting to its server log`
      return { result: 'warn', message, hint: 'Use a passfile instead; pgdeck itself neither shows nor stores it.' }
    },
  }
}
