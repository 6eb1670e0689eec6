// Checks that the servers would start again with the new value: what PostgreSQL refuses only at its next start.

import { booleanValue } from '../../model/settings/boolean-value.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import {
  type ChangedNode,
  futureNumber,
  futureValue,
  isRequiredSetting,
  presentNumber,
  type WantedSetting,
} from './changed-node.ts'

/** Settings that have to fit each other. Those that a version does not know are null. */
const TOGETHER = [
  'max_connections',
  'superuser_reserved_connections',
  'reserved_connections',
  'max_worker_processes',
  'max_wal_senders',
  'autovacuum_max_workers',
  'autovacuum_worker_slots',
  'wal_level',
  'archive_mode',
  'summarize_wal',
  'max_replication_slots',
  'max_prepared_transactions',
  'max_active_replication_origins',
] as const
type Together = Readonly<Record<(typeof TOGETHER)[number], string | null>>

interface InUse {
  readonly slots: number
  readonly logicalSlots: number
  readonly prepared: number
  readonly origins: number
}

const READ = `SELECT ${TOGETHER.map((name) => `pg_catalog.current_setting('${name}', true) AS ${name}`).join(', ')},
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_replication_slots WHERE NOT temporary) AS slots,
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_replication_slots WHERE NOT temporary AND slot_type = 'logical') AS "logicalSlots",
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_prepared_xacts) AS prepared,
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_replication_origin) AS origins,
  (SELECT s.setting::pg_catalog.float8 / 1048576 FROM pg_catalog.pg_settings s WHERE s.name = 'wal_segment_size') AS "segmentSize"`

/** MAX_BACKENDS of the server. */
const MOST_PROCESSES = 262_143

/** Fails if a server would not start with the value beside its other settings. */
export function startsWithIt(nodes: readonly ChangedNode[], wanted: WantedSetting): PreflightCheck {
  return {
    id: 'starts',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (![...TOGETHER, ...WAL_SIZES].some((each) => each === wanted.name)) return null
      for (const changed of nodes) {
        const why = await whyNotThere(changed, wanted, tools)
        if (why !== null)
          return {
            result: 'fail',
            message: `${changed.name} would not start with it: ${why}`,
            hint: 'Change the other setting first, or choose another value.',
          }
      }
      const unknown = nodes.filter((changed) => futureValue(changed, wanted) === null)
      if (unknown.length > 0) {
        const message = `what ${wanted.name} is then on ${listText(unknown.map(({ name }) => name))} is unknown: so is whether it would start`
        return {
          result: 'warn',
          message,
          hint: 'GRANT pg_monitor, and EXECUTE on pg_show_all_file_settings(), shows it.',
        }
      }
      return { result: 'pass', message: 'it fits the other settings: the servers would start', hint: null }
    },
  }
}

/** The same for one server. */
async function whyNotThere(changed: ChangedNode, wanted: WantedSetting, tools: ActionToolbox): Promise<string | null> {
  const { name } = wanted
  const number = futureNumber(changed, wanted)
  const value = futureValue(changed, wanted)
  const [row] = await tools.sql<Together & InUse & { segmentSize: number }>(changed.id, { text: READ })
  if (!row || value === null) return null
  if (WAL_SIZES.includes(name)) return whyTooSmall(name, number, row.segmentSize)
  return whyNoStart({ ...row, [name]: number === null ? value : `${number}` }, row)
}

const WAL_SIZES: readonly string[] = ['min_wal_size', 'max_wal_size']

/** A running server takes less than two segments of WAL; both in MB. */
function whyTooSmall(name: string, size: number | null, segment: number): string | null {
  return size === null || size >= 2 * segment ? null : `${name} must be at least ${2 * segment}MB, two segments of WAL`
}

/** Returns what the server would refuse at its start; null: nothing. */
export function whyNoStart(settings: Together, { slots, logicalSlots, prepared, origins }: InUse): string | null {
  const number = (name: keyof Together) => Number(settings[name] ?? 0)
  const reserved = number('superuser_reserved_connections') + number('reserved_connections')
  if (reserved >= number('max_connections'))
    return `max_connections (${number('max_connections')}) is not above the ${reserved} reserved connections`
  const workers = Math.max(number('autovacuum_max_workers'), number('autovacuum_worker_slots'))
  const all = number('max_connections') + workers + number('max_worker_processes') + number('max_wal_senders')
  if (all >= MOST_PROCESSES) return `too many processes (${all})`
  const level = settings.wal_level?.toLowerCase()
  if (level === 'minimal') {
    if (booleanValue(settings.archive_mode ?? 'off') !== false) return 'archive_mode needs wal_level replica'
    if (number('max_wal_senders') > 0) return `max_wal_senders (${number('max_wal_senders')}) needs wal_level replica`
    if (booleanValue(settings.summarize_wal ?? 'off') === true) return 'summarize_wal needs wal_level replica'
    if (slots > 0) return `its ${slots} replication slots need wal_level replica`
  }
  if (level !== 'logical' && logicalSlots > 0) return `its ${logicalSlots} logical slots need wal_level logical`
  if (number('max_replication_slots') < slots)
    return `it has ${slots} replication slots, more than max_replication_slots (${number('max_replication_slots')})`
  if (number('max_prepared_transactions') < prepared)
    return `it has ${prepared} prepared transactions, more than max_prepared_transactions`
  return tooManyOrigins(settings, origins)
}

/** Before PostgreSQL 18 the limit of slots is that of origins. */
function tooManyOrigins(settings: Together, origins: number): string | null {
  const most =
    settings.max_active_replication_origins === null ? 'max_replication_slots' : 'max_active_replication_origins'
  const limit = Number(settings[most] ?? 0)
  return limit > 0 && limit < origins ? `it has ${origins} replication origins, more than ${most} (${limit})` : null
}

/** What the order of the changes rests on. */
export interface ChangeOrder {
  readonly wanted: WantedSetting
  readonly now: readonly ChangedNode[]
  /** Standbys that can be changed only once their primary runs with the lower value. */
  readonly later: readonly ChangedNode[]
  /** Servers that are not changed. */
  readonly left: readonly ChangedNode[]
}

/**
 * For a setting that a standby needs as high as its primary: fails if a standby would stop replay or not start, and says
 * what is left for later.
 */
export function standbysHaveEnough({ wanted, now, later, left }: ChangeOrder, isPrimaryKnown: boolean): PreflightCheck {
  return {
    id: 'required-settings',
    mayOverride: true,
    run(): PreflightResult {
      const { name } = wanted
      if (!isRequiredSetting(name)) return null
      const standbys = [...now, ...later].filter(({ isPrimary }) => !isPrimary)
      if (!isPrimaryKnown && standbys.length > 0)
        return {
          result: 'fail',
          message: `what ${name} is on the primary is unknown: a standby does not start with less`,
          hint: 'Wait until the primary answers.',
        }
      const primary = now.find(({ isPrimary }) => isPrimary)
      if (later.length > 0) return lowered(later, primary, name)
      const then = primary && futureNumber(primary, wanted)
      const short = then == null ? [] : left.filter((node) => !node.isPrimary && (presentNumber(node) ?? then) < then)
      if (primary && short.length > 0)
        return {
          result: 'fail',
          message: `${listText(short.map(({ name: each }) => each))} keeps less than ${then}: its replay would pause once ${primary.name} restarts`,
          hint: `Raise ${name} there too.`,
        }
      return { result: 'pass', message: 'no standby has less than its primary: standbys are changed first', hint: null }
    },
  }
}

function lowered(later: readonly ChangedNode[], primary: ChangedNode | undefined, name: string): PreflightResult {
  const who = listText(later.map(({ name: each }) => each))
  return {
    result: 'warn',
    message: `the value of ${who} stays: a standby does not start with less than its primary runs with`,
    hint: `Restart ${primary?.name ?? 'the primary'} in place, then do this again: it then lowers ${name} on the standbys.`,
  }
}
