// Where a base backup is written: to one archive, or to a folder with the files. Only its owner may read it.

import { createWriteStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { SystemUser } from '../files/sync-files.ts'
import { type BackupFormat, type BackupTarget, MANIFEST_FILE } from './backup-format.ts'
import { openFolderTarget } from './folder-target.ts'
import { TAR_BLOCK_BYTES, tarFileHeader, tarNote, tarPadding } from './tar.ts'

/** Starts a new one, of this user. Throws Node's error. */
export function openBackupTarget(path: string, shape: BackupFormat): Promise<BackupTarget> {
  return shape === 'folder' ? openFolderTarget(path, { owner: null, places: new Map() }) : openArchive(path, shape)
}

/** A higher level gains little, and the backup must not wait for it. */
const GZIP_LEVEL = 3

async function openArchive(path: string, shape: BackupFormat): Promise<BackupTarget> {
  const file = await open(path, 'wx', 0o600)
  const passed = new PassBytes()
  const stream = createWriteStream(path, { fd: file.fd, autoClose: false })
  const written =
    shape === 'tar.gz'
      ? pipeline(passed.readable, createGzip({ level: GZIP_LEVEL }), stream)
      : pipeline(passed.readable, stream)
  written.catch((error) => passed.fail(error))
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await file.close()
  }
  let fill = 0
  return {
    note: (label) => passed.put(tarNote(label, Date.now())),
    async entry({ type, size, header }) {
      if (fill > 0) await passed.put(new Uint8Array(fill))
      fill = type === 'file' ? tarPadding(size) : 0
      await passed.put(header)
    },
    bytes: (bytes) => passed.put(bytes),
    async finish(manifest) {
      await passed.put(new Uint8Array(fill))
      await passed.put(tarFileHeader(MANIFEST_FILE, manifest.length, Date.now()))
      await passed.put(manifest)
      await passed.put(new Uint8Array(tarPadding(manifest.length) + 2 * TAR_BLOCK_BYTES))
      passed.end()
      await written
      await file.sync()
      await close()
    },
    async abandon() {
      passed.fail(new Error('given up'))
      await written.catch(() => {})
      await close()
    },
  }
}

/** Passes bytes to a stream, each part only after the previous one was accepted. */
class PassBytes {
  readonly readable: Readable
  #taken = () => {}
  #failed: Error | null = null

  constructor() {
    this.readable = new Readable({ read: () => this.#taken(), highWaterMark: 1024 * 1024 })
  }

  async put(bytes: Uint8Array): Promise<void> {
    if (this.#failed) throw this.#failed
    if (bytes.length === 0 || this.readable.push(bytes)) return
    await new Promise<void>((resolve) => {
      this.#taken = resolve
    })
    if (this.#failed) throw this.#failed
  }

  end(): void {
    this.readable.push(null)
  }

  fail(error: Error): void {
    this.#failed ??= error
    this.readable.destroy()
    this.#taken()
  }
}

/** Removes the files of an abandoned backup. */
export async function removeBackupTarget(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 })
}

/** Returns the owner of a folder if this process may create files for that user; null for everybody but root. */
export async function backupTargetOwner(path: string): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null
  const { uid, gid } = await stat(path)
  return { name: String(uid), uid, gid }
}
