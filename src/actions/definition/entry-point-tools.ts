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
   * Gives one command to the console of that pooler and returns its rows. While planning only SHOW is allowed. A run gives
   * all of them by one session, so that they reach the process that takes its PAUSE; a second session is opened before a
   * PAUSE, so that letting users go needs no new login. Throws FaultError, `timeout` at the limit. `outlives`: it is given
   * even if the run was stopped. `beside`: by the second session, while the first one waits for a PAUSE.
   */
  command<Row extends Readonly<Record<string, unknown>>>(
    pooler: string,
    text: string,
    options?: { readonly limitMs?: number; readonly outlives?: boolean; readonly beside?: boolean },
  ): Promise<readonly Row[]>
  /**
   * Whether a pool that is not paused may be that of another process of the pooler: the session that took the PAUSE is gone,
   * and several processes share the address. Then the next command is given by a new session. Throws FaultError.
   */
  leavesForAnother(pooler: string): Promise<boolean>
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
