// Reads on a host where the servers there have their tablespaces, and what the folders are into which new ones are to go.

import { TABLESPACES } from '../../io/base-backup/backup-format.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { messageOf } from '../../model/values/fault.ts'
import { readControlFile } from '../hosts/control-file.ts'

/** A tablespace that a data directory has outside of it. */
interface LinkedTablespace {
  readonly oid: string
  /** As its link has it. */
  readonly path: string
  /** Without links; null: it does not exist, or can't be entered. */
  readonly realPath: string | null
}

/** What a data directory has outside of it. */
export interface LinkedTablespaces {
  readonly dataDirectory: string
  /** Without links; null: it is not there. */
  readonly realPath: string | null
  /** `PG_18_202506291`; null: unknown. */
  readonly versionFolder: string | null
  readonly links: readonly LinkedTablespace[]
}

/** The real path, then three lines for each link. */
const LINKS = `cd -P -- "$1" 2>/dev/null && pwd -P && cd ${TABLESPACES} 2>/dev/null || exit 0
for n in *; do
  [ -L "$n" ] || continue
  r=$(cd -P -- "$n" 2>/dev/null && pwd -P)
  printf '%s\\n' "$n" "$(readlink -- "$n")" "$r"
done
exit 0`

/** A data directory that is not there has none. Throws FaultError. */
export async function linkedTablespaces(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<LinkedTablespaces> {
  const { stdout } = await connection.run(['sh', '-c', LINKS, 'sh', dataDirectory], { signal })
  const [realPath = '', ...lines] = stdout.split('\n')
  const links: LinkedTablespace[] = []
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [oid = '', path = '', real = ''] = lines.slice(at, at + 3)
    if (/^\d+$/.test(oid) && path.startsWith('/')) links.push({ oid, path, realPath: real === '' ? null : real })
  }
  const versionFolder = links.length === 0 ? null : await versionFolderOf(connection, dataDirectory, signal)
  return { dataDirectory, realPath: realPath === '' ? null : realPath, versionFolder, links }
}

/** The folder that a server of this data directory has in each of its tablespaces; null: unknown. */
async function versionFolderOf(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const control = await readControlFile(connection, dataDirectory, signal)
    const version = await connection.readFile(`${dataDirectory}/PG_VERSION`, { signal })
    const major = /^\d+/.exec(version?.text ?? '')?.[0]
    return control && major !== undefined ? `PG_${major}_${control.catalogVersion}` : null
  } catch {
    return null
  }
}

/** The data directory of the one of these servers that has that folder in that place; null: none is known. */
export function dataDirectoryUsing(
  servers: readonly LinkedTablespaces[],
  realPath: string,
  folder: string,
): string | null {
  const other = servers.find(
    ({ versionFolder, links }) =>
      (versionFolder === null || versionFolder === folder) && links.some((link) => link.realPath === realPath),
  )
  return other?.dataDirectory ?? null
}

/** A folder that is to get a tablespace. */
export type PlaceFacts =
  | { readonly kind: 'missing' | 'no-folder' }
  /** It can't be read. */
  | { readonly kind: 'unknown'; readonly why: string }
  | {
      readonly kind: 'folder'
      readonly realPath: string
      /** Whether its owner is that of the data. */
      readonly isOwned: boolean
      readonly isWritable: boolean
      readonly names: readonly string[]
      /** The data directory that it is in; null: none. */
      readonly within: string | null
    }

const WITHIN = `for d; do [ -e "$d/PG_VERSION" ] && [ -d "$d/global" ] && printf '%s\\n' "$d"; done; exit 0`

/** `asOwner`: the words that switch to the owner of the data. Never throws. */
export async function placeFacts(
  connection: HostConnection,
  path: string,
  dataDirectory: string,
  asOwner: readonly string[],
  signal: AbortSignal,
): Promise<PlaceFacts> {
  try {
    if ((await connection.run(['test', '-d', path], { signal })).exitCode !== 0) {
      const isThere = (await connection.run(['test', '-e', path], { signal })).exitCode === 0
      return { kind: isThere ? 'no-folder' : 'missing' }
    }
    const [folder, data] = [
      await connection.inspect(path, { signal }),
      await connection.inspect(dataDirectory, { signal }),
    ]
    if (!folder) return { kind: 'missing' }
    const parents = folder.path.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'))
    const within = await connection.run(['sh', '-c', WITHIN, 'sh', ...parents.slice(1)], { signal })
    const writable = await connection.run([...asOwner, 'test', '-w', path], { signal })
    return {
      kind: 'folder',
      realPath: folder.path,
      isOwned: folder.facts.uid === data?.facts.uid,
      isWritable: writable.exitCode === 0,
      names: folder.entries.map(({ name }) => name),
      within: within.stdout.split('\n')[0] || null,
    }
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) }
  }
}
