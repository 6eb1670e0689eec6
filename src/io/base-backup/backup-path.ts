// Where a backup is written: under a temporary name until it is complete, then under its own name, never over another
// file.

import { constants } from 'node:fs'
import { access, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isPathTaken, renameIntoPlace } from '../files/output-file.ts'
import { FileError } from '../files/text-files.ts'
import type { BackupFormat } from './backup-format.ts'

export { isPathTaken } from '../files/output-file.ts'

/** Why nothing can be written beside that path; null when it can. */
export async function whyNotWritableBeside(path: string): Promise<string | null> {
  const folder = dirname(path)
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? `there is no folder ${folder}` : `this user may not write into ${folder}`
  }
}

/** Renames something within its folder. Throws Node's error. */
export async function renameInFolder(from: string, to: string): Promise<void> {
  await rename(from, to)
}

/** Gives a complete backup its name. Throws FileError if the name is taken by now. */
export async function moveBackupIntoPlace(from: string, path: string, shape: BackupFormat): Promise<void> {
  if (shape !== 'folder') return renameIntoPlace(from, path, { force: false })
  if (isPathTaken(path)) throw new FileError(path, 'EEXIST', 'exists already')
  await rename(from, path)
}
