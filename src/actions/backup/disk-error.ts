// What the disk says while a backup is written or read, as the failure of a step.

import { FileError } from '../../io/files/text-files.ts'
import { ActionError } from '../../model/runs/action-error.ts'

const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Make room, or choose another place; what was received so far was removed.'],
  EDQUOT: ['the quota is used up', 'Make room, or choose another place; what was received so far was removed.'],
  EACCES: ['this user may not write there', 'Choose a folder that this user may write to.'],
  EPERM: ['this user may not write there', 'Choose a folder that this user may write to.'],
  EROFS: ['the disk is read-only', 'Choose another place.'],
  ENOENT: ['the folder is gone', 'Make it, and try again.'],
  EEXIST: ['is there already', 'Nothing is written over anything: choose another name.'],
  ENOTEMPTY: ['is there already', 'Nothing is written over anything: choose another name.'],
  EIO: ['the disk fails', 'Look at the kernel’s log.'],
  EFBIG: ['the file system takes no file of that size', 'Choose another place.'],
}

/** An ActError for what the disk says; anything else as it is. */
export function toDiskError(path: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  const known = WORDS[code]
  if (known) return new ActionError(`${path}: ${known[0]}`, known[1], { cause: error })
  return error instanceof FileError ? new ActionError(error.message, null, { cause: error }) : error
}
