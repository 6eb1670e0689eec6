// The stand-in for the product's setup pack of a read-only server: made on the primary, used where the new server is to be.

import { join } from 'node:path'
import { rebuildDemoStandby } from '../../../demo/postgres/demo-databases.ts'
import { makeFolder, readTextOrNull, writePrivateText } from '../../../io/files/sync-files.ts'
import { writeProductLog } from './demo-installation.ts'
import type { InstalledServer } from './installed-server.ts'

/** The first line of a pack. */
const HEAD = '# setup pack of a read-only server'

/** Makes the pack for a server of that name; the service must be stopped. Resolves to its path. */
export async function makeReadOnlyPack(
  { installation, database, server }: InstalledServer,
  [name = '']: readonly string[],
  readOnly: readonly InstalledServer[],
): Promise<string> {
  const { node } = database
  const wanted = readOnly.find((each) => each.installation.server === name)?.database
  const names = readOnly.map((each) => each.installation.server).join(' or ')
  if (!wanted?.replicationUser) throw new Error(`usage: MakeReadOnlyPack.sh ${names}`)
  if (server().isRunning() || node.isRunning()) throw new Error('stop the service first')
  const line = `host    replication  ${wanted.replicationUser.padEnd(12)} 127.0.0.1/32  scram-sha-256\n`
  if (!node.hba().includes(line)) await node.setHba(node.hba() + line)
  const folder = join(installation.folder, 'replication')
  const pack = join(folder, 'ReadOnlyPack.properties')
  makeFolder(folder, installation.owner)
  const settings = { primary: `${node.host}:${node.port}`, user: wanted.replicationUser, slot: wanted.slot ?? '' }
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`)
  writePrivateText(pack, `${HEAD} ${name}\n${lines.join('')}`, installation.owner)
  writeProductLog(installation, `setup pack for ${name}`)
  return pack
}

/** Makes the server a read-only one of the pack's primary, which must run; leaves it stopped. */
export async function configureReadOnly(
  { installation, database, server }: InstalledServer,
  [path = '']: readonly string[],
): Promise<string> {
  const text = path === '' ? null : readTextOrNull(path)
  if (text === null) throw new Error(`${path === '' ? 'usage: ConfigureReadOnly.sh PACK;' : path} is not there`)
  if (!text.startsWith(`${HEAD} ${installation.server}\n`))
    throw new Error(`${path} is no setup pack of ${installation.server}`)
  if (server().isRunning() || database.node.isRunning()) throw new Error('stop the service first')
  await rebuildDemoStandby(database)
  await database.node.stop()
  writeProductLog(installation, `configured as a read-only server with ${path}`)
  return `${installation.server} is configured: start its service`
}
