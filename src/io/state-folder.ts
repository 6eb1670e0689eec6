// The folder where pgdeck keeps what must outlive it: names, positions last seen. 0700, its files 0600.

import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'

/** Where state is kept: `$PGDECK_STATE_DIR`, else `$XDG_STATE_HOME/pgdeck`, else `~/.local/state/pgdeck`. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.PGDECK_STATE_DIR) return env.PGDECK_STATE_DIR
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'pgdeck')
}

/** The parsed content of a JSON file there; null when there is none. Throws for one that can't be read or parsed. */
export function readState(folder: string, name: string): unknown {
  let text: string
  try {
    text = readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  return JSON.parse(text)
}

/** Replaces a JSON file there atomically, making the folder when it is missing. Throws what the file system says. */
export async function writeState(folder: string, name: string, content: unknown): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if ((statSync(folder).mode & 0o077) !== 0) {
    throw new Error(`${folder} can be read by others: run  chmod 700 ${folder}`)
  }
  await writeFileAtomic(join(folder, name), `${JSON.stringify(content, null, 1)}\n`, { mode: 0o600 })
}
