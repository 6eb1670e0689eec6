// What a changed setting may cost: which settings pgdeck does not change, and which only with a typed confirmation.

import { booleanValue } from './boolean-value.ts'

export interface SettingRisk {
  readonly danger: 'disruptive' | 'outage' | 'data-loss'
  /** What may come of it, as a sentence without a subject: `a crash can destroy the data`. */
  readonly why: string
}

/** A setting that no plan changes, and what to do instead. */
export interface ForbiddenSetting {
  readonly why: string
  readonly instead: string
}

const UPSTREAM: ForbiddenSetting = {
  why: 'it points one standby at its upstream, and may hold a password',
  instead: 'pgdeck do follow changes the upstream of a standby',
}
const PLACES: ForbiddenSetting = {
  why: 'ALTER SYSTEM can’t set where the server finds its files',
  instead: 'Change the command that starts the server, or postgresql.conf, by hand',
}
const RECOVERY: ForbiddenSetting = {
  why: 'it decides where recovery ends, and a standby would stop replay or become a primary there',
  instead: 'Set it by hand where a backup is restored',
}

/** Returns why pgdeck does not change that setting; null: it may. `name` in lower case. */
export function forbiddenSetting(name: string): ForbiddenSetting | null {
  if (name === 'primary_conninfo' || name === 'primary_slot_name') return UPSTREAM
  if (['config_file', 'data_directory', 'hba_file', 'ident_file', 'external_pid_file'].includes(name)) return PLACES
  if (name.startsWith('recovery_target') || name === 'promote_trigger_file') return RECOVERY
  if (name === 'allow_alter_system')
    return { why: 'ALTER SYSTEM can’t switch itself off or on', instead: 'Change postgresql.conf by hand' }
  return null
}

type When = (value: string) => boolean
const always: When = () => true
const off: When = (value) => booleanValue(value) === false
const on: When = (value) => booleanValue(value) === true
const other =
  (safe: string): When =>
  (value) =>
    value.trim() !== safe

type Rule = readonly [names: string, when: When, danger: SettingRisk['danger'], why: string]

const PROGRAMS =
  'archive_command archive_library restore_command archive_cleanup_command recovery_end_command ssl_passphrase_command ' +
  'shared_preload_libraries session_preload_libraries local_preload_libraries dynamic_library_path extension_control_path jit_provider'

const RULES: readonly Rule[] = [
  ['fsync full_page_writes', off, 'data-loss', 'a crash of the machine can destroy the data'],
  [
    'zero_damaged_pages ignore_checksum_failure ignore_invalid_pages data_sync_retry',
    on,
    'data-loss',
    'damaged data is taken for sound, and is lost',
  ],
  [
    'synchronous_commit',
    (value) => booleanValue(value) === false || /^(?:local|remote_write)$/i.test(value),
    'data-loss',
    'confirmed commits can be lost in a crash or a failover',
  ],
  ['synchronous_standby_names', other(''), 'outage', 'commits wait until these standbys confirm them'],
  [
    'synchronous_standby_names',
    always,
    'data-loss',
    'no commit waits for a standby: a failover can lose confirmed commits',
  ],
  ['session_replication_role', other('origin'), 'data-loss', 'triggers and foreign keys are not checked'],
  [
    'wal_level',
    (value) => value.toLowerCase() === 'minimal',
    'data-loss',
    'standbys and archives end, and backups can’t be brought forward',
  ],
  [
    'archive_command',
    (value) => value === '',
    'data-loss',
    'WAL is no longer archived: no backup can be brought forward',
  ],
  ['archive_mode', off, 'data-loss', 'WAL is no longer archived: no backup can be brought forward'],
  [PROGRAMS, always, 'outage', 'the server runs or loads what it names, with all its rights'],
  ['default_transaction_read_only', on, 'outage', 'users can’t write'],
  [
    'max_slot_wal_keep_size',
    other('-1'),
    'outage',
    'slots that retain more are lost: their standbys and subscribers must be built anew',
  ],
  [
    'idle_replication_slot_timeout',
    other('0'),
    'outage',
    'slots unused for longer are lost: their standbys and subscribers must be built anew',
  ],
  ['hot_standby', off, 'outage', 'a standby refuses all connections, those of pgdeck too'],
  [
    'listen_addresses port unix_socket_directories unix_socket_group unix_socket_permissions',
    always,
    'outage',
    'users, standbys and pgdeck may no longer reach the server, which does not start where it can’t open them',
  ],
  [
    'ssl ssl_ca_file ssl_cert_file ssl_key_file ssl_crl_file ssl_crl_dir ssl_ciphers ssl_tls13_ciphers ssl_groups ssl_ecdh_curve ' +
      'ssl_dh_params_file ssl_min_protocol_version ssl_max_protocol_version',
    always,
    'outage',
    'new connections that use TLS may be refused, and a server that can’t load its files for TLS does not start',
  ],
  ['restart_after_crash', off, 'outage', 'the server stays down after a crash of one session'],
  ['exit_on_error', on, 'outage', 'each error ends its session'],
  ['ignore_system_indexes allow_system_table_mods', on, 'outage', 'the system catalogs are no longer protected'],
  ['search_path', always, 'outage', 'statements may find other objects than before'],
  [
    'statement_timeout lock_timeout transaction_timeout idle_in_transaction_session_timeout idle_session_timeout',
    other('0'),
    'disruptive',
    'what takes longer ends with an error, for every user without a value of their own',
  ],
  ['autovacuum track_counts', off, 'disruptive', 'tables grow, and transaction IDs are not frozen in time'],
  [
    'shared_buffers huge_pages huge_page_size min_dynamic_shared_memory wal_buffers shared_memory_type dynamic_shared_memory_type',
    always,
    'disruptive',
    'the server does not start where the memory for it is missing',
  ],
  [
    'cluster_name',
    always,
    'disruptive',
    'a standby may get another name in synchronous_standby_names, which matches it',
  ],
]

/** Returns what that value may cost; null: no more than any change. `name` in lower case. */
export function settingRisk(name: string, value: string): SettingRisk | null {
  const rule = RULES.find(([names, when]) => names.split(' ').includes(name) && when(value))
  return rule ? { danger: rule[2], why: rule[3] } : null
}

const WORST_FIRST = ['data-loss', 'outage', 'disruptive'] as const

/** Returns the risk with the greatest danger; null without one. */
export function worstOf(risks: readonly SettingRisk[]): SettingRisk | null {
  const danger = WORST_FIRST.find((each) => risks.some((risk) => risk.danger === each))
  return risks.find((risk) => risk.danger === danger) ?? null
}

/** Returns what the worst value of a setting may cost, where the value is unknown; null: no more than any change. */
export function worstSettingRisk(name: string): SettingRisk | null {
  const rules = RULES.filter(([names]) => names.split(' ').includes(name))
  return worstOf(rules.map(([, , danger, why]) => ({ danger, why })))
}
