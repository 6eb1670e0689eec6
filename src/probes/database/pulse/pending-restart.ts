// The settings that wait for a restart: read by one pulse after each start and reload of the server, and remembered.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { DatabasePulse } from '../../../model/measured/pulse.ts'

// A server on Windows does not tell a new session which settings waited before it: then the list is complete only if
// nothing was loaded between the start of the server and that of the session.
const TELLS_ALL = `(pg_catalog.current_setting('shared_memory_type') <> 'windows'
      OR pg_catalog.pg_conf_load_time() <= pg_catalog.pg_postmaster_start_time()
      OR pg_catalog.pg_conf_load_time() > (SELECT a.backend_start FROM activity a WHERE a.pid = pg_catalog.pg_backend_pid()))`

/**
 * SQL: a JSON object. pg_settings builds a row for every setting, which takes longer than the rest of the pulse. Settings
 * that only superusers see are missing without pg_read_all_settings.
 */
export const PENDING_RESTART_SQL = `(SELECT pg_catalog.json_build_object(
    'names', coalesce(pg_catalog.json_agg(s.name ORDER BY s.name), '[]'::pg_catalog.json),
    'isComplete', coalesce(pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') AND ${TELLS_ALL}, false))
  FROM pg_catalog.pg_settings s WHERE s.pending_restart)`

interface Known {
  /** The start of a server. */
  readonly server: string
  readonly loadedAt: number
  readonly pending: DatabasePulse['pendingRestart']
}

/** What is known of one session's server. A setting begins or ceases to wait only when the configuration is loaded. */
export class KnownPendingRestart {
  #known: Known | null = null
  #isCurrent = false

  /** Whether the next pulse must read them. */
  mustAsk(): boolean {
    return !this.#isCurrent
  }

  /** Returns the pulse with what is known, if this pulse did not read them. After a reload, the next pulse does. */
  take(pulse: DatabasePulse): DatabasePulse {
    const { systemIdentifier, postmasterStart, configLoadedAt: loadedAt, pendingRestart: pending } = pulse
    const server = `${systemIdentifier} ${postmasterStart}`
    if (pending !== undefined) this.#known = loadedAt == null ? null : { server, loadedAt, pending }
    const known = this.#known?.server === server ? this.#known : null
    this.#isCurrent = postmasterStart !== null && known !== null && known.loadedAt === loadedAt
    return pending === undefined && known ? { ...pulse, pendingRestart: known.pending } : pulse
  }
}

const bySession = new WeakMap<DatabaseSession, KnownPendingRestart>()

/** Returns that of the session: the same one at each call. */
export function pendingRestartOf(session: DatabaseSession): KnownPendingRestart {
  const known = bySession.get(session) ?? new KnownPendingRestart()
  bySession.set(session, known)
  return known
}
