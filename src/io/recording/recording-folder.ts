// The folder of recordings in the state folder: one file for each process, because it may be on NFS.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { distrustOf } from '../files/trust.ts'
import { requirePrivateFolder } from '../state/state-folder.ts'

const FOLDER = 'recordings'
const ENDING = '.pgdeck'

/** The path of the folder, which may not exist. */
function recordingFolderOf(stateFolder: string): string {
  return join(stateFolder, FOLDER)
}

/** Creates the folder if it is missing. Throws if others could read it, and errors of the file system. */
export function requireRecordingFolder(stateFolder: string): string {
  requirePrivateFolder(stateFolder)
  const folder = recordingFolderOf(stateFolder)
  requirePrivateFolder(folder)
  return folder
}

/** A name that no other process gives, on any host: `20261122T143207Z-jump-1-4711.pgdeck`. */
export function newRecordingPath(folder: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  const host = (hostname().split('.')[0] ?? '').replace(/[^\w-]/g, '_')
  const name = `${time}-${host}-${process.pid}`
  const path = join(folder, name + ENDING)
  return existsSync(path) ? join(folder, `${name}-${Math.floor(performance.now())}${ENDING}`) : path
}

/** The recordings that only this user or root can have written, and the paths of the others. */
export function listRecordings(stateFolder: string): {
  readonly paths: readonly string[]
  readonly untrusted: readonly string[]
} {
  const folder = recordingFolderOf(stateFolder)
  if (!existsSync(folder)) return { paths: [], untrusted: [] }
  const found = readdirSync(folder)
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name)
      const facts = statSync(path, { throwIfNoEntry: false })
      return facts?.isFile() ? [{ path, isTrusted: distrustOf(path, facts) === null }] : []
    })
  return {
    paths: found.filter(({ isTrusted }) => isTrusted).map(({ path }) => path),
    untrusted: found.filter(({ isTrusted }) => !isTrusted).map(({ path }) => path),
  }
}
