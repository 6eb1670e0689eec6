// Settings that differ between the databases of a cluster, weighed by the effect of a failover.

import type { DoctorFinding, InspectedDatabase, ServerSetting } from './doctor.ts'

/** Settings that belong to one server, or to the session that reads them. */
const OWN =
  /^(?:server_version|server_version_num|port|listen_addresses|unix_socket_.*|data_directory|.*_file|cluster_name|primary_conninfo|primary_slot_name|in_hot_standby|transaction_.*|default_transaction_.*|session_.*|application_name|client_.*|statement_timeout|lock_timeout|jit|is_superuser|synchronous_standby_names|recovery_target.*|recovery_min_apply_delay|ssl_.*_file|shared_memory_size.*|num_os_semaphores|huge_pages_status|bonjour_name|krb_.*|seed|role|search_path|DateStyle|IntervalStyle|extra_float_digits|config_.*)$/

/** After a failover, these change what is safe, what is retained and what works. */
const WEIGHTY: ReadonlySet<string> = new Set([
  'archive_mode',
  'archive_command',
  'archive_library',
  'block_size',
  'data_checksums',
  'fsync',
  'full_page_writes',
  'hot_standby',
  'hot_standby_feedback',
  'max_replication_slots',
  'max_slot_wal_keep_size',
  'password_encryption',
  'shared_preload_libraries',
  'ssl',
  'synchronous_commit',
  'wal_keep_size',
  'wal_level',
  'wal_log_hints',
  'wal_segment_size',
])

/** Types whose values can't contain a secret. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['bool', 'integer', 'real', 'enum'])

/**
 * Strings whose values can't contain one either: names of libraries, zones, locales, encodings and ciphers. For any
 * other string (a command, a connection string, a setting of an extension or application), only the difference is
 * shown.
 */
const PLAIN_STRINGS: ReadonlySet<string> = new Set([
  'archive_library',
  'default_table_access_method',
  'default_text_search_config',
  'jit_provider',
  'lc_collate',
  'lc_ctype',
  'lc_messages',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'local_preload_libraries',
  'log_destination',
  'log_timezone',
  'server_encoding',
  'shared_preload_libraries',
  'ssl_ciphers',
  'ssl_ecdh_curve',
  'ssl_groups',
  'ssl_tls13_ciphers',
  'TimeZone',
  'timezone_abbreviations',
  'wal_consistency_checking',
])

/** Compares databases of one major version. A setting that one of them hides is left out. */
export function settingsDrift(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const known = nodes.flatMap(({ id, facts, pulse }) => {
    return facts && pulse ? [{ id, settings: facts.settings, major: Math.floor(pulse.versionNumber / 10_000) }] : []
  })
  const majors = [...new Set(known.map(({ major }) => major))]
  return majors.flatMap((major) => driftOf(known.filter((node) => node.major === major)))
}

interface Known {
  readonly id: string
  readonly settings: Readonly<Record<string, ServerSetting>>
}

function driftOf(nodes: readonly Known[]): readonly DoctorFinding[] {
  const [first] = nodes
  if (!first || nodes.length < 2) return []
  const names = Object.keys(first.settings).filter(
    (name) => !OWN.test(name) && nodes.every(({ settings }) => settings[name]),
  )
  return names.toSorted().flatMap((name) => {
    const values = nodes.map(({ id, settings }) => ({ id, value: shown(settings[name]) }))
    if (new Set(values.map(({ value }) => value)).size < 2) return []
    const isPlain = nodes.every(({ settings }) => mayBeShown(name, settings[name]))
    const text = isPlain ? values.map(({ id, value }) => `${value} on ${id}`).join(', ') : 'differs'
    const level = WEIGHTY.has(name) ? 'warning' : 'info'
    return [{ area: 'settings', level, subject: null, text: `${name}: ${text}`, next: [] } as const]
  })
}

/** Whether no value of this setting can contain a secret. */
function mayBeShown(name: string, setting: ServerSetting | undefined): boolean {
  return setting !== undefined && (PLAIN_TYPES.has(setting.type) || PLAIN_STRINGS.has(name))
}

function shown(setting: ServerSetting | undefined): string {
  if (!setting) return '?'
  if (setting.value === '') return '(empty)'
  // Units such as `8kB` would look like part of the figure.
  return setting.unit === null
    ? setting.value
    : `${setting.value} × ${setting.unit}`.replace(/ × ([a-z]+|[kMGT]?B)$/, ' $1')
}

/** Settings that were changed in the file and need a restart. */
export function pendingRestarts({ id, facts }: InspectedDatabase): readonly DoctorFinding[] {
  const names = Object.entries(facts?.settings ?? {}).flatMap(([name, { pendingRestart }]) =>
    pendingRestart ? [name] : [],
  )
  if (names.length === 0) return []
  const text = `changed in the file, in force only after a restart: ${names.toSorted().join(', ')}`
  return [{ area: 'settings', level: 'warning', subject: id, text, next: [] }]
}
