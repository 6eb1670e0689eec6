// Swaps the files of tablespaces by renames within their locations, and sets the links of the data directories to them.

import { TABLESPACES, tablespaceFolder } from '../../io/base-backup/backup-format.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import * as arg from '../definition/step-arguments.ts'
import { existsOnHost, runOrFail } from '../hosts/host-programs.ts'
import { linkedTablespaces } from './host-places.ts'
import { tablespaceRunPaths } from './paths.ts'
import type { PlannedTablespaces } from './plan-tablespaces.ts'

const data = () => arg.list(arg.form({ oid: arg.text(), path: arg.text(), folder: arg.text() }))

/** The tablespaces of a swap as arguments of a step. */
export const tablespaceSwapShape = () => ({
  /** New files, and where they go. */
  placed: data(),
  /** Files of the previous data. */
  former: data(),
  /** The words that switch to the owner of the data. */
  asOwner: arg.texts(),
})
const form = () => arg.form(tablespaceSwapShape())
export type TablespaceSwap = arg.Of<typeof form>

/** Defaults for arguments of a form without tablespaces. */
export const NO_SWAP: TablespaceSwap = { placed: [], former: [], asOwner: [] }

export function tablespaceSwapArguments(
  { placed, former, versionFolder }: PlannedTablespaces,
  asOwner: readonly string[],
): TablespaceSwap {
  return { placed: placed.map(({ oid, path }) => ({ oid, path, folder: versionFolder })), former, asOwner }
}

/** The commands of a swap, as a person would type them. */
export function tablespaceSwapCommands({ placed, former }: TablespaceSwap, run: string): readonly string[] {
  return [
    ...former.flatMap(({ path, folder }) => {
      const { previous } = tablespaceRunPaths(path, run)
      return [shellCommandLine(['mkdir', '-m', '700', previous]), move(`${path}/${folder}`, `${previous}/`)]
    }),
    ...placed.map(({ path, folder }) => move(`${tablespaceRunPaths(path, run).partial}/${folder}`, `${path}/`)),
  ]
}

function move(from: string, to: string): string {
  return shellCommandLine(['mv', from, to])
}

/** Where a swap takes place. */
export interface SwapPlace {
  readonly connection: HostConnection
  readonly run: string
  readonly signal: AbortSignal
  /** Under its name aside. */
  readonly previousData: string
}

/**
 * Moves the previous files aside and the new ones to their places. Safe to repeat: where the files were is where they
 * are to be taken from. Throws ActionError.
 */
export async function moveTablespacesIn(swap: TablespaceSwap, place: SwapPlace): Promise<void> {
  const { former, placed } = swap
  for (const { oid, path, folder } of former) {
    const { previous } = tablespaceRunPaths(path, place.run)
    const [from, to] = [`${path}/${folder}`, `${previous}/${folder}`]
    if (!(await isThere(to, place)) && (await isThere(from, place))) {
      await asOwner(swap, ['mkdir', '-p', '-m', '700', '--', previous], 'creating a folder for the old data', place)
      await asOwner(swap, ['mv', '--', from, to], 'moving the old data of a tablespace aside', place)
    }
    await setLink(swap, place.previousData, oid, previous, place)
  }
  for (const { path, folder } of placed) {
    const { partial } = tablespaceRunPaths(path, place.run)
    const [from, to] = [`${partial}/${folder}`, `${path}/${folder}`]
    const isReceived = await isThere(from, place)
    if (isReceived === (await isThere(to, place)))
      throw new ActionError(`${isReceived ? 'both' : 'neither'} ${from} and ${to} exist`, 'Check them on the host.')
    if (!isReceived) continue
    await asOwner(swap, ['mv', '--', from, to], 'moving a tablespace into place', place)
    await asOwner(swap, ['rmdir', '--', partial], 'removing an empty folder', place)
  }
}

/** The reverse, as far as the swap has come. Throws ActionError. */
export async function moveTablespacesBack(swap: TablespaceSwap, place: SwapPlace): Promise<void> {
  for (const { path, folder } of swap.placed) {
    const { partial } = tablespaceRunPaths(path, place.run)
    const [received, inPlace] = [`${partial}/${folder}`, `${path}/${folder}`]
    // Before it was moved, what is in place is the previous data.
    if ((await isThere(received, place)) || !(await isThere(inPlace, place))) continue
    const hasFormer = swap.former.some((each) => each.path === path && each.folder === folder)
    if (hasFormer && !(await isThere(`${tablespaceRunPaths(path, place.run).previous}/${folder}`, place))) continue
    await asOwner(swap, ['mkdir', '-p', '-m', '700', '--', partial], 'creating a folder for the new data', place)
    await asOwner(swap, ['mv', '--', inPlace, received], 'moving a tablespace aside', place)
  }
  for (const { oid, path, folder } of swap.former) {
    const { previous } = tablespaceRunPaths(path, place.run)
    const kept = `${previous}/${folder}`
    if (await isThere(kept, place)) {
      if (await isThere(`${path}/${folder}`, place))
        throw new ActionError(`both ${kept} and ${path}/${folder} exist`, 'Check them on the host.')
      await asOwner(swap, ['mv', '--', kept, `${path}/${folder}`], 'moving the old data of a tablespace back', place)
      await asOwner(swap, ['rmdir', '--', previous], 'removing an empty folder', place)
    }
    await setLink(swap, place.previousData, oid, path, place)
  }
}

/** Why the new files are not all in their places; null: they are. */
export async function whyTablespacesNotIn(
  { placed }: TablespaceSwap,
  dataDirectory: string,
  { connection, run, signal }: Omit<SwapPlace, 'previousData'>,
): Promise<string | null> {
  if (placed.length === 0) return null
  const { links } = await linkedTablespaces(connection, dataDirectory, signal)
  for (const { oid, path, folder } of placed) {
    if (!(await existsOnHost(connection, `${path}/${folder}`, signal))) return `${path}/${folder} does not exist`
    const { partial } = tablespaceRunPaths(path, run)
    if (await existsOnHost(connection, `${partial}/${folder}`, signal)) return `${partial} is not in its place yet`
    const link = links.find((each) => each.oid === oid)
    if (link?.path !== path) return `${tablespaceFolder(oid)} leads to ${link?.path ?? 'nowhere'}`
  }
  return null
}

/**
 * Lets the links of a received copy lead to the final places. Throws ActionError if it has other tablespaces than
 * planned, whose files would then be elsewhere.
 */
export async function linkCopyToPlaces(
  copy: string,
  { placed, owner }: { readonly placed: readonly PlacedPath[]; readonly owner: readonly string[] },
  { connection, run, signal }: Omit<SwapPlace, 'previousData'>,
): Promise<void> {
  const { links } = await linkedTablespaces(connection, copy, signal)
  const isPlanned = ({ oid, path }: { readonly oid: string; readonly path: string }) =>
    placed.some((each) => each.oid === oid && tablespaceRunPaths(each.path, run).partial === path)
  if (links.length !== placed.length || !links.every(isPlanned))
    throw new ActionError(
      'the tablespaces of the upstream changed while it was copied',
      'Undo the run, and plan again.',
    )
  for (const { oid, path } of placed) await setLink({ asOwner: owner }, copy, oid, path, { connection, signal })
}

interface PlacedPath {
  readonly oid: string
  readonly path: string
}

async function setLink(
  swap: Pick<TablespaceSwap, 'asOwner'>,
  dataDirectory: string,
  oid: string,
  to: string,
  place: Pick<SwapPlace, 'connection' | 'signal'>,
): Promise<void> {
  const link = `${dataDirectory}/${tablespaceFolder(oid)}`
  await asOwner(swap, ['ln', '-sfn', '--', to, link], `setting a link in ${TABLESPACES}`, place)
}

function isThere(path: string, { connection, signal }: SwapPlace): Promise<boolean> {
  return existsOnHost(connection, path, signal)
}

function asOwner(
  swap: Pick<TablespaceSwap, 'asOwner'>,
  argv: readonly string[],
  what: string,
  { connection, signal }: Pick<SwapPlace, 'connection' | 'signal'>,
): Promise<string> {
  return runOrFail(connection, [...swap.asOwner, ...argv], what, { signal })
}
