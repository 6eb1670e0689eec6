// Reads when the newest backup of a database was taken: from a tool, a folder, a query or a program, as the configuration says.

import { createHash } from 'node:crypto'
import type { BackupSource } from '../../../config/config.ts'
import { type HostConnection, openHostConnection } from '../../../io/hosts/host-connection.ts'
import type { HostEntry } from '../../../io/hosts/host-file.ts'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { runCommand } from '../../../io/process/command.ts'
import {
  BACKUP_INTERVAL_MS,
  backupLayoutOf,
  isToolBackup,
  type NewestBackup,
  newestBackupAmong,
  parseInstant,
} from '../../../model/measured/backup.ts'
import { BackupToolError, parseBarmanSystem, parseToolBackups } from '../../../model/storage/backup-tools.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { DEFAULT_SEARCH_PATH } from '../../../model/values/sql-names.ts'
import { clean } from '../../../model/values/text.ts'
import type { AccessibleHost, Probe } from '../../probe.ts'

type By<Kind> = Extract<BackupSource, { readonly kind: Kind }>

/** Returns the newest backup, or that there is none. Any other answer of the source is a fault of code `protocol`. */
export const backupProbe: Probe<'backup', NewestBackup> = {
  id: 'backup',
  scope: 'backup',
  title: 'When the newest backup was taken',
  source:
    'the `backup` of its config: pgBackRest, Barman or WAL-G on a host, the newest entry of a folder there, a query, or a program',
  runs: 'always',
  every: { ms: BACKUP_INTERVAL_MS },
  needs: ['SELECT on the tables of the configured query; nobody else may create in the schemas of its `searchPath`'],
  read({ source, link, host }, signal) {
    switch (source.kind) {
      case 'folder':
        return inFolder(source, host, signal)
      case 'tool':
        return byTool(source, host, signal)
      case 'sql':
        return bySql(source, link, signal)
      case 'command':
        return byCommand(source, signal)
    }
  },
}

async function inFolder(source: By<'folder'>, host: AccessibleHost | null, signal: AbortSignal) {
  const { folder, host: id } = source
  return onHost(source, host, async (connection) => {
    const entries = await connection.list(folder, { signal })
    if (entries === null) throw notFound(`${folder} does not exist on ${id}`, 'Check `backup.folder` of the database.')
    const layout = backupLayoutOf(entries.map(({ name }) => name))
    const counted = layout === null ? entries : await completeOnes(layout, folder, entries, connection, signal)
    return newestBackupAmong(counted.map(({ name, modifiedAt }) => ({ name: clean(name), modifiedAt })))
  })
}

/** Of many unfinished ones only the latest are looked into: each costs a round trip. */
const MOST_LOOKED_INTO = 20

/** The newest folder that the tool has finished: pgBackRest renames its manifest then, Barman writes a status. */
async function completeOnes(
  layout: 'pgbackrest' | 'barman',
  folder: string,
  entries: readonly HostEntry[],
  connection: HostConnection,
  signal: AbortSignal,
): Promise<readonly HostEntry[]> {
  const backups = entries.filter(({ name, isFolder }) => isFolder && isToolBackup(layout, name))
  const latest = backups.toSorted((a, b) => (a.name < b.name ? 1 : -1)).slice(0, MOST_LOOKED_INTO)
  for (const backup of latest) {
    const place = `${folder}/${backup.name}`
    if (layout === 'pgbackrest') {
      const inside = await connection.list(place, { signal })
      if (inside?.some(({ name }) => name === 'backup.manifest')) return [backup]
    } else {
      const info = await connection.readFile(`${place}/backup.info`, { signal, isAnyText: true })
      if (info && /^status=DONE\s*$/m.test(info.text)) return [backup]
    }
  }
  return []
}

const TOOL_BYTES = 32 * 1024 * 1024

/** Asks the tool on its host, as its user. Its answer to a question changes nothing. */
async function byTool(source: By<'tool'>, host: AccessibleHost | null, signal: AbortSignal): Promise<NewestBackup> {
  const { tool, name, host: id } = source
  const run = (argv: readonly string[]) =>
    onHost(source, host, (connection) => connection.run(argv, { signal, maxBytes: TOOL_BYTES, asAccount: false }))
  const { exitCode, stdout, stderr } = await run(toolCommand(source))
  const by = `${tool} on ${id}`
  if (exitCode === 127)
    throw notFound(`there is no ${tool} on ${id}`, 'Install it there, or name its host as `backup.host`.')
  try {
    const found = parseToolBackups(tool, name, stdout)
    const id = found.newest?.name ?? null
    if (tool !== 'barman' || id === null) return found
    // Its list does not tell of which server they are.
    return { ...found, system: parseBarmanSystem((await run(barmanBackupCommand(source, id))).stdout) }
  } catch (error) {
    if (!(error instanceof BackupToolError)) throw error
    // Only a failure needs stderr: warnings are there, too.
    const said = exitCode === 0 ? '' : `; it exited with ${exitCode ?? '?'}: ${lastLineOf(stderr)}`
    throw notFound(
      `${by}: ${error.message}${said}`,
      `Run it there by hand as its user: ${toolCommand(source).join(' ')}`,
    )
  }
}

/** Each asks for JSON. A name is never taken for an option. */
function toolCommand({ tool, name, configFile }: By<'tool'>): readonly string[] {
  switch (tool) {
    case 'pgbackrest': {
      const config = configFile === undefined ? [] : [`--config=${configFile}`]
      return [tool, ...config, `--stanza=${name}`, '--log-level-console=off', '--output=json', 'info']
    }
    case 'barman':
      return [tool, ...barmanConfig(configFile), '-f', 'json', 'list-backup', name]
    case 'wal-g':
      return [tool, ...(configFile === undefined ? [] : ['--config', configFile]), 'backup-list', '--detail', '--json']
  }
}

function barmanConfig(configFile: string | undefined): readonly string[] {
  return configFile === undefined ? [] : ['-c', configFile]
}

/** As text: its JSON leaves the system identifier out. */
function barmanBackupCommand({ tool, name, configFile }: By<'tool'>, id: string): readonly string[] {
  return [tool, ...barmanConfig(configFile), 'show-backup', name, id]
}

function lastLineOf(text: string): string {
  return clean((text.trim().split('\n').at(-1) ?? '').slice(0, 200))
}

async function onHost<T>(
  { host: id, as }: By<'folder'> | By<'tool'>,
  host: AccessibleHost | null,
  read: (connection: HostConnection) => Promise<T>,
): Promise<T> {
  if (!host)
    throw notFound(`pgdeck has no access to the host ${id}`, 'Set "ssh" or "local" for the host in the config.')
  const connection = openHostConnection(as === undefined ? host.config : { ...host.config, as }, { ssh: host.ssh })
  try {
    return await read(connection)
  } finally {
    await connection.close()
  }
}

async function bySql(
  { sql: text, searchPath = DEFAULT_SEARCH_PATH }: By<'sql'>,
  link: DatabaseSession,
  signal: AbortSignal,
): Promise<NewestBackup> {
  const name = `pgdeck_backup_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  const rows = await link.query<Readonly<Record<string, unknown>>>({ name, text, values: [], searchPath }, signal)
  const hint = 'Let the query give one row with one timestamptz, as max(finished_at) does.'
  const [row] = rows
  if (rows.length > 1) throw notFound(`the query gave ${rows.length} rows`, hint)
  const [value = null] = Object.values(row ?? {})
  return backupOf(value, 'the query gave', hint)
}

async function byCommand({ command }: By<'command'>, signal: AbortSignal): Promise<NewestBackup> {
  const [program = ''] = command
  const { exitCode, signal: ended, stdout, stderr } = await runCommand(command, signal)
  if (exitCode !== 0) {
    const how = ended === null ? `exited with ${exitCode}` : `was ended by ${ended}`
    const said = stderr.trim().slice(0, 200)
    throw notFound(`${program} ${how}${said === '' ? '' : `: ${said}`}`, 'Run it by hand as the user of pgdeck.')
  }
  const line = (stdout.split('\n')[0] ?? '').trim()
  const hint =
    'Let it print when the newest backup was taken, e.g. 2026-11-22T03:00:00Z, or nothing when there is none.'
  return backupOf(line === '' ? null : line, `the first line that ${program} printed is`, hint)
}

function backupOf(value: unknown, what: string, hint: string): NewestBackup {
  if (value === null) return { newest: null }
  const at = parseInstant(value)
  if (at === null)
    throw notFound(`${what} ${JSON.stringify(String(value).slice(0, 60))}, not an instant with its zone`, hint)
  return { newest: { at, name: null } }
}

function notFound(why: string, hint: string): FaultError {
  return new FaultError({ code: 'protocol', message: clean(`pgdeck can't find the backups: ${why}`), hint })
}
