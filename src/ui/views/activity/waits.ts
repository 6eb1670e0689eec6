// What a session waits for, itself or through its parallel workers.

import type { SessionRow } from '../../../model/measured/on-demand.ts'

/** A session with its parallel workers, which are no sessions of their own. */
export interface SessionTeam {
  readonly session: SessionRow
  readonly workers: readonly SessionRow[]
}

/** Waits that another session or a standby has to end; waits for disk or client pass by themselves. */
export function isHeldUp({ waitType, wait }: SessionRow): boolean {
  return waitType === 'Lock' || waitType === 'BufferPin' || waitType === 'Buffer' || wait === 'SyncRep'
}

/** The session, or the worker that is held up in its place. */
export function whoWaits({ session, workers }: SessionTeam): SessionRow {
  return isHeldUp(session) ? session : (workers.find(isHeldUp) ?? session)
}

/** `Lock: transactionid`; empty where nothing is waited for, or only for what the client says next. */
export function sessionWaitText(team: SessionTeam): string {
  const { state, waitType, wait } = whoWaits(team)
  if (state !== 'active' && state !== 'fastpath') return ''
  return waitType === null ? '' : wait === null ? waitType : `${waitType}: ${wait}`
}
