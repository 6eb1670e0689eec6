// Makes a PostgreSQL data directory from nothing, with the superuser's password in it.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { removePath, writePrivateText } from '../../io/files/sync-files.ts'
import { runProgram } from '../../io/process/process.ts'
import type { TempDir } from '../../io/process/temp-dir.ts'
import type { ServerBinaries } from './binaries.ts'

/** Where a data directory is to be, the owner's folder to work in, and the programs that this owner can run. */
export interface DataDirectoryOptions {
  readonly dataDirectory: string
  readonly binaries: ServerBinaries
  readonly scratch: Pick<TempDir, 'path' | 'owner'>
}

/** Makes a data directory of no server before; resolves to the superuser's password in it. */
export type InitDataDirectory = (options: DataDirectoryOptions) => Promise<string>

/** Makes it with initdb, with a password of its own. Throws what initdb says. */
export async function initDataDirectory({ dataDirectory, binaries, scratch }: DataDirectoryOptions): Promise<string> {
  const password = randomBytes(12).toString('hex')
  const passwordFile = `${dataDirectory}.password`
  writePrivateText(passwordFile, password, scratch.owner)
  const words = ['-D', dataDirectory, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']
  await runProgram(join(binaries.bin, 'initdb'), [...words, '--auth=scram-sha-256', `--pwfile=${passwordFile}`], {
    owner: scratch.owner,
    cwd: scratch.path,
  })
  removePath(passwordFile)
  return password
}
