// The check that pg_rewind can bring an old primary back: it reads all preconditions before anything is changed.

import { parseDsnText } from '../../config/dsn/dsn-text.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { controldataValues } from '../../model/measured/controldata.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import { qualifiedRoutine } from '../../model/values/sql-names.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { upstreamConninfo } from '../rebuild-replica/conninfo.ts'
import { programVersion } from '../rebuild-replica/run-copy.ts'
import type { HistoryCondition } from './history-condition.ts'

export interface RewindAssessment {
  readonly can: boolean
  /** What makes it possible or impossible. */
  readonly why: string
  /** How to make it possible next time; null if nothing helps. */
  readonly hint: string | null
}

const LIMIT_MS = 10_000

/** `hint`: see RewindAssessment. */
export function noRewind(why: string, hint: string | null = null): RewindAssessment {
  return { can: false, why, hint }
}

/** Only reads. Never throws. */
export async function assessRewind(
  view: DatabaseView,
  actingPrimary: DatabaseView,
  service: DatabaseService,
  condition: HistoryCondition,
  tools: ActionToolbox,
): Promise<RewindAssessment> {
  if (condition.kind === 'same-timeline')
    return noRewind(`${condition.why}, so pg_rewind can’t distinguish the two histories`)
  if (condition.kind !== 'differs' || condition.timeline === null) return noRewind(condition.why)
  const connection = tools.host(service.host)
  const { dataDirectory, binDirectory, asOwner, start, lacks } = service
  if (lacks) return noRewind(lacks.why, lacks.hint)
  if (!connection || dataDirectory === null || binDirectory === null || start === null || service.control === 'manual')
    return noRewind('the config has no access to its host, no "dataDirectory" or no "binDirectory"')
  try {
    const version = await programVersion(connection, [...asOwner, `${binDirectory}/pg_rewind`], tools)
    if (version === null)
      return noRewind(`there is no pg_rewind in ${binDirectory}`, 'Install the server package of that version there.')
    const major = Math.floor((actingPrimary.pulse?.versionNumber ?? 0) / 10_000)
    if (Number.parseInt(version, 10) !== major)
      return noRewind(`pg_rewind there is of version ${version}, the server of ${major}`)
    const values = await controldataOf(connection, { dataDirectory, binDirectory, asOwner }, tools)
    const lacks = lackIn(values)
    if (lacks !== null) return lacks
    const conninfo = await upstreamConninfo(
      {
        database: view.id,
        upstream: actingPrimary.id,
        to: addressForOthers(actingPrimary.id, tools),
        folders: [dataDirectory],
      },
      connection,
      tools,
    )
    const user = parseDsnText(conninfo).get('user') ?? ''
    const missing = await missingRights(user, actingPrimary.id, tools)
    if (missing.length > 0)
      return noRewind(
        `the role ${user} may not read the files of ${actingPrimary.name}`,
        `On ${actingPrimary.name}: GRANT EXECUTE ON FUNCTION ${missing.map(qualifiedRoutine).join(', ')} TO "${user.replaceAll('"', '""')}";`,
      )
    return {
      can: true,
      why: `pg_rewind ${version} is there, ${guardIn(values)} on, full_page_writes too; ${user} may read the files`,
      hint: null,
    }
  } catch (error) {
    return noRewind(messageOf(error))
  }
}

/** Whether its data let a manager rewind it, with a role and a program of its own; null: unknown. */
export async function dataLetRewind(
  { host, dataDirectory, binDirectory, asOwner }: DatabaseService,
  tools: ActionToolbox,
): Promise<RewindAssessment | null> {
  const connection = tools.host(host)
  if (!connection || dataDirectory === null || binDirectory === null) return null
  try {
    const values = await controldataOf(connection, { dataDirectory, binDirectory, asOwner }, tools)
    return lackIn(values) ?? { can: true, why: `${guardIn(values)} on, full_page_writes too`, hint: null }
  } catch (error) {
    return noRewind(messageOf(error))
  }
}

interface DataOnHost {
  readonly dataDirectory: string
  readonly binDirectory: string
  readonly asOwner: readonly string[]
}

async function controldataOf(
  connection: HostConnection,
  { dataDirectory, binDirectory, asOwner }: DataOnHost,
  tools: ActionToolbox,
): Promise<ControldataValues> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const words = ['env', 'LC_ALL=C', `${binDirectory}/pg_controldata`, '-D', dataDirectory]
  const { stdout } = await connection.run([...asOwner, ...words], { signal })
  return controldataValues(stdout.split('\n'))
}

type ControldataValues = ReturnType<typeof controldataValues>

function guardIn(values: ControldataValues): string {
  return values.get('Data page checksum version') === '0' ? 'wal_log_hints is' : 'data checksums are'
}

function lackIn(values: ControldataValues): RewindAssessment | null {
  const sums = values.get('Data page checksum version')
  const hints = values.get('wal_log_hints setting')
  const pages = values.get("Latest checkpoint's full_page_writes")
  if (sums === undefined || hints === undefined) return noRewind('pg_controldata did not print its settings')
  if (sums === '0' && hints !== 'on')
    return noRewind(
      'it has neither data checksums nor wal_log_hints',
      'Turn wal_log_hints on everywhere: it takes effect from then on.',
    )
  if (pages !== 'on') return noRewind('its full_page_writes is off', 'Turn it on.')
  return null
}

const NEEDED = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
] as const

async function missingRights(user: string, database: string, tools: ActionToolbox): Promise<readonly string[]> {
  const text = `SELECT name FROM ROWS FROM (
      pg_catalog.unnest($2::pg_catalog.text[]), pg_catalog.unnest($3::pg_catalog.text[])) AS needed(name, routine)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1 
      AND (rolsuper OR pg_catalog.has_function_privilege(oid, routine, 'execute')))`
  const rows = await tools.sql<{ name: string }>(database, {
    text,
    values: [user, [...NEEDED], NEEDED.map(qualifiedRoutine)],
  })
  return rows.map(({ name }) => name)
}
