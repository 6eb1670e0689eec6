// Receives a base backup from a server into an archive or a folder.

import type { BackupTarget } from './backup-format.ts'
import type { BaseBackupRequest } from './backup-messages.ts'
import { readTar } from './tar.ts'
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
  async function* archive(): AsyncGenerator<Uint8Array> {
    for await (const message of link.backup(request)) {
      if (message.kind === 'begun') {
        received.start = message.lsn
        total = message.kilobytes === null ? null : message.kilobytes * 1024
      } else if (message.kind === 'manifest') manifest.push(message.bytes)
      else if (message.kind === 'ended') received.end = message.lsn
      else {
        received.bytes += message.bytes.length
        progress(received.bytes, total)
        yield message.bytes
      }
    }
  }
  try {
    for await (const part of readTar(archive())) {
      if (part.kind === 'entry') await target.entry(part.entry)
      else await target.bytes(part.bytes)
    }
    if (received.end === '' || manifest.length === 0) throw new Error('the server ended before the backup was whole')
    await target.finish(Buffer.concat(manifest))
    return received
  } catch (error) {
    await target.abandon().catch(() => {})
    throw error
  }
}
