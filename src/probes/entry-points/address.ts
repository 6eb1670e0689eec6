// Opens a new session through an address of the users, and asks which server answered.

import * as z from 'zod'
import { IDENTITY_COLUMNS } from '../../io/postgres/server-identity.ts'
import type { AddressReading } from '../../model/measured/entry-points/entry-point-reading.ts'
import { serverIdentityOf } from '../../model/measured/server-identity.ts'
import type { Probe } from '../probe.ts'

const WHERE = `pg_catalog.host(pg_catalog.inet_server_addr()) AS "serverAddress",
  pg_catalog.pg_is_in_recovery() AS "isInRecovery",
  pg_catalog.current_setting('log_connections') AS "logsConnections"`
const SELECT = { text: `SELECT ${IDENTITY_COLUMNS}, ${WHERE}` }
/** Without the control file, which this role may not read there. */
const WITHOUT_SYSTEM = {
  text: `SELECT NULL AS "systemIdentifier", NULL AS "postmasterStart",
    pg_catalog.current_setting('port')::pg_catalog.int4 AS port, ${WHERE}`,
}

const answer = z.object({
  systemIdentifier: z.string().nullable(),
  postmasterStart: z.string().nullable(),
  port: z.number(),
  serverAddress: z.string().nullable(),
  isInRecovery: z.boolean(),
  logsConnections: z.string(),
})

/** At most so often while it leads where it should: each is a login. */
export const ADDRESS_INTERVAL_MS = 5_000
/** The same where each login writes a line to the log of the server. */
export const LOGGED_ADDRESS_INTERVAL_MS = 15_000

export const addressProbe: Probe<'address', AddressReading> = {
  id: 'address',
  scope: 'address',
  title: 'Where an address leads',
  source:
    'a new session through its DSN: pg_control_system(), pg_postmaster_start_time(), inet_server_addr(), pg_is_in_recovery()',
  runs: 'always',
  every: { ms: ADDRESS_INTERVAL_MS },
  needs: [],
  async read({ sessions }, signal) {
    const { row, tookMs, pooler } = await sessions.ask(SELECT, WITHOUT_SYSTEM, signal)
    const { systemIdentifier, postmasterStart, port, serverAddress, isInRecovery, logsConnections } = answer.parse(row)
    return {
      kind: 'address',
      identity: serverIdentityOf({ systemIdentifier, postmasterStart, port }),
      systemIdentifier,
      serverAddress,
      port,
      isInRecovery,
      pooler,
      latencyMs: tookMs,
      logsConnections: logsConnections !== 'off' && logsConnections !== '',
    }
  },
}
