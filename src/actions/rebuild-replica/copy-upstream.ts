// Copies the upstream to a replica's host, beside its data, and gives the copy the replica's own settings.

import { tablespaceFolder } from '../../io/base-backup/backup-format.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { formatBytes } from '../../model/values/units.ts'
import { toDiskError } from '../backup/transfer-reporting.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { tablespaceRunPaths } from '../tablespaces/paths.ts'
import type { PlannedTablespaces } from '../tablespaces/plan-tablespaces.ts'
import { linkCopyToPlaces } from '../tablespaces/swap-tablespaces.ts'
import { tablespaceNames, tablespacesOf } from '../tablespaces/tablespaces.ts'
import { upstreamConninfo } from './conninfo.ts'
import { copyOriginArguments, copyOriginIn, copyOriginShape, requireCopiedFrom, UNKNOWN_ORIGIN } from './copy-origin.ts'
import { rebuildPathsOf } from './paths.ts'
import { copyInProcess, copyWithPgBasebackup, tablespaceMappings } from './run-copy.ts'
import { configureAsStandby, copyConfigFiles } from './standby-settings.ts'

const form = () =>
  arg.form({
    ...copyOriginShape(),
    database: arg.text(),
    upstream: arg.text(),
    host: arg.optionalText(),
    dataDirectory: arg.text(),
    binDirectory: arg.optionalText(),
    asOwner: arg.texts(),
    way: arg.oneOf('program', 'own'),
    slot: arg.text(),
    /** Expected bytes; 0 if unknown. */
    bytes: arg.number(),
    /** Those outside of its data directory: `from` on its host, `path` on that of the replica. */
    tablespaces: arg.list(arg.form({ oid: arg.text(), from: arg.text(), path: arg.text() })),
    /** The address of the upstream as the replica's host reaches it. */
    toHost: arg.text(),
    toPort: arg.number(),
  })
type Args = arg.Of<typeof form>

interface UpstreamCopy {
  readonly view: DatabaseView
  readonly upstream: DatabaseView
  readonly service: DatabaseService
  readonly method: 'program' | 'own'
  readonly slot: string
  /** null if unknown. */
  readonly bytes: number | null
  readonly dataDirectory: string
  readonly tablespaces: PlannedTablespaces
  readonly to: DatabaseAddress
  readonly run: string
}

function planCopy({
  view,
  upstream,
  service,
  method,
  slot,
  bytes,
  dataDirectory,
  tablespaces,
  to,
  run,
}: UpstreamCopy): StepPlan<Args> {
  const { host, binDirectory, asOwner, control } = service
  const { partial, complete } = rebuildPathsOf(dataDirectory, run)
  const place = { host, dataDirectory, binDirectory, asOwner, way: method, slot, toHost: to.host, toPort: to.port }
  const placed = tablespaces.placed.map(({ oid, location, path }) => ({ oid, from: location, path }))
  const links = placed.map(({ oid, path }) =>
    shellCommandLine(['ln', '-sfn', path, `${partial}/${tablespaceFolder(oid)}`]),
  )
  const beside = placed.length === 0 ? 'the old data' : 'the old data, its tablespaces too'
  return {
    id: 'copy',
    args: {
      ...copyOriginArguments(upstream),
      database: view.id,
      upstream: upstream.id,
      ...place,
      tablespaces: placed,
      bytes: bytes ?? 0,
    },
    title: `copy ${bytes === null ? 'all data' : `about ${formatBytes(bytes)}`} of ${upstream.name}, beside ${beside}`,
    how: control === 'manual' ? 'ssh' : control,
    where: host ?? view.host,
    detail: [
      copyCommand({ method, slot, to, partial, service, mappings: tablespaceMappings(placed, run) }),
      ...links,
      `touch ${partial}/standby.signal`,
      `cp -pR ${dataDirectory}/*.conf ${partial}/  # and certificates: its own settings`,
      `mv ${partial} ${complete}`,
    ].join('\n'),
    verify: `${complete} is complete, verified against its manifest, with the system identifier and timeline of ${upstream.name}, and would start as a standby`,
    undo: 'the base backup is removed',
    ifStopped: `${view.name} is down; its data is unchanged, with the base backup beside it.`,
    deadlineSeconds: 30,
  }
}

interface CopyCommand extends Pick<UpstreamCopy, 'method' | 'slot' | 'to' | 'service'> {
  readonly partial: string
  readonly mappings: readonly string[]
}

function copyCommand({ method, slot, to, partial, mappings, service }: CopyCommand): string {
  const { asOwner, binDirectory } = service
  if (method === 'own')
    return `BASE_BACKUP (CHECKPOINT 'fast', WAL, MANIFEST 'yes') -- over replication, into ${partial}`
  const place = ['-d', `host=${to.host} port=${to.port} user=… passfile=…`]
  const words = ['-D', partial, ...mappings, '-X', 'stream', '-S', slot, '-c', 'fast', '-P']
  return shellCommandLine([...asOwner, `${binDirectory ?? ''}/pg_basebackup`, ...place, ...words])
}

export const copyUpstreamKind = defineStep({
  kind: 'copy-upstream',
  version: 3,
  // Version 0.1.0 stored no origin of the data, and copied no tablespaces.
  upgrades: { 1: (args) => ({ ...UNKNOWN_ORIGIN, ...args }), 2: (args) => ({ ...args, tablespaces: [] }) },
  args: form,
  plan: planCopy,
  async run(args, tools) {
    const connection = requireHost(args.host, tools)
    const { signal } = tools
    const dataDirectory = args.dataDirectory
    const { partial, complete, previous } = rebuildPathsOf(dataDirectory, tools.run)
    if ((await existsOnHost(connection, complete, signal)) || (await existsOnHost(connection, previous, signal))) return
    const conninfo = await upstreamConninfo(
      {
        database: args.database,
        upstream: args.upstream,
        to: { host: args.toHost, port: args.toPort },
        folders: [dataDirectory],
      },
      connection,
      tools,
    )
    // A base backup can't be continued: what an interrupted attempt left is removed.
    const received = receivedFolders(args, tools.run)
    await runOrFail(connection, ['rm', '-rf', '--', ...received], 'removing the files of an earlier attempt', {
      signal,
    })
    await requireSameTablespaces(args, tools)
    const copying = { ...args, origin: copyOriginIn(args), part: partial, conninfo }
    try {
      if (copying.way === 'program') await copyWithPgBasebackup(copying, connection, tools)
      else await copyInProcess(copying, connection, tools)
      await requireCopiedFrom(copying.origin, partial, connection, signal)
      const places = { placed: args.tablespaces, owner: args.asOwner }
      await linkCopyToPlaces(partial, places, { connection, run: tools.run, signal })
      // The signal file exists before anything could start the copy.
      await copyConfigFiles(dataDirectory, partial, connection, signal)
      await configureAsStandby(partial, { conninfo, slot: args.slot, mark: '' }, connection, signal)
      await runOrFail(connection, ['mv', '--', partial, complete], 'renaming the base backup', { signal })
    } catch (error) {
      if (!signal.aborted)
        await connection.run(['rm', '-rf', '--', ...received], { signal, tidiesUp: true }).catch(() => {})
      throw toDiskError(partial, error)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const connection = requireHost(args.host, tools)
    const { complete, previous } = rebuildPathsOf(args.dataDirectory, tools.run)
    if (await existsOnHost(connection, `${complete}/standby.signal`, tools.signal))
      return { result: 'yes', evidence: `${complete} is complete, and would start as a standby` }
    if (await existsOnHost(connection, previous, tools.signal))
      return { result: 'yes', evidence: 'the base backup is already in place' }
    return { result: 'not-yet', why: `${complete} does not exist` }
  },
  async undo(args, tools) {
    const connection = requireHost(args.host, tools)
    const { complete, previous } = rebuildPathsOf(args.dataDirectory, tools.run)
    // Of a swap that is half done: it tells the new files from the old ones by those that are to be removed here.
    if (await existsOnHost(connection, previous, tools.signal))
      throw new ActionError(`the old data is still in ${previous}`, 'The swap must be undone first.')
    const received = receivedFolders(args, tools.run)
    await runOrFail(connection, ['rm', '-rf', '--', ...received, complete], 'removing the base backup', {
      signal: tools.signal,
    })
    return 'the base backup was removed'
  },
})

/** The new files before they are complete, or before they are in their places. */
function receivedFolders({ dataDirectory, tablespaces }: Args, run: string): readonly string[] {
  const places = tablespaces.map(({ path }) => tablespaceRunPaths(path, run).partial)
  return [rebuildPathsOf(dataDirectory, run).partial, ...places]
}

/** One that was created since the plan would be copied to its own path, whatever is there on this host. */
async function requireSameTablespaces({ upstream, tablespaces }: Args, tools: ActionToolbox): Promise<void> {
  const now = (await tablespacesOf(upstream, tools)).tablespaces
  const isPlanned = (oid: string, location: string) =>
    tablespaces.some((each) => each.oid === oid && each.from === location)
  if (now.length === tablespaces.length && now.every(({ oid, location }) => isPlanned(oid, location))) return
  const names = now.length === 0 ? 'none' : tablespaceNames(now)
  throw new ActionError(`${upstream} has other tablespaces than when this was planned: ${names}`, PLAN_AGAIN)
}

const PLAN_AGAIN = 'Undo the run (--abort), and plan again.'
