// Reports a transfer of a backup: its progress, and a disk that is full.

import { FileError } from '../../io/files/text-files.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'

const EVERY_MS = 2_000

/** Reports `what: 1.2 GB of 40 GB (3 %), 85 MB/s` at most every two seconds. `total` null: the size is unknown. */
export function byteProgressReporter(
  what: string,
  { writeOutput }: Pick<ActionToolbox, 'writeOutput'>,
): (bytes: number, total: number | null) => void {
  const began = performance.now()
  let toldAt = began
  return (bytes, total) => {
    const now = performance.now()
    if (now - toldAt < EVERY_MS) return
    toldAt = now
    const rate = `${formatBytes(Math.round((bytes * 1000) / (now - began)))}/s`
    const percent = total === null || total <= 0 ? null : Math.min(100, Math.floor((bytes * 100) / total))
    const of = percent === null ? '' : ` of about ${formatBytes(Math.max(total ?? 0, bytes))} (${percent} %)`
    writeOutput(`${what}: ${formatBytes(bytes)}${of}, ${rate}`)
  }
}

const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Free space, or choose another place; the received files were removed.'],
  EDQUOT: ['the quota is used up', 'Free space, or choose another place; the received files were removed.'],
  EACCES: ['this user may not write there', 'Choose a folder that this user may write to.'],
  EPERM: ['this user may not write there', 'Choose a folder that this user may write to.'],
  EROFS: ['the disk is read-only', 'Choose another place.'],
  ENOENT: ['the folder is gone', 'Create it, and try again.'],
  EEXIST: ['exists already', 'pgdeck overwrites nothing: choose another name.'],
  ENOTEMPTY: ['exists already', 'pgdeck overwrites nothing: choose another name.'],
  EIO: ['the disk fails', 'Check the kernel log.'],
  EFBIG: ['the file system accepts no file of that size', 'Choose another place.'],
}

/** The file that did not fit tells which disk is full. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** Returns an ActionError for an error of the disk, and any other error unchanged. */
export function toDiskError(path: string, error: unknown): unknown {
  const { code = '', path: file = path } = error as NodeJS.ErrnoException
  const known = WORDS[code]
  const place = FULL.has(code) ? file : path
  if (known) return new ActionError(`${clean(place)}: ${known[0]}`, known[1], { cause: error })
  return error instanceof FileError ? new ActionError(error.message, null, { cause: error }) : error
}
