// Receives a base backup from a server into an archive or a folder, with the files of each tablespace in a folder of their own.

import { type BackupTarget, tablespaceFolder } from './backup-format.ts'
import type { BackupMessage, BaseBackupRequest } from './backup-messages.ts'
import { type TarEntry, TarReader, tarEntryIn } from './tar.ts'
import type { WalSenderSession } from './walsender-session.ts'

export interface ReceivedBackup {
  /** Size of the archive as the server sent it. */
  readonly bytes: number
  /** Start and end of the WAL that the backup needs, as the server reports them: `0/5A001F20`. */
  readonly start: string
  readonly end: string
}

/**
 * Takes the backup. Resolves when everything is on disk. `progress` receives the bytes and the server's estimate (null:
 * none). Throws FaultError from the server, and Node's error from the disk.
 */
export async function receiveBackup(
  link: WalSenderSession,
  request: BaseBackupRequest,
  target: BackupTarget,
  progress: (bytes: number, total: number | null) => void,
): Promise<ReceivedBackup> {
  const manifest: Uint8Array[] = []
  const received = { bytes: 0, start: '', end: '' }
  let total: number | null = null
  const archives = new Archives(target)
  const take = async (message: BackupMessage) => {
    switch (message.kind) {
      case 'begun':
        received.start = message.lsn
        total = message.kilobytes === null ? null : message.kilobytes * 1024
        // The label comes with the data directory, which is the last archive.
        return message.tablespaces.length > 0 ? target.note(request.label) : undefined
      case 'archive-begun':
        return archives.begin(message.tablespace)
      case 'archive':
        received.bytes += message.bytes.length
        progress(received.bytes, total)
        return archives.put(message.bytes)
      case 'manifest':
        manifest.push(message.bytes)
        return
      case 'ended':
        received.end = message.lsn
    }
  }
  try {
    for await (const message of link.backup(request)) await take(message)
    archives.end()
    if (received.end === '' || manifest.length === 0) throw new Error('the server ended before the backup was whole')
    await target.finish(Buffer.concat(manifest))
    return received
  } catch (error) {
    await target.abandon().catch(() => {})
    throw error
  }
}

/** Passes the archives of a backup on as one. */
class Archives {
  readonly #target: BackupTarget
  #reader = new TarReader()
  #folder: string | null = null

  constructor(target: BackupTarget) {
    this.#target = target
  }

  /** Throws an Error where the one before is cut off. */
  begin(tablespace: string | null): void {
    this.end()
    this.#reader = new TarReader()
    this.#folder = tablespace === null ? null : tablespaceFolder(tablespace)
  }

  async put(bytes: Uint8Array): Promise<void> {
    for (const part of this.#reader.read(bytes)) {
      if (part.kind === 'entry') await this.#target.entry(this.#placed(part.entry))
      else await this.#target.bytes(part.bytes)
    }
  }

  end(): void {
    this.#reader.requireWhole()
  }

  #placed(entry: TarEntry): TarEntry {
    return this.#folder === null ? entry : tarEntryIn(this.#folder, entry)
  }
}
