// The wait of a session, of its own or of its parallel workers.

import type { SessionRow } from '../../../model/measured/on-demand.ts'

/** A session with its parallel workers, which are no sessions of their own. */
export interface SessionTeam {
  readonly session: SessionRow
  readonly workers: readonly SessionRow[]
}

/** Waits that another session or a standby must end. Waits for disk or client end by themselves. */
export function isHeldUp({ waitType, wait }: SessionRow): boolean {
  return waitType === 'Lock' || waitType === 'BufferPin' || waitType === 'Buffer' || wait === 'SyncRep'
}

/** The session, or its waiting worker. */
export function whoWaits({ session, workers }: SessionTeam): SessionRow {
  return isHeldUp(session) ? session : (workers.find(isHeldUp) ?? session)
}

/** `Lock: transactionid`; empty without a wait, and for a wait for the client's next statement. */
export function sessionWaitText(team: SessionTeam): string {
  const { state, waitType, wait } = whoWaits(team)
  if (state !== 'active' && state !== 'fastpath') return ''
  return waitType === null ? '' : wait === null ? waitType : `${waitType}: ${wait}`
}
