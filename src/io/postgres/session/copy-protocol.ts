// The answer to a command of the replication protocol: rows and copy data as they arrive, no faster than they are read.

import type { Client, Submittable } from 'pg'
import { onAbort } from '../../network/wait-timeout.ts'

export type ReplicationMessage =
  | { readonly kind: 'row'; readonly fields: readonly (string | null)[] }
  /** The rows so far were one result. */
  | { readonly kind: 'rows-end' }
  /** Another copy stream starts. */
  | { readonly kind: 'copy' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }

const MOST_WAITING_BYTES = 4 * 1024 * 1024

/**
 * Sends the command and yields the answer. Throws the driver's error, or the signal's reason. A caller that stops early
 * loses the session: data on its way can't be recalled.
 */
export async function* streamReplicationCommand(
  client: Client,
  session: { destroy(): void },
  command: string,
  signal: AbortSignal,
): AsyncGenerator<ReplicationMessage> {
  signal.throwIfAborted()
  const queue = createQueue(() => client.connection.stream)
  const begun = () => queue.put({ kind: 'copy' })
  client.connection.on('copyOutResponse', begun)
  const forget = onAbort(signal, () => {
    session.destroy()
    queue.end(signal.reason instanceof Error ? signal.reason : new Error('stopped'))
  })
  let isOver = false
  try {
    client.query(taker(command, queue))
    yield* queue.items()
    isOver = true
  } finally {
    forget()
    client.connection.off('copyOutResponse', begun)
    if (!isOver) session.destroy()
  }
}

type Queue = ReturnType<typeof createQueue>

/** The callbacks of the driver for each message of its active query. */
function taker(command: string, queue: Queue): Submittable {
  let rows = 0
  const endRows = () => {
    if (rows > 0) queue.put({ kind: 'rows-end' })
    rows = 0
  }
  return {
    submit: (connection: { query(text: string): void }) => connection.query(command),
    handleRowDescription: endRows,
    handleDataRow({ fields }: { fields: (string | null)[] }) {
      rows += 1
      queue.put({ kind: 'row', fields })
    },
    handleCommandComplete: endRows,
    handleEmptyQuery: () => {},
    handleError: (error: Error) => queue.end(error),
    handleReadyForQuery: () => queue.end(null),
    // The driver reuses its buffer, so the data are copied.
    handleCopyData: ({ chunk }: { chunk: Buffer }) => queue.put({ kind: 'bytes', bytes: Buffer.from(chunk) }),
  } as unknown as Submittable
}

function createQueue(stream: () => { pause(): unknown; resume(): unknown }) {
  const waiting: ReplicationMessage[] = []
  let bytes = 0
  let ended: { readonly error: Error | null } | null = null
  let wake = () => {}
  const sizeOf = (item: ReplicationMessage) => (item.kind === 'bytes' ? item.bytes.length : 0)
  return {
    put(item: ReplicationMessage) {
      waiting.push(item)
      bytes += sizeOf(item)
      if (bytes > MOST_WAITING_BYTES) stream().pause()
      wake()
    },
    end(error: Error | null) {
      ended ??= { error }
      wake()
    },
    async *items(): AsyncGenerator<ReplicationMessage> {
      for (;;) {
        const item = waiting.shift()
        if (item) {
          bytes -= sizeOf(item)
          yield item
          continue
        }
        if (ended?.error) throw ended.error
        if (ended) return
        stream().resume()
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
