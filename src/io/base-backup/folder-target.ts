// A base backup as a folder of files, from which a server could start.

import { chmod, chown, type FileHandle, mkdir, open, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SystemUser } from '../files/sync-files.ts'
import { runProgram } from '../process/process.ts'
import { type BackupTarget, MANIFEST_FILE, TABLESPACES, tablespaceFolder } from './backup-format.ts'

export interface FolderTargetOptions {
  /** Will own the files; null: this user. */
  readonly owner: SystemUser | null
  /** New folders outside of it, by the object ids of the tablespaces whose files they get; others stay within it. */
  readonly places: ReadonlyMap<string, string>
}

/** Starts a new one. Throws Node's error. */
export async function openFolderTarget(path: string, { owner, places }: FolderTargetOptions): Promise<BackupTarget> {
  const own = async (made: string) => {
    if (owner) await chown(made, owner.uid, owner.gid)
  }
  const folder = async (made: string, recursive = true) => {
    await mkdir(made, { mode: 0o700, recursive })
    await chmod(made, 0o700)
    await own(made)
  }
  // Must be new: an existing folder or link of another user is not filled.
  await folder(path, false)
  if (places.size > 0) await folder(join(path, TABLESPACES), false)
  for (const [oid, place] of places) {
    await folder(place, false)
    await symlink(place, join(path, tablespaceFolder(oid)))
  }
  let current: FileHandle | null = null
  let writing = path
  const close = async () => {
    await current?.close()
    current = null
  }
  const begin = async (name: string) => {
    const file = join(path, name)
    writing = file
    current = await open(file, 'wx', 0o600).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await folder(dirname(file))
      return open(file, 'wx', 0o600)
    })
    await own(file)
  }
  return {
    note: async () => {},
    async entry({ name, type, linkTo }) {
      await close()
      if (type === 'folder') await folder(join(path, name))
      else if (type === 'link') await symlink(linkTo, join(path, name))
      else await begin(name)
    },
    async bytes(bytes) {
      // A tablespace may be on another disk, which is then the full one.
      await writeAll(current, bytes).catch((error: unknown) => {
        throw error instanceof Error ? Object.assign(error, { path: writing }) : error
      })
    },
    async finish(manifest) {
      await close()
      await begin(MANIFEST_FILE)
      await writeAll(current, manifest)
      await close()
      await syncFolder(path)
    },
    abandon: close,
  }
}

async function writeAll(file: FileHandle | null, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten = 0 } = (await file?.write(bytes, at)) ?? {}
    at += bytesWritten
  }
}

/** Syncs the whole file system at once: file by file takes minutes. */
async function syncFolder(path: string): Promise<void> {
  await runProgram('sync', ['-f', path]).catch(() => runProgram('sync', []))
}
