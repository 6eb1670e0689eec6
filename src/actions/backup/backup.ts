// `backup`: takes a base backup of a database. Each profile brings its own checks and steps.

import { resolve } from 'node:path'
import { backupFormatOf } from '../../io/base-backup/backup-format.ts'
import { CHECKSUM_ALGORITHMS } from '../../io/base-backup/checksum.ts'
import { noImpact, type PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { formatBytes } from '../../model/values/units.ts'
import { type Action, type ActionRequest, type ActionToolbox, type Draft, PlanError } from '../definition/action.ts'
import { actionByProfile } from '../definition/by-profile.ts'
import type { ProfileActions, ProfilePlan } from '../definition/profile-actions.ts'
import { databaseName, findDatabase, needsDatabase, requireTargetDatabase } from '../definition/target.ts'
import { type ServerTablespaces, tablespacesOf } from '../tablespaces/tablespaces.ts'
import {
  backupFromStandby,
  enoughDiskSpace,
  minimumBackupSize,
  replicationAllowed,
  standbyBackupNote,
  tablespaceRestoreNote,
  tablespacesInBackup,
  targetPathIsFree,
} from './checks.ts'
import { type BackupReception, receiveBackupKind } from './receive-backup.ts'
import { verifyBackupKind } from './verify-backup.ts'

/** Returns the action, with the plans of these profiles and that for plain PostgreSQL. */
export function createBackupAction(profiles: readonly ProfileActions[]): Action {
  return actionByProfile(
    {
      name: 'backup',
      title: 'take a backup',
      explains: 'A base backup with all the WAL it needs, verified against its manifest; never over an existing file.',
      key: 'b',
      danger: 'routine',
      target: 'node',
      locks: 'none',
    },
    plainBackup,
    profiles,
  )
}

const plainBackup: ProfilePlan = {
  fields: [
    {
      name: 'to',
      explains: 'the destination on this host: a new .tar or .tar.gz file, or a new folder',
      kind: 'text',
      required: true,
    },
    {
      name: 'checksums',
      explains: 'the checksum algorithm of its files',
      kind: 'choice',
      choices: CHECKSUM_ALGORITHMS.filter((name) => name !== 'NONE'),
      required: false,
      defaultText: 'CRC32C',
    },
    {
      name: 'rate',
      explains: 'the greatest rate of the server, in MB per second',
      kind: 'number',
      required: false,
      defaultText: 'no limit',
    },
  ],
  whyNot: needsDatabase,
  async draft(clusterView, request, tools): Promise<Draft> {
    const database = requireTargetDatabase(clusterView, request)
    const name = databaseName(clusterView, database)
    const path = resolve(request.input.to ?? '')
    const [bytes, tablespaces] = await Promise.all([
      minimumBackupSize(database, tools),
      tablespacesOf(database, tools).catch(() => null),
    ])
    const size = bytes === null ? 'all its data' : `about ${formatBytes(bytes)}`
    const reception = { database, path, checksum: request.input.checksums ?? 'CRC32C', rateKb: rateOf(request) }
    return {
      target: { id: database, name },
      title: `back up ${name} into ${path}`,
      danger: 'routine',
      impact: noImpact(
        `${name} reads and sends ${size}, after an immediate checkpoint; it continues to serve.${tablespaceRestoreNote(tablespaces)}${standbyBackupNote(findDatabase(clusterView, database))}`,
      ),
      checks: [
        replicationAllowed(database),
        targetPathIsFree(path),
        enoughDiskSpace(path, bytes),
        tablespacesInBackup(tablespaces),
        backupFromStandby(database),
      ],
      input: { ...request.input, to: path },
      steps: stepsOf({ reception, name, tablespaces }, tools),
    }
  },
}

/** Kilobytes per second, within the limits of PostgreSQL. */
function rateOf({ input }: ActionRequest): number {
  if (input.rate === undefined) return 0
  const kilobytes = Math.round(Number(input.rate) * 1024)
  if (kilobytes >= 32 && kilobytes <= 1_048_576) return kilobytes
  throw new PlanError(`backup: rate=${input.rate}: PostgreSQL accepts 0.04 to 1024 MB per second`)
}

interface PlannedBackup {
  readonly reception: BackupReception
  readonly name: string
  readonly tablespaces: ServerTablespaces | null
}

function stepsOf(backup: PlannedBackup, tools: ActionToolbox): readonly PlannedStep[] {
  const { reception, name } = backup
  const { database, path, checksum } = reception
  const { run } = tools
  return [
    receiveBackupKind.plan({ reception, name, command: commandFor(backup, tools), run }),
    verifyBackupKind.plan({ database, path, checksum, run }),
  ]
}

/** The command for doing it by hand. pgdeck itself speaks the same protocol. */
function commandFor({ reception, tablespaces }: PlannedBackup, { config }: ActionToolbox): string {
  const { database, path, checksum, rateKb } = reception
  const spec = config.databases.find(({ spec: { id } }) => id === database)
  const rate = rateKb === 0 ? [] : [`--max-rate=${rateKb}k`]
  const { host = '', port = 5432 } = spec?.spec ?? {}
  const place = ['-h', host, '-p', String(port), '-U', spec?.connection.user ?? '']
  const common = ['-X', 'fetch', '-c', 'fast', `--manifest-checksums=${checksum}`, ...rate]
  const program = ['pg_basebackup', ...place]
  const shape = backupFormatOf(path)
  // It writes one archive for each tablespace, and none of them to its output.
  if (tablespaces && tablespaces.tablespaces.length > 0)
    return shellCommandLine([...program, '-D', path, '-Ft', ...(shape === 'tar.gz' ? ['-z'] : []), ...common])
  if (shape === 'folder') return shellCommandLine([...program, '-D', path, '-Fp', ...common])
  const stream = shellCommandLine([...program, '-D', '-', '-Ft', ...common])
  return `umask 077; ${stream}${shape === 'tar' ? '' : ' | gzip'} >${shellCommandLine([path])}`
}
