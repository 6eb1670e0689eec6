// The default settings of new sessions of a server, which our own settings hide: read by a session without them, and
// stored.

import { isSameServer, type ServerIdentity } from '../../model/measured/server-identity.ts'
import { settledWithin } from '../network/wait-timeout.ts'
import { IDENTITY_COLUMNS, identityIn } from './server-identity.ts'
import type { ServerSession } from './session/server-session.ts'

/** What such a session reports of `default_transaction_read_only`, and the source of the value (pg_settings.source). */
export interface ReadOnlyDefault {
  readonly readOnly: boolean
  readonly source: string
}

type Default = ReadOnlyDefault & Record<string, unknown>

// Such a session may write, so that it asks in a read-only transaction.
const DEFAULT = `BEGIN READ ONLY; SELECT setting OPERATOR(pg_catalog.=) 'on' AS "readOnly", source, ${IDENTITY_COLUMNS}
  FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'default_transaction_read_only'; COMMIT`

/**
 * Asks a session that was opened with the server's default, in one round trip; null for one of a pooler. Throws if it leads to
 * another server: a proxy chooses one for each session, and an address may have moved.
 */
export async function askReadOnlyDefault(
  session: ServerSession,
  server: ServerIdentity,
  signal: AbortSignal,
): Promise<ReadOnlyDefault | null> {
  const [found] = session.pooler === null ? await session.bare().run<Default>({ text: DEFAULT }, signal) : []
  if (found && !isSameServer(identityIn(found), server)) throw new Error('another server answers there')
  return found ?? null
}

/** A reading waits no longer for it: the next one reports it. */
const PATIENCE_MS = 500
const ASKED_AGAIN_MS = 10_000

/** Values that are set for our role say nothing of other roles. */
const OF_OUR_ROLE: ReadonlySet<string> = new Set(['user', 'database user', 'override'])

/**
 * `here`: only for sessions of the database that pgdeck uses, by ALTER DATABASE. null: not known (yet), or hidden by a
 * setting of our own role or database.
 */
export type NewSessionsReadOnly = boolean | 'here' | null

function judge({ readOnly, source }: ReadOnlyDefault): NewSessionsReadOnly {
  if (OF_OUR_ROLE.has(source)) return null
  if (source === 'database') return readOnly ? 'here' : null
  return readOnly
}

/** The default of one server; read again only after the settings that it depends on have changed. */
export class ReadOnlyDefaults {
  #known: { readonly key: string; readonly value: NewSessionsReadOnly } | null = null
  #asking: Promise<void> | null = null
  #notBefore = 0

  /**
   * With `onReadOnly` the first call does not wait; that is called when the answer is that they are read-only. Never
   * throws.
   */
  async at(
    key: string,
    ask: () => Promise<ReadOnlyDefault | null>,
    onReadOnly: (() => void) | null = null,
  ): Promise<NewSessionsReadOnly> {
    const isFirst = this.#known === null
    if (this.#known?.key !== key && this.#asking === null && performance.now() >= this.#notBefore) {
      this.#asking = this.#ask(key, ask)
      if (isFirst && onReadOnly) void this.#asking.then(() => this.#known?.value && onReadOnly())
    }
    // Later an alert would be over for one reading.
    const mayComeLater = isFirst && onReadOnly !== null
    if (this.#asking && !mayComeLater) await settledWithin(this.#asking, PATIENCE_MS)
    return this.#known?.key === key ? this.#known.value : null
  }

  async #ask(key: string, ask: () => Promise<ReadOnlyDefault | null>): Promise<void> {
    try {
      const found = await ask()
      this.#known = { key, value: found && judge(found) }
    } catch {
      this.#notBefore = performance.now() + ASKED_AGAIN_MS
    } finally {
      this.#asking = null
    }
  }
}
