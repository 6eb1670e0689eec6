// The only importer of pg: one persistent session per database, told apart faults, nothing that could change anything.

import type { Connection } from '../config/config.ts'

/** One watched database's session. Connects when first used, reconnects when lost. */
export interface DatabaseLink {
  /**
   * Runs one statement in one round trip (named prepared statement). Throws FaultError.
   * The session is read-only, with statement_timeout and lock_timeout below the probe's limit.
   */
  query<Row>(
    statement: { readonly name: string; readonly text: string; readonly values?: readonly unknown[] },
    signal: AbortSignal,
  ): Promise<readonly Row[]>
  /** Closes the session; the link can't be used again. */
  close(): Promise<void>
}

export interface LinkOptions {
  readonly connection: Connection
  readonly passwordCommand: readonly string[] | null
  readonly timeoutMs: number
}
