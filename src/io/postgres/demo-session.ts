// Read-write sessions for pgdeck's own servers and their application servers. They never throw outside of a call and
// never hang.

import { Socket } from 'node:net'
import pg from 'pg'

export interface DemoSessionOptions {
  /** An address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  readonly database: string
  readonly applicationName: string
  /** Limit of connecting and of each statement, in milliseconds. */
  readonly limitMs: number
}

export interface DemoSession {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** True after the connection broke or a statement exceeded its limit: open another one. */
  isLost(): boolean
  /** Ends it, even if the server does not answer any more. */
  close(): Promise<void>
}

const FAREWELL_MS = 300

/** Opens a session. Throws the driver's error, or an error at the limit. */
export async function openDemoSession(options: DemoSessionOptions): Promise<DemoSession> {
  const socket = new Socket()
  const client = new pg.Client({
    host: options.host,
    port: options.port,
    user: options.user,
    password: options.password ?? '',
    database: options.database,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.limitMs,
    query_timeout: options.limitMs,
    stream: () => socket,
  })
  let lost = false
  const lose = () => {
    lost = true
    socket.destroy()
  }
  client.on('error', lose)
  client.on('end', lose)
  try {
    await client.connect()
  } catch (error) {
    lose()
    throw error
  }
  // One statement at a time: the driver's own queue is deprecated.
  let last: Promise<unknown> = Promise.resolve()
  async function ask(text: string, values: readonly unknown[]) {
    try {
      return (await client.query(text, values.length === 0 ? undefined : [...values])).rows
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) lose()
      throw error
    }
  }
  return {
    query: (text, values = []) => {
      const asked = last.then(() => ask(text, values))
      last = asked.catch(() => {})
      return asked
    },
    isLost: () => lost,
    close: async () => {
      const timer = setTimeout(lose, FAREWELL_MS)
      if (!lost) await client.end().catch(() => {})
      clearTimeout(timer)
      lose()
    },
  }
}
