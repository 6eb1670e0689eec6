// What a rebuild does with tablespaces: which new ones go where, which previous ones are moved aside, and what is known of both.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { DatabaseService } from '../hosts/service.ts'
import {
  dataDirectoryUsing,
  type LinkedTablespaces,
  linkedTablespaces,
  type PlaceFacts,
  placeFacts,
} from './host-places.ts'
import { type PlacedTablespace, parsePlaces, placeTablespaces } from './placement.ts'
import { type ServerTablespaces, tablespacesOf } from './tablespaces.ts'

/** The data of one server in one tablespace: `folder` in `path`. */
interface TablespaceData {
  readonly oid: string
  readonly path: string
  readonly folder: string
}

export interface PlannedTablespaces {
  readonly placed: readonly PlacedTablespace[]
  /** The folder that each of them gets there. */
  readonly versionFolder: string
  /** Those of the data directory that is replaced. */
  readonly former: readonly TablespaceData[]
  /** By the paths of `placed`. Empty without access to the host. */
  readonly places: ReadonlyMap<string, PlaceFacts>
  /** What the data directory that is replaced has, and the other ones on its host; empty without access to it. */
  readonly own: LinkedTablespaces | null
  readonly others: readonly LinkedTablespaces[]
}

/** `why`: the tablespaces of the upstream, or of its copy, could not be read. */
export type TablespacePlan =
  | { readonly kind: 'known'; readonly tablespaces: PlannedTablespaces }
  | { readonly kind: 'unknown'; readonly why: string }

export const NO_TABLESPACES: PlannedTablespaces = {
  placed: [],
  versionFolder: '',
  former: [],
  places: new Map(),
  own: null,
  others: [],
}

const LIMIT_MS = 15_000

interface TablespaceRequest {
  readonly action: string
  readonly upstream: string
  readonly service: DatabaseService
  /** As `--set` has it. */
  readonly given: string | undefined
}

/** Only reads. Throws PlanError for a given place that is none. */
export async function planTablespaces(
  { action, upstream, service, given = '' }: TablespaceRequest,
  tools: ActionToolbox,
): Promise<TablespacePlan> {
  const wanted = parsePlaces(action, given)
  const { host, dataDirectory, asOwner } = service
  const connection = tools.host(host)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  let there: ServerTablespaces
  let own: LinkedTablespaces | null
  let others: readonly LinkedTablespaces[]
  try {
    there = await tablespacesOf(upstream, tools)
    const canRead = connection !== null && dataDirectory !== null
    own = canRead ? await linkedTablespaces(connection, dataDirectory, signal) : null
    const needed = there.tablespaces.length + (own?.links.length ?? 0) > 0
    others = canRead && own && needed ? await otherServers(connection, own, there.dataDirectory, signal, tools) : []
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) }
  }
  const links = new Map(own?.links.map(({ oid, path }) => [oid, path]))
  const placed = placeTablespaces(action, there.tablespaces, wanted, links)
  const places = new Map<string, PlaceFacts>()
  if (connection && dataDirectory !== null)
    for (const { path } of placed) places.set(path, await placeFacts(connection, path, dataDirectory, asOwner, signal))
  const former = connection && own ? await formerData(connection, own, others, signal) : []
  return {
    kind: 'known',
    tablespaces: { placed, versionFolder: there.versionFolder, former, places, own, others },
  }
}

/** Those of the other configured servers, and of the upstream, if their data directories are on this host too. */
async function otherServers(
  connection: HostConnection,
  own: LinkedTablespaces,
  ofUpstream: string | null,
  signal: AbortSignal,
  { config }: ActionToolbox,
): Promise<readonly LinkedTablespaces[]> {
  const configured = config.hosts.map((each) => each.dataDirectory)
  const folders = new Set([...configured, ofUpstream].filter((each) => each !== null))
  const found: LinkedTablespaces[] = []
  for (const folder of folders) if (folder !== null) found.push(await linkedTablespaces(connection, folder, signal))
  // Other hosts have theirs in the same path as this one, perhaps written in another way.
  return found.filter(({ links, realPath }) => links.length > 0 && realPath !== own.realPath)
}

/**
 * What of the data that are replaced is outside of their directory. What another server has too stays where it is: a
 * standby on the host of its primary replays CREATE TABLESPACE into the same place, and a copied directory has its links.
 */
async function formerData(
  connection: HostConnection,
  { versionFolder: folder, links }: LinkedTablespaces,
  others: readonly LinkedTablespaces[],
  signal: AbortSignal,
): Promise<readonly TablespaceData[]> {
  if (folder === null) return []
  const found: TablespaceData[] = []
  for (const { oid, path, realPath } of links) {
    if (realPath === null || dataDirectoryUsing(others, realPath, folder) !== null) continue
    const { exitCode } = await connection.run(['test', '-d', `${path}/${folder}`], { signal })
    if (exitCode === 0) found.push({ oid, path, folder })
  }
  return found
}
