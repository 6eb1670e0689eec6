// The pulse of a database: role, position, replication, sessions, slots and settings in one round trip.

import type { DatabasePulse } from '../../../model/measured/pulse.ts'
import { FaultError } from '../../../model/values/fault.ts'
import type { Probe } from '../../probe.ts'
import { parsePulse, WritableSessionError } from './pulse-document.ts'
import { pulseSql } from './pulse-sql.ts'

/** Everything that is read from a database at every poll. */
export const pulseProbe: Probe<'database', DatabasePulse> = {
  id: 'pulse',
  scope: 'database',
  title: 'Role, position, replication, sessions, slots, settings',
  source:
    'pg_is_in_recovery, pg_control_system, pg_walfile_name, pg_stat_activity, pg_stat_replication, pg_stat_wal_receiver, ' +
    'pg_replication_slots, pg_stat_archiver, pg_database, current_setting',
  runs: 'always',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ session }, signal) {
    let sent = performance.now()
    const note = () => {
      sent = performance.now()
    }
    const [row] = await session.query<{ pulse: unknown }>({ name: 'pgdeck_pulse', text: pulseSql, sent: note }, signal)
    const answered = performance.now()
    if (!row) throw new FaultError({ code: 'protocol', message: 'the pulse query answered with no row', hint: null })
    const answeredAt = performance.timeOrigin + answered
    // The clocks are compared by wall time, which may have been set since this process began.
    const drift = Date.now() - answeredAt
    const trip = { sentAt: performance.timeOrigin + sent + drift, answeredAt: answeredAt + drift }
    try {
      const at = session.endpoint()
      const pooler = session.pooler()
      return {
        ...parsePulse(row.pulse, trip),
        ...(at ? { endpoint: { host: at.host, port: at.port } } : {}),
        ...(pooler === null ? {} : { pooler }),
      }
    } catch (error) {
      if (error instanceof WritableSessionError) session.discard()
      throw error
    }
  },
}
