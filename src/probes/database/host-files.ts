// Reads load and memory of a database's host through SQL, where pgdeck has no access to the host: the server reads
// Linux's /proc.

import * as z from 'zod'
import { parseCpu, parseLoad, parseMemory } from '../../io/hosts/proc-tables.ts'
import { HOST_INTERVAL_MS } from '../../model/measured/host.ts'
import type { HostFileFacts } from '../../model/measured/on-demand.ts'
import { FaultError } from '../../model/values/fault.ts'
import { qualifiedRoutine } from '../../model/values/sql-names.ts'
import type { Probe } from '../probe.ts'
import { cleanText, parseAnswer } from './answers/answer.ts'
import { STATEMENT_PARTS } from './answers/statement-parts.ts'

const FUNCTION = 'pg_read_file(text)'
const MAY_CALL = `pg_catalog.has_function_privilege(current_user, '${qualifiedRoutine(FUNCTION)}', 'EXECUTE')`
const MAY_READ = `pg_catalog.pg_has_role(current_user, 'pg_read_server_files', 'USAGE')`
const ON_LINUX = `pg_catalog.version() LIKE '%linux%'`

// PostgreSQL checks EXECUTE also in a branch that is not taken. query_to_xml() looks a function up only when it runs,
// so a plain role gets null.
const FILE = (path: string) => `CASE WHEN ${ON_LINUX} AND ${MAY_CALL} AND ${MAY_READ} THEN
    (pg_catalog.xpath('/row/f/text()', pg_catalog.query_to_xml(
      'SELECT pg_catalog.pg_read_file(''${path}'') AS f', false, true, '')))[1]::pg_catalog.text END`

const SQL = `SELECT pg_catalog.json_build_object(
  'database', pg_catalog.current_database(),
  'onLinux', ${ON_LINUX},
  'load', ${FILE('/proc/loadavg')},
  'memory', ${FILE('/proc/meminfo')},
  'processors', ${FILE('/proc/stat')},
  'uptime', ${FILE('/proc/uptime')},
  'missing', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('what', what, 'grant', grant_)),
      '[]'::pg_catalog.json) FROM (
    SELECT 'load and memory of its host' AS what,
           pg_catalog.format('GRANT pg_read_server_files TO %I', current_user) AS grant_
     WHERE NOT ${MAY_READ}
    UNION ALL
    SELECT 'load and memory of its host',
           pg_catalog.format('GRANT EXECUTE ON FUNCTION ${qualifiedRoutine(FUNCTION)} TO %I', current_user)
     WHERE NOT ${MAY_CALL}) grants)) AS answer`

/** Line breaks stay: only numbers are kept of these lines. */
const file = z.string().nullable()
const document = z.object({
  database: cleanText,
  onLinux: z.boolean().nullable(),
  load: file,
  memory: file,
  processors: file,
  uptime: file,
  missing: z.array(z.object({ what: cleanText, grant: cleanText })),
})

export const hostFilesProbe: Probe<'database', HostFileFacts> = {
  id: 'hostFiles',
  scope: 'database',
  title: 'load, processors, memory and uptime of its host, as the server reads them',
  source: 'pg_read_file() of /proc/loadavg, /proc/meminfo, /proc/stat, /proc/uptime',
  runs: 'when-viewed',
  every: { ms: HOST_INTERVAL_MS },
  needs: ['pg_read_server_files', `EXECUTE on ${FUNCTION}`],
  async read({ session }, signal) {
    const [row] = await session.query<{ answer: unknown }>(
      { name: 'pgdeck_host_files', text: SQL, parts: STATEMENT_PARTS },
      signal,
    )
    const answer = parseAnswer(document, row?.answer, 'the files of its host')
    if (!answer.onLinux) throw new FaultError(answer.onLinux === null ? NO_SYSTEM : NOT_LINUX)
    const uptime = Number.parseFloat(answer.uptime ?? '')
    return {
      database: answer.database,
      cpus: parseCpu(lines(answer.processors))?.cpus || null,
      load: parseLoad(lines(answer.load)[0]),
      memory: parseMemory(lines(answer.memory))?.memory ?? null,
      swap: parseMemory(lines(answer.memory))?.swap ?? null,
      uptimeSeconds: Number.isFinite(uptime) ? uptime : null,
      missing: answer.missing,
    }
  },
}

const NOT_LINUX = {
  code: 'protocol',
  message: 'its server does not run on Linux: it has no files with load and memory',
  hint: 'Set "ssh" for its host in the config.',
} as const

const NO_SYSTEM = {
  code: 'protocol',
  message: 'its server does not tell on which system it runs: it refuses version()',
  hint: 'Set "ssh" for its host in the config.',
} as const

function lines(content: string | null): readonly string[] {
  return content?.split('\n') ?? []
}
