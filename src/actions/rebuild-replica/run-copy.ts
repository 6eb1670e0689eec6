// Receives a copy of the upstream into a new folder: by pg_basebackup on the host, or by this process if the host is
// this one.

import { backupTargetOwner } from '../../io/base-backup/backup-target.ts'
import { openFolderTarget } from '../../io/base-backup/folder-target.ts'
import { receiveBackup } from '../../io/base-backup/receive-backup.ts'
import { verifyBackupFiles } from '../../io/base-backup/verify-backup.ts'
import { openWalSenderSession } from '../../io/base-backup/walsender-session.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import { byteProgressReporter } from '../backup/transfer-reporting.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { runOrFail } from '../hosts/host-programs.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { tablespaceRunPaths } from '../tablespaces/paths.ts'
import { connectionFromConninfo } from './conninfo.ts'
import { type CopyOrigin, requireCopyOrigin } from './copy-origin.ts'
import { withPassfile } from './passfile.ts'

interface CopiedTablespace {
  readonly oid: string
  /** Its location on the host of the upstream. */
  readonly from: string
  /** Its final place. */
  readonly path: string
}

export interface CopyTask {
  readonly dataDirectory: string
  readonly binDirectory: string | null
  readonly asOwner: readonly string[]
  readonly slot: string
  readonly bytes: number
  /** The folder that is created. */
  readonly part: string
  readonly conninfo: string
  readonly tablespaces: readonly CopiedTablespace[]
  /** The server to copy; null if it was not read. */
  readonly origin: CopyOrigin | null
}

/** The options of pg_basebackup that put tablespaces into folders of this run, within their final places. */
export function tablespaceMappings(tablespaces: readonly CopiedTablespace[], run: string): readonly string[] {
  const escaped = (path: string) => path.replaceAll('=', '\\=')
  return tablespaces.map(
    ({ from, path }) => `--tablespace-mapping=${escaped(from)}=${escaped(tablespaceRunPaths(path, run).partial)}`,
  )
}

const CHECKSUM = 'CRC32C'
const CONNECT_MS = 10_000

/** Copies with pg_basebackup, as a person would. */
export async function copyWithPgBasebackup(
  task: CopyTask,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  const { signal } = tools
  const program = [...task.asOwner, `${task.binDirectory ?? ''}/pg_basebackup`]
  const mappings = tablespaceMappings(task.tablespaces, tools.run)
  const words = ['-D', task.part, ...mappings, '--no-password', '-X', 'stream', '-S', task.slot, '-c', 'fast', '-P']
  const report = byteProgressReporter('pg_basebackup', tools)
  const onOutput = (text: string) => {
    const [, done, total] = [...text.matchAll(/(\d+)\/(\d+) kB/g)].at(-1) ?? []
    if (done !== undefined) report(Number(done) * 1024, Number(total) * 1024)
  }
  await withPassfile(task, connection, tools, async (place) => {
    const argv = [...program, '-d', place, ...words, `--manifest-checksums=${CHECKSUM}`]
    await runOrFail(connection, argv, 'pg_basebackup', { signal, onOutput })
  })
  await proveByProgram(task, connection, tools)
}

async function proveByProgram(
  { asOwner, binDirectory, part }: CopyTask,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  const program = [...asOwner, `${binDirectory ?? ''}/pg_verifybackup`]
  if ((await programVersion(connection, program, tools)) === null) {
    tools.writeOutput('there is no pg_verifybackup: the base backup is not verified')
    return
  }
  await runOrFail(connection, [...program, '--quiet', '--no-parse-wal', part], 'pg_verifybackup', {
    signal: tools.signal,
  })
  tools.writeOutput('pg_verifybackup verified every file against the manifest')
}

/** Only if the host is this one. */
export async function copyInProcess(task: CopyTask, connection: HostConnection, tools: ActionToolbox): Promise<void> {
  const { signal } = tools
  const parameters = connectionFromConninfo(task.conninfo)
  const session = await openWalSenderSession({
    connection: parameters,
    passwordCommand: null,
    connectMs: CONNECT_MS,
    signal,
  })
  try {
    await requireCopyOrigin(session, task.origin)
    const places = new Map(
      task.tablespaces.map(({ oid, path }) => [oid, tablespaceRunPaths(path, tools.run).partial] as const),
    )
    const request = { label: `pgdeck ${tools.run}`, checksums: CHECKSUM, maxRateKb: null }
    const target = await openFolderTarget(task.part, {
      owner: await backupTargetOwner(task.dataDirectory),
      places,
    })
    const report = byteProgressReporter('received', tools)
    const { bytes } = await receiveBackup(session, request, target, (done, total) =>
      report(done, total ?? (task.bytes || null)),
    )
    tools.writeOutput(`received ${formatBytes(bytes)}`)
  } finally {
    await session.close()
  }
  const { problems, files } = await verifyBackupFiles(task.part, 'folder', {
    checksum: CHECKSUM,
    signal,
    progress: () => {},
  })
  if (problems.length > 0)
    throw new ActionError(
      `the base backup is damaged: ${clean(problems.join('; '))}`,
      'Check the disk of the host, then try again.',
    )
  tools.writeOutput(`${files} files match the manifest`)
  // The server that starts there would make the links anew, at the places of the upstream.
  await runOrFail(connection, ['rm', '-f', '--', `${task.part}/tablespace_map`], 'removing tablespace_map', { signal })
}

export type CopyMethod =
  /** pg_basebackup of that version runs there. */
  | { readonly method: 'program'; readonly version: string }
  /** This process receives the copy, because the host is this one. */
  | { readonly method: 'own' }
  /** By hand, with the reason. */
  | { readonly method: 'manual'; readonly why: string }

const LIMIT_MS = 8_000

/** Only reads. */
export async function copyMethodFor(
  service: DatabaseService,
  major: number | null,
  tools: ActionToolbox,
): Promise<CopyMethod> {
  const { host, control, dataDirectory, binDirectory, asOwner, start, lacks } = service
  const connection = tools.host(host)
  if (lacks) return { method: 'manual', why: lacks.why }
  if (control === 'manual' || !connection) return { method: 'manual', why: 'pgdeck has no access to its host' }
  if (dataDirectory === null) return { method: 'manual', why: 'its host has no "dataDirectory" in the config' }
  if (start === null) return { method: 'manual', why: 'its start command is unknown ("start" or "binDirectory")' }
  const version =
    binDirectory === null
      ? null
      : await programVersion(connection, [...asOwner, `${binDirectory}/pg_basebackup`], tools)
  if (version !== null && (major === null || Number.parseInt(version, 10) >= major))
    return { method: 'program', version }
  if (control === 'local') return { method: 'own' }
  const why =
    version === null
      ? `there is no pg_basebackup in ${binDirectory ?? '"binDirectory", which the config lacks'}`
      : `its pg_basebackup is of version ${version}, the server of ${major}`
  return { method: 'manual', why }
}

type Reach = NonNullable<ReturnType<ActionToolbox['host']>>

/** Returns `15.18`; null if the program is missing. */
export async function programVersion(
  connection: Reach,
  program: readonly string[],
  { signal }: ActionToolbox,
): Promise<string | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    const { exitCode, stdout } = await connection.run([...program, '--version'], { signal: limit })
    return exitCode === 0 ? (/(\d+(?:\.\d+)?)/.exec(stdout)?.[1] ?? null) : null
  } catch (error) {
    if (error instanceof FaultError) return null
    throw error
  }
}
