// Whether a server that leaves a statement unanswered is there all the same: a second session tests that.

import { type Fault, FaultError, isFromTarget } from '../../../model/values/fault.ts'
import { startWaitTimeout } from '../../network/wait-timeout.ts'
import type { ConnectLimit, Connector } from './connector.ts'
import type { ServerSession } from './server-session.ts'

/** Where the statement waits, and whether its session leads through a pooler. */
type Waiting = Pick<ServerSession, 'endpoint' | 'pooler'>

/** From this share of its time on, an unanswered statement is checked by a second session. */
const LATE_FROM = 0.6

export interface Life {
  isProven(): boolean
  /** Returns the session that answered, for further use; null if there is none. The caller must end it. */
  take(): ServerSession | null
  /** Ends the check. */
  end(): void
}

/** A session that was just opened has answered. One of a pooler says nothing of the server. */
export function livingBy({ pooler }: ServerSession, shown: () => void): Life {
  if (pooler === null) shown()
  return { isProven: () => pooler === null, take: () => null, end() {} }
}

/**
 * Whether a server that does not answer a statement still accepts sessions: then it is slow, or the connection is dead,
 * and the server is up. A second session tests that while the first one still waits.
 */
export function lookForLife(
  { endpoint, pooler }: Waiting,
  connector: Pick<Connector, 'open'>,
  limit: ConnectLimit,
  shown: () => void,
): Life {
  let isProven = false
  let second: ServerSession | null = null
  let isOver = false
  let over: AbortController | null = null
  const verify = async () => {
    // The caller's limit stops after the first session was answered.
    over = new AbortController()
    const signal = AbortSignal.any([limit.signal, over.signal])
    try {
      const session = await connector.open({ signal, deadline: limit.deadline }, endpoint)
      isProven = session.pooler === null
      if (isProven) shown()
      if (isOver) await session.end()
      else second = session
    } catch (error) {
      isProven = pooler === null && error instanceof FaultError && isProof(error.fault)
      if (isProven) shown()
    }
  }
  // Of what is left: it may have waited for its turn.
  const callOff = startWaitTimeout((limit.deadline - performance.now()) * LATE_FROM, () => void verify())
  const take = () => {
    const session = second
    second = null
    return session
  }
  return {
    isProven: () => isProven,
    take,
    end() {
      callOff()
      isOver = true
      over?.abort()
      void take()?.end()
    },
  }
}

/** A server that refuses a session is there. That pgdeck itself opens none says nothing of it. */
function isProof(fault: Fault): boolean {
  return isFromTarget(fault) && fault.reason !== 'held-back'
}
