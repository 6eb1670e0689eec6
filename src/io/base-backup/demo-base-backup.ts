// Takes a base backup over the driver's own replication connection, because the embedded servers come without pg_basebackup.

import { Socket } from 'node:net'
import pg from 'pg'
import { type ProcessOptions, startWithInput } from '../process/process.ts'

export interface BaseBackupServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly major: number
}

/**
 * Copies a running server's data directory, with the WAL that it needs to start, into an empty folder. Returns the
 * received bytes. Throws the server's error, or tar's.
 */
export async function copyDataDirectory(
  source: BaseBackupServer,
  into: string,
  options: ProcessOptions,
): Promise<number> {
  const socket = new Socket()
  const client = new pg.Client({
    host: source.host,
    port: source.port,
    user: source.user,
    application_name: 'pg_basebackup',
    stream: () => socket,
    ...{ replication: 'true' },
  })
  client.on('error', () => {})
  const archive = startWithInput('tar', ['-x', '-f', '-', '-C', into], options)
  // A tar that failed reads nothing more: without this, the server would wait for it, and this process for the server.
  const failed = archive.done.then(() => new Promise<never>(() => {}))
  failed.catch(() => {})
  let bytes = 0
  const take = (part: Buffer) => {
    bytes += part.length
    if (archive.input.writable && !archive.input.write(part)) socket.pause()
  }
  for (const event of ['drain', 'close']) archive.input.on(event, () => socket.resume())
  try {
    await client.connect()
    await Promise.race([received(client, source.major, take), failed])
    archive.input.end()
    await archive.done
  } finally {
    archive.input.destroy()
    await client.end().catch(() => {})
  }
  return bytes
}

const TYPED_FROM_MAJOR = 15
const COMMAND = "BASE_BACKUP (LABEL 'pgdeck', CHECKPOINT 'fast', WAL true, WAIT false)"
const OLD_COMMAND = "BASE_BACKUP LABEL 'pgdeck' FAST WAL NOWAIT"
const DATA = 0x64

/** Runs the command as the driver's active query and passes on the tar stream. */
function received(client: pg.Client, major: number, take: (part: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const nothing = () => {}
    client.query({
      submit: (connection: { query(text: string): void }) => {
        connection.query(major >= TYPED_FROM_MAJOR ? COMMAND : OLD_COMMAND)
      },
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handleCommandComplete: nothing,
      handleEmptyQuery: nothing,
      handleError: reject,
      handleReadyForQuery: () => resolve(),
      // The driver reuses its buffer, so the part is copied. From 15 on each message begins with its type.
      handleCopyData: ({ chunk }: { chunk: Buffer }) => {
        if (major < TYPED_FROM_MAJOR) take(Buffer.from(chunk))
        else if (chunk[0] === DATA) take(Buffer.from(chunk.subarray(1)))
      },
    } as unknown as pg.Submittable)
  })
}
