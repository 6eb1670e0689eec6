// The folder of recordings in the state folder: one file for each process, because it may be on NFS.

import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { distrustOf } from '../files/trust.ts'
import { requirePrivateFolder } from '../state/state-folder.ts'
import type { RecordingThread } from './recording-thread.ts'
import type { RecordingFile } from './recording-worker.ts'

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

/** A name that no other process gives, on any host: `20261122T143207Z-jump-1-4711-9f3c.pgdeck`. Asks no disk. */
export function newRecordingPath(folder: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  const host = (hostname().split('.')[0] ?? '').replace(/[^\w-]/g, '_')
  return join(folder, `${time}-${host}-${process.pid}-${randomBytes(2).toString('hex')}${ENDING}`)
}

/** Whether there is any, whoever wrote it. Throws errors of the file system. */
export function hasRecordings(stateFolder: string): boolean {
  const folder = recordingFolderOf(stateFolder)
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(ENDING))
}

/** The recordings that only this user or root can have written, and the paths of the others. Rejects as `thread.ask` does. */
export async function listRecordings(
  thread: RecordingThread,
  stateFolder: string,
): Promise<{ readonly paths: readonly string[]; readonly untrusted: readonly string[] }> {
  const folder = recordingFolderOf(stateFolder)
  const found = (await thread.ask({ kind: 'list', folder })) as readonly RecordingFile[]
  const files = found
    .filter(({ name }) => name.endsWith(ENDING))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((facts) => ({ path: join(folder, facts.name), facts }))
  const isTrusted = ({ path, facts }: (typeof files)[number]) => distrustOf(path, facts) === null
  return {
    paths: files.filter(isTrusted).map(({ path }) => path),
    untrusted: files.filter((file) => !isTrusted(file)).map(({ path }) => path),
  }
}
