// A session of physical replication with one server: its identity, a temporary slot, a base backup.

import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import type { Tunnel } from '../postgres/connection/tunnel.ts'
import { createConnector } from '../postgres/session/connector.ts'
import type { ServerSession } from '../postgres/session/server-session.ts'
import { type BackupMessage, type BaseBackupRequest, backupMessages } from './backup-messages.ts'

export interface WalSenderOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly connectMs: number
  readonly tunnel?: Tunnel | undefined
  readonly signal: AbortSignal
}

/** Where a timeline ended in the history of a later one; `end` as PostgreSQL writes a position. */
export interface TimelineEnd {
  readonly timeline: number
  readonly end: string
}

export interface WalSenderSession {
  /** 180004 for 18.4. */
  readonly versionNumber: number
  /** The result of IDENTIFY_SYSTEM, and the port that the server listens on. */
  identify(): Promise<{ readonly systemIdentifier: string; readonly timeline: number; readonly port: number }>
  /** Returns where each earlier timeline ended; empty for timeline 1. Throws FaultError. */
  history(timeline: number): Promise<readonly TimelineEnd[]>
  /** Retains WAL from now on until the session ends. Throws FaultError, e.g. if all slots are in use. */
  keepWal(slot: string): Promise<void>
  /** Includes all WAL that it needs. */
  backup(request: BaseBackupRequest): AsyncIterable<BackupMessage>
  close(): Promise<void>
}

/** Opens the session. Throws FaultError: no connection, no password, no REPLICATION, no line in pg_hba.conf. */
export async function openWalSenderSession(options: WalSenderOptions): Promise<WalSenderSession> {
  const connection: ConnectionParameters = {
    ...options.connection,
    applicationName: 'pgdeck backup',
    // The server ignores it. Faults name it as pg_hba.conf does.
    database: 'replication',
    // Such a session can't ask for the server's role, so only the address selects the server.
    targetSessionAttrs: 'any',
  }
  const connector = createConnector({
    ...options,
    connection,
    purpose: 'backup',
    limits: { statementMs: 0, lockMs: 0 },
  })
  const { signal, connectMs } = options
  const limit = startWaitLimit({ ms: connectMs, signals: [signal], keepsReason: true })
  let session: ServerSession
  try {
    session = await connector.open({ signal: limit.signal, deadline: performance.now() + connectMs })
  } finally {
    limit.done()
  }
  const worded = (error: unknown) =>
    error instanceof FaultError || signal.aborted
      ? error
      : new FaultError(connector.faultOf(error, session.endpoint), { cause: error })
  const rows = (command: string) => rowsOf(session, command, signal).catch((error) => Promise.reject(worded(error)))
  return {
    versionNumber: session.versionNumber,
    async identify() {
      const [row] = await rows('IDENTIFY_SYSTEM')
      const [port] = await rows('SHOW port')
      return { systemIdentifier: row?.[0] ?? '', timeline: Number(row?.[1] ?? 0), port: Number(port?.[0] ?? 0) }
    },
    async history(timeline) {
      if (timeline <= 1) return []
      const command = `TIMELINE_HISTORY ${timeline}`
      const [row] = await rows(command)
      return parseTimelineHistory(row?.[1] ?? '')
    },
    async keepWal(slot) {
      const command = `CREATE_REPLICATION_SLOT "${slot}" TEMPORARY PHYSICAL RESERVE_WAL`
      await rows(command)
    },
    async *backup(request) {
      try {
        yield* backupMessages(session, request, signal)
      } catch (error) {
        throw worded(error)
      }
    },
    close: () => session.end(),
  }
}

/** Parses the content of a history file; as `bytea` it may come in hex. */
export function parseTimelineHistory(content: string): readonly TimelineEnd[] {
  const text = content.startsWith('\\x') ? Buffer.from(content.slice(2), 'hex').toString('utf8') : content
  return text.split(/\\012|\n/).flatMap((line) => {
    const [, timeline, end] = /^\s*(\d+)(?:\s|\\011)+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line) ?? []
    return timeline !== undefined && end !== undefined ? [{ timeline: Number(timeline), end }] : []
  })
}

async function rowsOf(session: ServerSession, command: string, signal: AbortSignal) {
  const rows: (readonly (string | null)[])[] = []
  for await (const answer of session.runReplicationCommand(command, signal))
    if (answer.kind === 'row') rows.push(answer.fields)
  return rows
}
