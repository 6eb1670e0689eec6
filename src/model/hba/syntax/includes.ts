// Fetches pg_hba.conf with everything that it includes from where reading takes time: a server, a host over ssh.

import { type HbaFileReader, readFieldLines } from './files.ts'

/** Reads from afar. Throws for a file that is there but can't be read. */
export interface RemoteHbaFiles {
  /** Texts of all these files; null for one that is not there. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  /** Names in a folder; null when there is none. */
  list(folder: string): Promise<readonly string[] | null>
}

export interface FetchedHbaFiles extends HbaFileReader {
  readonly texts: ReadonlyMap<string, string | null>
  readonly folders: ReadonlyMap<string, readonly string[] | null>
}

/** Includes nest up to ten deep, each with a file of words below it. */
const MOST_ROUNDS = 24

/** Reads the file, then level by level what it names: one `read` each. Throws what `far` throws. */
export async function fetchHbaFiles(
  path: string,
  version: number,
  far: RemoteHbaFiles,
  known: ReadonlyMap<string, string | null> = new Map(),
): Promise<FetchedHbaFiles> {
  const texts = new Map(known)
  const folders = new Map<string, readonly string[] | null>()
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const wanted = new Set<string>()
    const wantedFolders = new Set<string>()
    const note = <T>(from: ReadonlyMap<string, T | null>, name: string, missing: Set<string>): T | null => {
      const file = from.get(name)
      if (file === undefined) missing.add(name)
      return file ?? null
    }
    const read = (name: string) => note(texts, name, wanted)
    readFieldLines(path, { read, list: (name) => note(folders, name, wantedFolders) }, version)
    if (wanted.size + wantedFolders.size === 0) break
    for (const folder of wantedFolders) folders.set(folder, await far.list(folder))
    if (wanted.size === 0) continue
    const files = await far.read([...wanted])
    for (const name of wanted) texts.set(name, files.get(name) ?? null)
  }
  return { texts, folders, read: (name) => texts.get(name) ?? null, list: (name) => folders.get(name) ?? null }
}
