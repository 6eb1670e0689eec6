// What an action can do with what is between the applications and the databases: poolers and addresses.

import type { FoundServer } from '../../model/measured/server-identity.ts'

/** Where a new session is opened: by an address of the configuration, or where a pooler says that one of its databases is. */
export type SessionPlace =
  | { readonly kind: 'address'; readonly address: string }
  /** `as`: the database whose user and password are used. */
  | {
      readonly kind: 'pool'
      readonly pooler: string
      readonly host: string
      readonly port: number
      readonly as: string
    }

export interface SessionServer {
  readonly server: FoundServer
  readonly isStandby: boolean
}

export interface EntryPointTools {
  /**
   * Gives one command to the console of that pooler, in a session of its own, and returns its rows. While planning only
   * SHOW is allowed. Throws FaultError, `timeout` at the limit. `outlives`: it is given even if the run was stopped, by a
   * session that is opened before the first PAUSE and kept: letting users go needs no new login.
   */
  command<Row extends Readonly<Record<string, unknown>>>(
    pooler: string,
    text: string,
    options?: { readonly limitMs?: number; readonly outlives?: boolean },
  ): Promise<readonly Row[]>
  /**
   * How long what lets users go may still be tried again, in milliseconds: half a minute each time, and less in all once the
   * run is to end at once. Never below 0.
   */
  patienceMs(since: number): number
  /**
   * Opens a new session there, and runs `write` on a server that is not in recovery; null: nothing. Throws FaultError. It
   * never writes while planning.
   */
  sessionAt(place: SessionPlace, write: string | null): Promise<SessionServer>
}
