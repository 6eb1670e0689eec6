// Why a server does not start, by the messages with which it gives up, and what helps.

import type { LogMessageId } from '../../logs/messages/english.ts'

export interface StartPlace {
  /** Of the data directory; null: not known. */
  readonly dataDirectory: string | null
  /** Name of the host. */
  readonly host: string
}

interface StartCause {
  readonly id: LogMessageId
  readonly next: (place: StartPlace) => string
}

const data = ({ dataDirectory }: StartPlace) => dataDirectory ?? 'the data directory'

/** The most telling first: of several in one start, those behind are what follows. */
export const START_CAUSES: readonly StartCause[] = [
  { id: 'disk-full', next: ({ host }) => `free space on ${host}; then start it` },
  { id: 'data-permissions', next: (place) => `chmod 0700 ${data(place)}; then start it` },
  {
    id: 'data-owner',
    next: (place) => `make the server’s account the owner of ${data(place)} (chown -R), or start it as the owner`,
  },
  { id: 'no-data-directory', next: (place) => `check that ${data(place)} is mounted and complete` },
  {
    id: 'other-version',
    next: (place) =>
      `start it with the programs of the version in ${data(place)}/PG_VERSION, or upgrade it with pg_upgrade`,
  },
  {
    id: 'other-postmaster',
    next: (place) =>
      `look whether that process is a server (ps -p PID); if not, remove ${data(place)}/postmaster.pid and start it`,
  },
  { id: 'lock-file-empty', next: () => 'remove that file if no server is starting; then start it' },
  { id: 'lock-file-exists', next: () => 'look whether a server runs already; if not, remove that file and start it' },
  { id: 'lock-file-open', next: () => 'let the server’s account write the folder of that file; then start it' },
  {
    id: 'shared-memory-used',
    next: ({ host }) =>
      `end the processes that the server before left on ${host} (ps aux | grep postgres); then start it`,
  },
  { id: 'conf-syntax', next: () => 'correct that line; then start it' },
  { id: 'unknown-setting', next: () => 'remove that parameter, or give it its present name; then start it' },
  { id: 'bad-value', next: () => 'correct that value; then start it' },
  { id: 'no-conf-file', next: () => 'restore that file, or correct the path in config_file or include; then start it' },
  {
    id: 'recovery-conf',
    next: () => 'move its settings to postgresql.conf and remove it; standby.signal or recovery.signal take its place',
  },
  { id: 'several-targets', next: () => 'leave one recovery_target… setting; then start it' },
  {
    id: 'no-restore-command',
    next: () => 'set restore_command, or use standby.signal instead of recovery.signal; then start it',
  },
  {
    id: 'insufficient-settings',
    next: () => 'raise that setting to at least the value on the primary; then start it',
  },
  {
    id: 'no-library',
    next: () => 'install the package of that library, or take it out of shared_preload_libraries; then start it',
  },
  { id: 'incompatible-library', next: () => 'install the library for this version of PostgreSQL; then start it' },
  { id: 'ssl-key-permissions', next: () => 'chmod 0600 that file, as a file of the server’s account; then start it' },
  { id: 'ssl-files', next: () => 'correct that file, or the ssl_… setting that names it; then start it' },
  {
    id: 'shared-memory',
    next: ({ host }) =>
      `lower shared_buffers, give ${host} more memory or huge pages, or set huge_pages = try; then start it`,
  },
  { id: 'semaphores', next: ({ host }) => `raise kernel.sem on ${host}, or lower max_connections; then start it` },
  {
    id: 'target-not-reached',
    next: () => 'give it the WAL up to the target (restore_command), or choose an earlier target; then start it',
  },
  {
    id: 'target-before-consistency',
    next: () => 'choose a later recovery target, or an earlier backup; then start it',
  },
  {
    id: 'no-timeline',
    next: () => 'correct recovery_target_timeline, or give it the history file of that timeline; then start it',
  },
  { id: 'not-in-history', next: () => 'pg_rewind or rebuild it (B, pgdeck do rebuild-replica)' },
  {
    id: 'no-checkpoint',
    next: (place) =>
      `give it the WAL it needs (restore_command, or ${data(place)}/pg_wal); of a backup keep backup_label; else rebuild it (B)`,
  },
  { id: 'backup-label', next: () => 'restore backup_label from the backup; else rebuild it (B)' },
  { id: 'wal-ends', next: () => 'give it all WAL of the backup (restore_command), or restore another backup' },
  {
    id: 'control-file',
    next: () => 'rebuild it from another node (B), or restore a backup: the control file is damaged',
  },
  {
    id: 'bad-locale',
    next: ({ host }) => `install that locale on ${host} (locale-gen, glibc-langpack); then start it`,
  },
  { id: 'bad-checksum', next: () => 'rebuild it from another node (B), or restore a backup: its data is damaged' },
  {
    id: 'out-of-memory',
    next: ({ host }) => `give ${host} more memory, or lower shared_buffers and max_connections; then start it`,
  },
  {
    id: 'address-in-use',
    next: ({ host }) => `see what listens on that port on ${host} (ss -ltnp); end it, or change port; then start it`,
  },
  { id: 'address-unknown', next: () => 'correct listen_addresses: the host has no such address; then start it' },
  {
    id: 'port-taken',
    next: ({ host }) => `see what listens on that port on ${host} (ss -ltnp); end it, or change port; then start it`,
  },
  {
    id: 'hba-not-loaded',
    next: () => 'correct pg_hba.conf: pgdeck hba test --file PATH names the line; then start it',
  },
  { id: 'bind-failed', next: () => 'correct listen_addresses, port or unix_socket_directories; then start it' },
  { id: 'no-socket', next: () => 'correct listen_addresses, port or unix_socket_directories; then start it' },
  { id: 'file-contains-errors', next: () => 'correct the lines that its log names; then start it' },
]
