// What the product's scripts do to the real database of their server.

import { basename, join } from 'node:path'
import { copyDataDirectory } from '../../../io/base-backup/demo-base-backup.ts'
import {
  fileSize,
  listNames,
  makeFolder,
  readTextOrNull,
  removePath,
  targetExists,
} from '../../../io/files/sync-files.ts'
import { runProgram } from '../../../io/process/process.ts'
import { type ScriptName, writeProductLog } from './demo-installation.ts'
import { exchangeAgain, makeHaPack, takeUpHaPack } from './ha-pack.ts'
import type { InstalledServer } from './installed-server.ts'
import { configureReadOnly, makeReadOnlyPack } from './read-only-pack.ts'

/** The product's own table of its read-only servers. */
export const READ_ONLY_SERVERS_TABLE = 'create table ro_servers (ip text primary key, slot text)'

/** The other servers that a script has to do with. */
interface ScriptNeighbours {
  /** The servers of the mirrored model, which have a database each; empty in the others. */
  readonly pair: readonly InstalledServer[]
  readonly readOnly: readonly InstalledServer[]
}

type ScriptCommand = (
  branch: InstalledServer,
  words: readonly string[],
  neighbours: ScriptNeighbours,
) => Promise<string>

export const SCRIPT_COMMANDS: Readonly<Record<ScriptName, ScriptCommand>> = {
  service: async (branch, [word = ''], { pair }) => {
    if (word === 'start') await start(branch, pair)
    else if (word === 'stop') await stop(branch)
    else throw new Error(`usage: service.sh start|stop, not "${word}"`)
    return `${branch.installation.server} ${word === 'start' ? 'started' : 'stopped'}`
  },
  DeleteROServerIP: async ({ database }, [ip = '']) => {
    if (ip === '') throw new Error('usage: DeleteROServerIP.sh IP')
    await database.node.query('delete from ro_servers where ip = $1', [ip])
    return `${ip} is no read-only server any more`
  },
  DeleteSlot: async ({ database }, [slot = '']) => {
    if (slot === '') throw new Error('usage: DeleteSlot.sh SLOT')
    await database.node.query(
      'select pg_catalog.pg_drop_replication_slot(slot_name) from pg_catalog.pg_replication_slots where slot_name = $1 and not active',
      [slot],
    )
    return `slot ${slot} is deleted`
  },
  BackupDB: backUp,
  RestoreDB: restore,
  HASetup: makeHaPack,
  MakeReadOnlyPack: (branch, words, { readOnly }) => makeReadOnlyPack(branch, words, readOnly),
  ConfigureReadOnly: configureReadOnly,
}

async function start(branch: InstalledServer, pair: readonly InstalledServer[]): Promise<void> {
  const { installation, database, runsDatabase, server } = branch
  writeProductLog(installation, 'service starts')
  if (runsDatabase) {
    await takeUpHaPack(branch)
    await database.node.start()
    await exchangeAgain(branch, pair)
  }
  await server().start()
}

async function stop({ installation, database, runsDatabase, server }: InstalledServer): Promise<void> {
  writeProductLog(installation, 'service stops')
  await server().stop()
  if (runsDatabase) await database.node.stop('fast')
}

/** Writes a base backup of the running database as one archive to the folder Backup. */
async function backUp({ installation, database }: InstalledServer): Promise<string> {
  const { node } = database
  const { owner } = installation
  const folder = join(installation.folder, 'Backup', `.taking-${Date.now()}`)
  const name = `Backup-${new Date().toISOString().replace(/\D/g, '').slice(0, 17)}.tar`
  makeFolder(folder, owner)
  try {
    const source = { host: node.socketDirectory, port: node.port, user: 'postgres', major: node.binaries.major }
    await copyDataDirectory(source, folder, { owner, cwd: installation.folder })
    const path = join(installation.folder, 'Backup', name)
    await runProgram('tar', ['-c', '-f', path, '-C', folder, ...listNames(folder)], { owner, cwd: installation.folder })
    writeProductLog(installation, `backup ${name} of ${fileSize(path)} bytes`)
    return path
  } finally {
    removePath(folder)
  }
}

/** Replaces the data of the database with a backup; the service must be stopped. */
async function restore(
  { installation, database, server }: InstalledServer,
  [path = '']: readonly string[],
): Promise<string> {
  const { node } = database
  const { owner } = installation
  if (!targetExists(path)) throw new Error(`${path === '' ? 'usage: RestoreDB.sh FILE;' : path} is not there`)
  if (server().isRunning() || node.isRunning()) throw new Error('stop the service first')
  removePath(node.dataDirectory)
  makeFolder(node.dataDirectory, owner)
  await runProgram('tar', ['-x', '-f', path, '-C', node.dataDirectory], { owner, cwd: installation.folder })
  // Its own settings, not those of the server that the backup is from.
  await node.setSetting('cluster_name', node.name)
  if (readTextOrNull(join(node.dataDirectory, 'PG_VERSION')) === null) throw new Error(`${path} is no backup`)
  writeProductLog(installation, `restored from ${basename(path)}`)
  return `restored from ${basename(path)}`
}
