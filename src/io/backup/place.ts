// Where a backup is put: beside its place until it is whole, then there, never over anything.

import { constants, lstatSync } from 'node:fs'
import { access, link, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileError } from '../files.ts'
import type { Shape } from './shape.ts'

/** Whether anything is at that path, a link that leads nowhere included. */
export function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Why nothing can be written beside that path; null when it can. */
export async function whyNotBeside(path: string): Promise<string | null> {
  const folder = dirname(path)
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? `there is no folder ${folder}` : `this user may not write into ${folder}`
  }
}

/** Gives something another name in its folder. Throws Node's error. */
export async function renamed(from: string, to: string): Promise<void> {
  await rename(from, to)
}

const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Gives what is whole its name. Throws FileError where something has it by now. */
export async function settle(from: string, path: string, shape: Shape): Promise<void> {
  if (isTaken(path)) throw new FileError(path, 'EEXIST', 'is there already')
  if (shape === 'folder') return rename(from, path)
  try {
    // Unlike a move, a link never takes the place of another's file.
    await link(from, path)
    await rm(from)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new FileError(path, 'EEXIST', 'is there already')
    if (!NO_LINKS.includes(code)) throw error
    await rename(from, path)
  }
}
