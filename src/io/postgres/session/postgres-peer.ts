// What answers behind one endpoint, as sessions before found it: which settings it lacks, whether it is a pooler. And how a
// session is opened with what is known.

import { randomUUID } from 'node:crypto'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { refusedSetting, refusesStartupOptions, sqlStateOf } from '../connection/server-error.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'
import { type FirstStatement, type ProvenSession, proveAndAsk, seemsOurs } from './first-statement.ts'
import { isPoolerConsole, noConsoleFault, poolerConsoleFault, poolerSession } from './pooler-session.ts'
import type { ServerSession } from './server-session.ts'
import { checkSession, checkSettingsByShow, MARK_SETTING, poolerFault } from './session-check.ts'
import { type SessionPurpose, type SessionSettings, type SessionTimeouts, startupSettings } from './session-settings.ts'
import { UnansweredSessions } from './unanswered-sessions.ts'

export interface OpenedSession {
  readonly session: ServerSession
  /** Whether it is in recovery; null for the replication protocol, where that can't be asked. */
  readonly standby: boolean | null
  /** Of the first statement, if that was sent as the session began; else absent. */
  readonly answer?: ProvenSession['answer']
}

export interface OpenSessionRequest {
  readonly purpose: SessionPurpose
  readonly limits: SessionTimeouts
  /** More settings; those that the server does not know or the role may not set are left out. */
  readonly wishes: SessionSettings
  /** The server's own default of read-only is not touched: for a look at it. */
  readonly withDefault: boolean
  /** Opens a session with these start-up options. */
  readonly open: (settings: SessionSettings) => Promise<ServerSession>
  /** May be sent together with the proof of the session's settings. */
  readonly first?: FirstStatement | undefined
  readonly signal: AbortSignal
}

/** A peer through which nothing can be read is not tried at each poll: each try costs the pooler a connection of its server. */
const ASKED_AGAIN_MS = 60_000
/** A pooler may make place for the server itself. */
const POOLER_KNOWN_MS = 600_000

/** What older servers may lack without harm; everything else is needed. */
const NEWER: ReadonlySet<string> = new Set(['idle_session_timeout'])

/** No such database, by a server or by a pooler. */
const NO_DATABASE: ReadonlySet<string> = new Set(['3D000', '08P01'])

/** `transaction_timeout` was shorter than the first question takes. */
const TRANSACTION_TOO_LONG = '25P04'

export class PostgresPeer {
  /** What this endpoint still owes to sessions that were given up. */
  readonly unanswered: UnansweredSessions
  readonly #endpoint: ConnectionEndpoint
  readonly #lacks = new Set<string>()
  #endsTransactions = false
  /** A proof together with the first statement failed: from then on the settings are checked before it. */
  #isDoubtful = false
  #pooler: { readonly why: string; readonly until: number } | null = null
  #refusal: { readonly fault: Fault; readonly until: number } | null = null

  constructor(endpoint: ConnectionEndpoint) {
    this.#endpoint = endpoint
    this.unanswered = new UnansweredSessions(endpoint)
  }

  /**
   * A session that has our settings and leads to the server itself; for watching also one through a pooler, where every
   * statement is a transaction. Throws the driver's error, or FaultError.
   */
  async open(opening: OpenSessionRequest): Promise<OpenedSession> {
    if (opening.purpose === 'console') return this.#console(opening)
    const refusal = this.#refusal
    if (refusal && performance.now() < refusal.until) throw new FaultError(refusal.fault)
    // An act is one session that somebody waits for; whoever watches would take slot after slot.
    const owed = opening.purpose === 'watch' ? this.unanswered.fault() : null
    if (owed !== null) throw new FaultError(owed)
    // Each turn learns something that the one before did not know.
    for (;;) {
      const pooler = this.#pooler
      if (pooler && performance.now() >= pooler.until) this.#pooler = null
      else if (pooler && opening.purpose !== 'watch') throw new FaultError(poolerFault(this.#endpoint, pooler.why))
      const opened = this.#pooler ? await this.#pooled(opening, this.#pooler.why) : await this.#direct(opening)
      if (opened) return opened
    }
  }

  /** It takes neither start-up options nor SQL. */
  async #console({ open }: OpenSessionRequest): Promise<OpenedSession> {
    const session = await open({})
    if (isPoolerConsole(session)) return { session, standby: null }
    await session.end()
    throw new FaultError(noConsoleFault(this.#endpoint))
  }

  /** null: something was learned, and has to be tried with that. */
  async #direct(opening: OpenSessionRequest): Promise<OpenedSession | null> {
    const settings = this.#settings(opening)
    let session: ServerSession
    try {
      session = await opening.open(settings)
    } catch (error) {
      return this.#learnFromRefusal(error, settings, opening)
    }
    try {
      this.#refuseConsole(session)
      return opening.purpose === 'backup'
        ? await this.#checkedForBackup(session, settings, opening)
        : await this.#checked(session, settings, opening)
    } catch (error) {
      session.destroy()
      if (sqlStateOf(error) !== TRANSACTION_TOO_LONG || this.#endsTransactions) throw error
      this.#endsTransactions = true
      return null
    }
  }

  /** A pooler behind the endpoint, or a setting that the server lacks; throws an error that teaches neither. */
  #learnFromRefusal(error: unknown, settings: SessionSettings, { purpose, wishes }: OpenSessionRequest): null {
    if (refusesStartupOptions(error)) return this.#isPooler('it refuses start-up options')
    // A server looks for no database there.
    if (purpose === 'backup' && NO_DATABASE.has(sqlStateOf(error) ?? ''))
      return this.#isPooler('it accepts no replication commands')
    const refused = refusedSetting(error, Object.keys(settings))
    const isNeeded = refused === null || !(NEWER.has(refused) || refused in wishes)
    if (isNeeded || this.#lacks.has(refused)) throw error
    this.#lacks.add(refused)
    return null
  }

  async #checkedForBackup(
    session: ServerSession,
    settings: SessionSettings,
    { signal }: OpenSessionRequest,
  ): Promise<OpenedSession | null> {
    if (await checkSettingsByShow(session, settings, signal)) return { session, standby: null }
    await session.end()
    return this.#isPooler('it drops start-up options')
  }

  async #checked(
    session: ServerSession,
    settings: SessionSettings,
    { signal, withDefault, first }: OpenSessionRequest,
  ): Promise<OpenedSession | null> {
    if (first && !withDefault && !this.#isDoubtful && seemsOurs(session, settings)) {
      const proven = await proveAndAsk(session, settings, first, signal)
      if (proven !== null) return { session, ...proven }
      await session.end()
      this.#isDoubtful = true
      return null
    }
    const { pooler, standby, transactionTimeout } = await checkSession(session, settings, signal)
    const endsTransactions = !withDefault && !(transactionTimeout ?? '0').startsWith('0')
    if (pooler === null && !endsTransactions) return { session, standby }
    await session.end()
    if (pooler !== null) return this.#isPooler(pooler)
    this.#endsTransactions = true
    return null
  }

  async #pooled({ open, limits, signal }: OpenSessionRequest, why: string): Promise<OpenedSession> {
    const session = await open({})
    try {
      this.#refuseConsole(session)
      return await poolerSession(session, limits, why, signal)
    } catch (error) {
      session.destroy()
      if (error instanceof FaultError && error.fault.code === 'pooler') this.#refuse(error.fault)
      throw error
    }
  }

  #refuseConsole(session: ServerSession): void {
    const fault = poolerConsoleFault(session)
    if (fault !== null) throw new FaultError(this.#refuse(fault))
  }

  #refuse(fault: Fault): Fault {
    this.#refusal = { fault, until: performance.now() + ASKED_AGAIN_MS }
    return fault
  }

  #isPooler(why: string): null {
    this.#pooler = { why, until: performance.now() + POOLER_KNOWN_MS }
    return null
  }

  #settings({ purpose, limits, wishes, withDefault }: OpenSessionRequest): SessionSettings {
    const all = {
      ...wishes,
      ...startupSettings(purpose, limits),
      // Known to 17 and newer; sent only to a server that has shown that it knows it.
      ...(this.#endsTransactions ? { transaction_timeout: '0' } : {}),
      [MARK_SETTING]: randomUUID(),
    }
    const isLeftOut = (name: string) =>
      (withDefault && name === 'default_transaction_read_only') || this.#lacks.has(name)
    return Object.fromEntries(Object.entries(all).filter(([name]) => !isLeftOut(name)))
  }
}
