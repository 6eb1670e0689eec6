// Reads when the newest backup of a database was taken: from a folder, a query or a program, as the configuration says.

import { createHash } from 'node:crypto'
import type { BackupSource } from '../../../config/config.ts'
import { openHostConnection } from '../../../io/hosts/host-connection.ts'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { runCommand } from '../../../io/process/command.ts'
import {
  BACKUP_INTERVAL_MS,
  type NewestBackup,
  newestBackupAmong,
  parseInstant,
} from '../../../model/measured/backup.ts'
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
  source: 'the `backup` of its config: the newest entry of a folder on a host, a query, or a program',
  runs: 'always',
  every: { ms: BACKUP_INTERVAL_MS },
  needs: ['SELECT on the tables of the configured query; nobody else may create in the schemas of its `searchPath`'],
  read({ source, link, host }, signal) {
    switch (source.kind) {
      case 'folder':
        return inFolder(source, host, signal)
      case 'sql':
        return bySql(source, link, signal)
      case 'command':
        return byCommand(source, signal)
    }
  },
}

async function inFolder({ folder, host: id }: By<'folder'>, host: AccessibleHost | null, signal: AbortSignal) {
  if (!host)
    throw notFound(`pgdeck has no access to the host ${id}`, 'Set "ssh" or "local" for the host in the config.')
  const connection = openHostConnection(host.config, { ssh: host.ssh })
  try {
    const entries = await connection.list(folder, { signal })
    if (entries === null) throw notFound(`${folder} does not exist on ${id}`, 'Check `backup.folder` of the database.')
    return newestBackupAmong(entries.map(({ name, modifiedAt }) => ({ name: clean(name), modifiedAt })))
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
