// Asks a standby how it replicates: its upstream, role, slot, and what its walreceiver waits for.

import * as z from 'zod'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { StandbyFacts, UpstreamAddress } from '../../model/diagnosis/replication.ts'
import { clean } from '../../model/values/text.ts'
import { cleanText, parseAnswer } from '../database/answers/answer.ts'
import { conninfoParameters, conninfoSql } from '../database/answers/conninfo.ts'
import { STATEMENT_PARTS } from '../database/answers/statement-parts.ts'

const SQL = `SELECT pg_catalog.json_build_object(
  'conninfo', CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
                   THEN ${conninfoSql("pg_catalog.current_setting('primary_conninfo', true)")} END,
  'slot', pg_catalog.current_setting('primary_slot_name', true),
  'restores', coalesce(pg_catalog.current_setting('restore_command', true), '') <> '',
  'receiver', (SELECT pg_catalog.json_build_object('waits', wait_event,
       'age', extract(epoch FROM pg_catalog.clock_timestamp() - backend_start))
                 FROM pg_catalog.pg_stat_activity WHERE backend_type = 'walreceiver' LIMIT 1)) AS told`

const TOLD = z.object({
  // Cleaned part by part, because escapes count in it.
  conninfo: z.string().nullable(),
  slot: cleanText.nullable(),
  restores: z.boolean(),
  receiver: z.object({ waits: cleanText.nullable(), age: z.number().nullable() }).nullable(),
})

/** Reads primary_conninfo, primary_slot_name, restore_command and pg_stat_activity. Throws FaultError. */
export async function readStandby(link: DatabaseSession, signal: AbortSignal): Promise<StandbyFacts> {
  const [row] = await link.query<{ told: unknown }>(
    { name: 'pgdeck_diagnose_standby', text: SQL, parts: STATEMENT_PARTS },
    signal,
  )
  const told = parseAnswer(TOLD, row?.told, 'how it replicates')
  return {
    at: Date.now(),
    upstream: told.conninfo === null || told.conninfo === '' ? null : upstreamAddress(told.conninfo),
    hasPrimaryConninfo: told.conninfo === null ? null : told.conninfo !== '',
    slot: told.slot === '' ? null : told.slot,
    receiverWaits: told.receiver?.waits ?? null,
    receiverAgeSeconds: told.receiver?.age ?? null,
    hasRestoreCommand: told.restores,
  }
}

/** Returns host, port and user of a connection string (key=value pairs or URI). Other parameters are ignored. */
export function upstreamAddress(conninfo: string): UpstreamAddress {
  const parameters = conninfoParameters(conninfo)
  const first = (name: string) => clean(parameters.get(name)?.split(',')[0] ?? '') || null
  const port = Number(first('port'))
  return {
    host: first('host') ?? first('hostaddr'),
    port: port > 0 ? port : null,
    user: clean(parameters.get('user') ?? '') || null,
  }
}
