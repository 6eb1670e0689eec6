// Short sessions beside the one of a watched database: for what that one can't ask, because of its own settings or its database.

import { type ServerIdentity, serverIdentityText } from '../../model/measured/server-identity.ts'
import { endpointName } from './connection/postgres-fault.ts'
import type { ConnectionEndpoint } from './connection/tunnel.ts'
import { askReadOnlyDefault, type NewSessionsReadOnly, ReadOnlyDefaults } from './read-only-default.ts'
import { askRelationNames, type NamesByOid, RelationNames } from './relation-names.ts'
import { type ConnectLimit, type Connector, type ConnectorOptions, createConnector } from './session/connector.ts'
import type { ServerSession } from './session/server-session.ts'
import { limitOf, limitsWithin } from './session/session-limits.ts'

export interface SideSessionsOptions extends Pick<ConnectorOptions, 'connection' | 'passwordCommand' | 'tunnel'> {
  readonly timeoutMs: number
  /** Of the session beside which they are opened. */
  readonly connector: Connector
  /** Asks on that session which server it is. */
  readonly identity: (signal: AbortSignal) => Promise<ServerIdentity>
  /** Aborted when that session is closed for good. */
  readonly closing: AbortSignal
}

/** `at` is where the session leads whose server is asked; null: nowhere, or through a pooler. */
export class SideSessions {
  readonly #options: SideSessionsOptions
  readonly #defaults = new ReadOnlyDefaults()
  readonly #names = new RelationNames()
  /** To other databases of the server, by name. */
  readonly #toOthers = new Map<string, Connector>()

  constructor(options: SideSessionsOptions) {
    this.#options = options
  }

  /** As `DatabaseSession.readOnlyDefault`. */
  async readOnlyDefault(
    at: ConnectionEndpoint | null,
    server: ServerIdentity,
    settings: string,
    onReadOnly: (() => void) | null,
  ): Promise<NewSessionsReadOnly> {
    if (at === null) return null
    const key = `${endpointName(at)} ${serverIdentityText(server)} ${settings}`
    const ask = () =>
      this.#ask(
        ({ signal }) => this.#options.connector.openWithDefault(at, signal),
        (session, signal) => askReadOnlyDefault(session, server, signal),
      )
    return this.#defaults.at(key, ask, onReadOnly)
  }

  /** As `DatabaseSession.relationNames`. */
  async relationNames(
    at: ConnectionEndpoint | null,
    wanted: ReadonlyMap<string, readonly number[]>,
  ): Promise<ReadonlyMap<string, NamesByOid>> {
    if (at === null) return new Map()
    return this.#names.at(wanted, (database, oids) =>
      this.#ask(
        (limit) => this.#connectorTo(database).open(limit, at),
        async (session, signal) => askRelationNames(session, await this.#options.identity(signal), oids, signal),
      ),
    )
  }

  close(): void {
    for (const connector of this.#toOthers.values()) connector.close()
  }

  /** Kept, so that sessions that such a database leaves unanswered stay few. */
  #connectorTo(database: string): Connector {
    const { connection, timeoutMs } = this.#options
    const known = this.#toOthers.get(database)
    if (known) return known
    const connector = createConnector({
      ...this.#options,
      connection: { ...connection, database, targetSessionAttrs: 'any' },
      purpose: 'watch',
      limits: limitsWithin(timeoutMs),
    })
    this.#toOthers.set(database, connector)
    return connector
  }

  async #ask<Answer>(
    open: (limit: ConnectLimit) => Promise<ServerSession>,
    ask: (session: ServerSession, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const limit = limitOf(this.#options.timeoutMs, [this.#options.closing])
    try {
      const session = await open(limit)
      try {
        const answer = await ask(session, limit.signal)
        await session.end()
        return answer
      } catch (error) {
        session.destroy()
        throw error
      }
    } finally {
      limit.done()
    }
  }
}
