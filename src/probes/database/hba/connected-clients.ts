// Reads who is connected to a database server: sessions grouped by what pg_hba.conf compares, and their encryption.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { ConnectedClients } from '../../../model/measured/connected-clients.ts'
import type { Refusals } from '../../../model/values/refused-function.ts'
import { clean } from '../../../model/values/text.ts'
import { CAN_SEE_ALL_SQL, cleanText, missingGrants, missingGrantsSql, parseAnswer } from '../answers/answer.ts'
import { conninfoParameters, conninfoSql } from '../answers/conninfo.ts'
import {
  type Figures,
  refusedOf,
  SESSION_OF_SQL,
  sessionOf,
  withoutRefusedFigures,
} from '../answers/refused-figures.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'

/** Names stay raw, because they are compared with lines of pg_hba.conf. The code that shows them cleans them. */
const entrant = z.object({
  kind: z.enum(['client', 'replication']),
  user: z.string(),
  database: z.string().nullable(),
  application: z.string(),
  address: z.string().nullable(),
  tls: cleanText.nullable(),
  gss: z.boolean(),
  count: z.number(),
  pids: z.array(z.number()).nullish(),
})

const document = z.object({
  sessions: z.array(entrant).nullable(),
  ownSession: entrant.extend({ isEncryptionKnown: z.boolean() }),
  receiver: z.object({ conninfo: z.string() }).nullable(),
  roles: z.array(z.string()).nullable(),
  missing: missingGrants,
  ...sessionOf,
})

// Physical replication has no database; logical replication is a connection to its database like any other.
const IS_REPLICATION = `a.backend_type = 'walsender' AND a.datname IS NULL`
const FIELDS = `'kind', CASE WHEN ${IS_REPLICATION} THEN 'replication' ELSE 'client' END,
    'user', a.usename, 'database', a.datname, 'application', a.application_name,
    'address', pg_catalog.host(a.client_addr),
    'tls', s.version, 'gss', coalesce(g.encrypted, false)`
const FROM = `pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = a.pid
      LEFT JOIN pg_catalog.pg_stat_gssapi g ON g.pid = a.pid`

// Prefers what the walreceiver uses, else the setting, which stays after a promotion. Where both are hidden, the
// configuration must name the upstream.
const CONNINFO = `SELECT conninfo FROM pg_catalog.pg_stat_wal_receiver WHERE conninfo IS NOT NULL
    UNION ALL SELECT setting FROM pg_catalog.pg_settings WHERE name = 'primary_conninfo' AND setting <> ''`

// Where the server refuses its list of sessions. A refused view has no rows.
const OWN = 'pg_catalog.pg_backend_pid()'
const OWN_ENCRYPTION = `EXISTS (SELECT FROM pg_catalog.pg_stat_ssl s WHERE s.pid = ${OWN})
      AND EXISTS (SELECT FROM pg_catalog.pg_stat_gssapi g WHERE g.pid = ${OWN})`
const OWN_SESSION = `pg_catalog.json_build_object('kind', 'client', 'user', session_user,
      'database', pg_catalog.current_database(), 'application', pg_catalog.current_setting('application_name'),
      'address', pg_catalog.host(pg_catalog.inet_client_addr()),
      'tls', (SELECT s.version FROM pg_catalog.pg_stat_ssl s WHERE s.pid = ${OWN}),
      'gss', coalesce((SELECT g.encrypted FROM pg_catalog.pg_stat_gssapi g WHERE g.pid = ${OWN}), false),
      'count', 1, 'isEncryptionKnown', ${OWN_ENCRYPTION})`

const SQL = `SELECT pg_catalog.json_build_object(
  'sessions', CASE WHEN ${CAN_SEE_ALL_SQL} THEN (SELECT coalesce(pg_catalog.json_agg(o), '[]'::pg_catalog.json) FROM (
    SELECT pg_catalog.json_build_object(${FIELDS}, 'count', pg_catalog.count(*),
      'pids', CASE WHEN ${IS_REPLICATION} THEN pg_catalog.json_agg(a.pid) END) AS o FROM ${FROM}
     WHERE a.usename IS NOT NULL AND a.backend_type IN ('client backend', 'walsender')
       AND a.pid <> pg_catalog.pg_backend_pid()
       AND (a.application_name = '' OR a.usename IS DISTINCT FROM current_user
            OR a.application_name IS DISTINCT FROM pg_catalog.current_setting('application_name'))
     GROUP BY a.backend_type, a.usename, a.datname, a.application_name, a.client_addr, s.version, g.encrypted
     LIMIT 2000) grouped) END,
  'ownSession', coalesce((SELECT pg_catalog.json_build_object(${FIELDS}, 'count', 1, 'isEncryptionKnown', ${OWN_ENCRYPTION})
      FROM ${FROM} WHERE a.pid = ${OWN}),
    ${OWN_SESSION}),
  ${SESSION_OF_SQL},
  'receiver', (SELECT pg_catalog.json_build_object('conninfo', ${conninfoSql('r.conninfo')}) FROM (${CONNINFO}) r LIMIT 1),
  'roles', (SELECT coalesce(pg_catalog.json_agg(rolname), '[]'::pg_catalog.json) FROM (
    SELECT rolname FROM pg_catalog.pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY rolname LIMIT 501) r),
  'missing', ${missingGrantsSql([{ what: 'who is connected, as whom and from where', unless: CAN_SEE_ALL_SQL }])}
) AS answer`

/** Up to this many roles, all are read; above it, only those that are connected. */
const MOST_ROLES = 500

export interface ConnectedClientsReading extends Refusals {
  readonly entrants: ConnectedClients
  /** Names of the roles to read. */
  readonly roles: readonly string[]
  readonly missing: readonly z.infer<typeof missingGrants>[number][]
}

/** Reads it in one round trip. Throws FaultError. */
export async function readConnectedClients(
  link: DatabaseSession,
  signal: AbortSignal,
): Promise<ConnectedClientsReading> {
  const statement = { name: 'pgdeck_entrants', text: SQL, parts: STATEMENT_PARTS }
  const [row] = await link.query<{ answer: unknown }>(statement, signal)
  const answer = withoutRefusedFigures(row?.answer, link.refused(), CLIENT_FIGURES)
  const told = parseAnswer(document, answer, 'the connected clients')
  const { roles: listed, missing: hidden, receiver, role, isStandby, ...entrants } = told
  const roles = listed ?? []
  const connected = [entrants.ownSession, ...(entrants.sessions ?? [])].map(({ user }) => user)
  const rolesComplete = listed !== null && roles.length <= MOST_ROLES
  return {
    entrants: { ...entrants, receiver: receiver === null ? null : receiverOf(receiver.conninfo), rolesComplete },
    roles: rolesComplete ? roles : [...new Set(connected)],
    missing: hidden,
    ...refusedOf(link, CLIENT_FIGURES, { role, isStandby }),
  }
}

/** Without its encryption nobody can tell which line of pg_hba.conf a session came by. */
const CLIENT_FIGURES: Figures = {
  pg_stat_activity: { what: 'who is connected', unknown: ['sessions'] },
  pg_stat_ssl: { what: 'which sessions are encrypted with TLS', unknown: ['sessions'] },
  pg_stat_gssapi: { what: 'which sessions are encrypted by GSSAPI', unknown: ['sessions'] },
  'host()': { what: 'the addresses of clients', unknown: ['sessions'] },
  pg_roles: { what: 'the roles', unknown: ['roles'] },
  pg_stat_wal_receiver: { what: 'as whom a standby streams', on: 'standby' },
  pg_settings: { what: 'where pg_hba.conf is, and as whom it would stream' },
}

function receiverOf(conninfo: string): ConnectedClients['receiver'] {
  const parameters = conninfoParameters(conninfo)
  const sslMode = parameters.get('sslmode') || null
  return { user: parameters.get('user') || null, sslMode: sslMode === null ? null : clean(sslMode) }
}
