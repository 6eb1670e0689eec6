// The stand-in for HASetup: its pack holds the data files of the primary's database, and a secondary's first start takes them up.

import { join } from 'node:path'
import { joinMirrors, keepChanges, prepareForCopy } from '../../../demo/postgres/mirroring.ts'
import {
  fileSize,
  listNames,
  listTree,
  makeFolder,
  readBytes,
  readTextOrNull,
  removePath,
  type TreeEntry,
  writePrivateBytes,
} from '../../../io/files/sync-files.ts'
import { writeProductLog } from './demo-installation.ts'
import type { InstalledServer } from './installed-server.ts'
import { type ZipEntry, zipArchive } from './zip-archive.ts'

const DATA = 'pgsql/data'
/** In the pack: what it holds. Where it lies in a data directory, the pack was unpacked and not taken up yet. */
const CONTENTS = 'pack-contents'

/** Makes the pack; servers and databases must be stopped. Resolves to its path. */
export async function makeHaPack(
  { installation, database, server }: InstalledServer,
  [primary = '', secondary = '']: readonly string[],
): Promise<string> {
  const { node } = database
  if (primary === '' || secondary === '') throw new Error('usage: HASetup.sh PRIMARY-FQDN SECONDARY-FQDN')
  if (server().isRunning() || node.isRunning()) throw new Error('stop the service first')
  // Nobody else may write between the slot that keeps all later changes and the copy.
  await node.start(['--listen_addresses='])
  await prepareForCopy(node).finally(() => node.stop())
  const files = listTree(node.dataDirectory).filter(isPacked)
  const entries: readonly ZipEntry[] = files.map(({ path, isFolder, mode }) => ({
    path: `${DATA}/${path}`,
    bytes: isFolder ? null : readBytes(join(node.dataDirectory, path)),
    mode,
  }))
  const contents = Buffer.from(files.map(({ path }) => `${path}\n`).join(''))
  const folder = join(installation.folder, 'replication')
  const pack = join(folder, 'HAPack.zip')
  makeFolder(folder, installation.owner)
  const bytes = zipArchive([...entries, { path: `${DATA}/${CONTENTS}`, bytes: contents, mode: 0o600 }])
  writePrivateBytes(pack, bytes, installation.owner)
  writeProductLog(installation, `replication pack for ${secondary} of ${fileSize(pack)} bytes`)
  return pack
}

/** The settings of a server, its process and its slots are its own. */
function isPacked({ path }: TreeEntry): boolean {
  return !/^(?:postgresql\.conf|postmaster\.(?:pid|opts)|pg_replslot\/.*)$/.test(path)
}

/** Before a start: takes up a pack that was unpacked over the data directory. True if there was one. */
export async function takeUpHaPack({ installation, database }: InstalledServer): Promise<boolean> {
  const { node } = database
  const text = readTextOrNull(join(node.dataDirectory, CONTENTS))
  if (text === null) return false
  const packed = new Set(text.split('\n'))
  const isOwn = (path: string) => path === 'postgresql.conf' || path === 'pg_replslot'
  // What the database had that was here before is no part of the new one.
  for (const { path, isFolder } of listTree(node.dataDirectory))
    if (!isFolder && !packed.has(path) && !isOwn(path)) removePath(join(node.dataDirectory, path))
  for (const slot of listNames(join(node.dataDirectory, 'pg_replslot')))
    removePath(join(node.dataDirectory, 'pg_replslot', slot))
  await node.setSetting('cluster_name', node.name)
  writeProductLog(installation, 'took up the replication pack')
  return true
}

/** After a start: each takes the changes of the other, as soon as both run. */
export async function exchangeAgain(own: InstalledServer, all: readonly InstalledServer[]): Promise<void> {
  const [first, second] = all
  if (!first || !second) return
  await keepChanges(own.database.node)
  if (!first.database.node.isRunning() || !second.database.node.isRunning()) return
  await joinMirrors(first.database.node, second.database.node)
}
