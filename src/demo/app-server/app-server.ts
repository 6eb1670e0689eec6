// One application server: real HTTP on loopback, real database connections, the redirection rules of its deployment model.
// It uses node:http directly: a listener that can be frozen is the point of it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ServerType } from '../../model/measured/spec.ts'
import { type AuditFile, openAuditFile } from './audit-file.ts'
import { type ConnectionPool, openConnectionPool } from './connection-pool.ts'
import { sendRequest } from './http-client.ts'
import { type IntervalTask, startIntervalTask } from './interval-task.ts'
import { RequestHandler } from './request-handler.ts'

export interface AppServerOptions {
  readonly id: string
  readonly type: ServerType
  readonly port: number
  readonly databaseId: string
  readonly database: { readonly port: number; readonly password: string }
  readonly connections: number
  /** The file of its audit. */
  readonly auditFile: string
}

/** Who else there is, in the order in which visitors are sent there. */
export interface AppServerPeer {
  readonly type: ServerType
  readonly url: string
}

export interface AppServer {
  readonly id: string
  readonly type: ServerType
  readonly port: number
  readonly url: string
  readonly databaseId: string
  start(): Promise<void>
  /** Closes the listener and the database connections, as a stopped process would. */
  stop(): Promise<void>
  /** Goes on accepting connections and answers none. */
  freeze(): void
  thaw(): void
  isRunning(): boolean
  isFrozen(): boolean
  /** Looks at its database and its peers now instead of at the next turn. */
  look(): Promise<void>
}

const LOOK_EVERY_MS = 500
const DATABASE_LIMIT_MS = 800
const PEER_LIMIT_MS = 600

/** An application server, not started yet; `peers` are the other servers. */
export function createAppServer(options: AppServerOptions, peers: () => readonly AppServerPeer[]): AppServer {
  return new Application(options, peers)
}

class Application implements AppServer {
  readonly id: string
  readonly type: ServerType
  readonly port: number
  readonly url: string
  readonly databaseId: string
  readonly #options: AppServerOptions
  readonly #peers: () => readonly AppServerPeer[]
  readonly #held: { readonly asked: IncomingMessage; readonly answer: ServerResponse }[] = []
  readonly #desk: RequestHandler
  #listener: Server | null = null
  #pool: ConnectionPool | null = null
  #routine: IntervalTask | null = null
  #frozen = false
  readonly #audit: AuditFile
  #writable: boolean | null = null
  #activePeer: AppServerPeer | null = null

  constructor(options: AppServerOptions, peers: () => readonly AppServerPeer[]) {
    this.#options = options
    this.#peers = peers
    this.id = options.id
    this.type = options.type
    this.port = options.port
    this.url = `http://127.0.0.1:${options.port}/`
    this.databaseId = options.databaseId
    this.#audit = openAuditFile(options.auditFile)
    this.#desk = new RequestHandler({
      id: options.id,
      type: options.type,
      databaseId: options.databaseId,
      writable: () => this.#writable,
      activePeer: () => this.#activePeer?.url ?? null,
      audit: this.#audit,
      sql: (text, ...values) => this.#sql(text, ...values),
    })
  }

  async start(): Promise<void> {
    if (this.#listener) return
    const listener = createServer((asked, answer) => void this.#answer(asked, answer))
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(this.port, '127.0.0.1', resolve)
    })
    this.#listener = listener
    this.#pool = openConnectionPool(this.#options.connections, {
      host: '127.0.0.1',
      port: this.#options.database.port,
      user: 'app',
      password: this.#options.database.password,
      database: 'postgres',
      applicationName: this.id,
      limitMs: DATABASE_LIMIT_MS,
    })
    await this.#pool.warm().catch(() => {})
    await this.#desk.clear()
    this.#audit.server('Task', `started, on the database ${this.databaseId}`)
    this.#routine = startIntervalTask(LOOK_EVERY_MS, () => this.look())
  }

  async stop(): Promise<void> {
    const { listener, pool, routine } = { listener: this.#listener, pool: this.#pool, routine: this.#routine }
    if (listener) this.#audit.server('Task', 'stopped')
    this.#listener = null
    this.#routine = null
    this.#pool = null
    this.#frozen = false
    this.#held.length = 0
    listener?.closeAllConnections()
    await new Promise<void>((resolve) => (listener ? listener.close(() => resolve()) : resolve()))
    await pool?.close()
    await routine?.stop()
  }

  freeze(): void {
    this.#frozen = true
  }

  thaw(): void {
    this.#frozen = false
    // As a process does that goes on: late, but whoever still waits is answered.
    for (const { asked, answer } of this.#held.splice(0)) void this.#desk.answer(asked, answer)
  }

  isRunning(): boolean {
    return this.#listener !== null
  }

  isFrozen(): boolean {
    return this.#frozen
  }

  async look(): Promise<void> {
    if (this.#frozen || !this.#pool) return
    const [writable, activePeer] = await Promise.all([this.#databaseWritable(), this.#firstActivePeer()])
    if (writable !== this.#writable) this.#audit.server('Resource', `database ${stateText(writable)}`)
    this.#writable = writable
    this.#activePeer = activePeer
  }

  /** Null: the database can't be reached. */
  async #databaseWritable(): Promise<boolean | null> {
    try {
      const rows = await this.#pool?.query<{ writable: boolean }>(
        'select not pg_catalog.pg_is_in_recovery() as writable',
      )
      return rows?.[0]?.writable ?? null
    } catch {
      return null
    }
  }

  async #firstActivePeer(): Promise<AppServerPeer | null> {
    const active = await Promise.all(
      this.#peers().map((peer) =>
        sendRequest('GET', peer.url, PEER_LIMIT_MS).then(
          (answer) => (answer.status === 200 && peer.type !== 'read-only' ? peer : null),
          () => null,
        ),
      ),
    )
    return active.find((peer) => peer !== null) ?? null
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    asked.resume()
    if (this.#frozen) this.#held.push({ asked, answer })
    else await this.#desk.answer(asked, answer)
  }

  async #sql<Row>(text: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
    if (!this.#pool) throw new Error(`${this.id} is stopped`)
    return await this.#pool.query<Row>(text, [this.id, ...values])
  }
}

function stateText(writable: boolean | null): string {
  return writable === null ? 'does not answer' : writable ? 'is writable' : 'is read-only'
}
