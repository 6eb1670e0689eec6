// Judges connections and transactions of a database: whether users can connect, and what grows old.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { Limits, Thresholds } from '../measured/spec.ts'
import { isReadAsPrimary } from '../picture/roles.ts'
import { hiddenSessionsOf } from '../sessions/hidden-sessions.ts'
import { lockRootSession, lockWaitSeconds, lockWaitsText } from '../sessions/lock-waits.ts'
import { oldestTransactionText, preparedText } from '../sessions/transaction-text.ts'
import { connectionsForUsers, reachedLimits } from '../sessions/user-connections.ts'
import { type XminHorizon, xminHorizonText } from '../sessions/xmin-horizon.ts'
import { freezeRemedy, frozenIdText, oldestMultixactAge } from '../storage/frozen-ids.ts'
import type { CauseId } from './causes.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import type { Reply } from './session.ts'

const NO_SESSION = 'no session opened'

interface Judged {
  readonly cause: CauseId
  readonly figure: number
  readonly limits: Limits
  readonly text: string
  readonly next: string
  readonly at: number
}

/** Holds a figure against its limits; `whole` fails instead of warns, for what stops all users. */
function against({ cause, figure, limits, text, next, at }: Judged, whole = false): DiagnosisOutcome | null {
  if (figure >= limits.critical) return (whole ? fail : warn)(cause, text, { next, at })
  return figure >= limits.warning ? warn(cause, text, { next, at }) : null
}

/** Whether ordinary users can connect. */
export function judgeConnections(reply: Reply<DatabasePulse>, thresholds: Thresholds): DiagnosisOutcome {
  if ('fault' in reply) return skipped(NO_SESSION)
  const { at, value: pulse } = reply
  const reached = reachedLimits(pulse, thresholds.sessionsPercent)
  const [worst] = reached
  if (worst) {
    const text = reached.map((one) => one.text).join('; ')
    const next = 'view 3: end idle sessions, lower the pools of its clients, or raise the limit'
    return (worst.severity === 'critical' ? fail : warn)('connections-for-users', text, { next, at })
  }
  if (pulse.connectionLimits == null) {
    return unknownOutcome(
      'this role can’t see which CONNECTION LIMITs are reached',
      pulse.missing[0]?.grant ?? null,
      at,
    )
  }
  const { total } = pulse.sessions
  const usable = connectionsForUsers(pulse.sessions)
  if (total === null) return unknownOutcome('this server does not tell how many sessions there are', null, at)
  return ok(`${Math.max(0, usable - total)} of ${usable} connections are free for users`, at)
}

/** Whether sessions wait long for locks. */
export function judgeLocks(reply: Reply<DatabasePulse>, { lockWaitsSeconds: limits }: Thresholds): DiagnosisOutcome {
  if ('fault' in reply) return skipped(NO_SESSION)
  const { at, value: pulse } = reply
  const { lockWaits: waits } = pulse
  const figure = lockWaitSeconds(pulse)
  if (!waits || figure === null) {
    const { why, grant } = hiddenSessionsOf(pulse) ?? {
      why: 'this server does not tell how long sessions wait for locks',
      grant: null,
    }
    return unknownOutcome(why, grant, at)
  }
  const text = lockWaitsText(waits)
  const root = lockRootSession(pulse)
  const next = root
    ? `4 shows who waits for whom; K there on process ${root.pid} terminates it`
    : '4: who waits for whom'
  return against({ cause: 'lock-waits', figure, limits, text, next, at }) ?? ok(text, at)
}

/** Whether the transactions of sessions end. */
export function judgeTransactions(reply: Reply<DatabasePulse>, thresholds: Thresholds): DiagnosisOutcome {
  if ('fault' in reply) return skipped(NO_SESSION)
  const { at, value: pulse } = reply
  const oldest = pulse.transactions?.oldest ?? null
  if (oldest) {
    const next = `view 3: end the session of process ${oldest.pid}, if its application does not end the transaction`
    const text = oldestTransactionText(oldest)
    const limits = thresholds.transactionAgeSeconds
    const found = against({ cause: 'transaction-age', figure: oldest.seconds, limits, text, next, at })
    if (found) return found
  }
  const hidden = hiddenSessionsOf(pulse)
  if (hidden) return unknownOutcome(hidden.why, hidden.grant, at)
  return ok(oldest ? oldestTransactionText(oldest) : 'no session has a transaction', at)
}

/** Whether prepared transactions are ended. */
export function judgePrepared(reply: Reply<DatabasePulse>, thresholds: Thresholds): DiagnosisOutcome {
  if ('fault' in reply) return skipped(NO_SESSION)
  const { at, value: pulse } = reply
  const prepared = pulse.transactions?.prepared
  if (!prepared) return unknownOutcome('prepared transactions were not read', null, at)
  const { oldest, count } = prepared
  if (!oldest) return ok('none is prepared', at)
  const text = preparedText(oldest, count)
  const next = `if its transaction manager does not end it: COMMIT PREPARED or ROLLBACK PREPARED in database ${oldest.database ?? '?'}`
  const limits = thresholds.preparedTransactionAgeSeconds
  return against({ cause: 'prepared-transactions', figure: oldest.seconds, limits, text, next, at }) ?? ok(text, at)
}

/** Whether something holds back the xmin horizon, over all nodes. */
export function judgeHorizon(
  reply: Reply<DatabasePulse>,
  horizon: XminHorizon,
  { xminHorizonAge: limits }: Thresholds,
): DiagnosisOutcome {
  if ('fault' in reply) return skipped(NO_SESSION)
  const { at, value: pulse } = reply
  if (!isReadAsPrimary({ pulse })) return skipped('it is not a primary')
  if (horizon.kind === 'held') {
    const { holder } = horizon
    const text = xminHorizonText(holder)
    const found = against({ cause: 'xmin-horizon', figure: holder.age, limits, text, next: holder.remedy, at })
    if (found) return found
    if (!horizon.isBound) return ok(text, at)
  }
  if (horizon.kind === 'none') return ok('nothing holds it back', at)
  const { why, grant } = hiddenSessionsOf(pulse) ?? { why: 'not all sessions were read', grant: null }
  return unknownOutcome(why, grant, at)
}

/** Whether transaction IDs and MultiXact IDs are frozen in time. */
export function judgeIds(reply: Reply<DatabasePulse>, thresholds: Thresholds): DiagnosisOutcome {
  if ('fault' in reply) return skipped(NO_SESSION)
  const { at, value: pulse } = reply
  if (!isReadAsPrimary({ pulse })) return skipped('it is not a primary')
  const kinds = [
    ['wraparound', 'transactions', pulse.oldestTransactionAge, thresholds.transactionIdAge],
    ['multixact', 'multixacts', oldestMultixactAge(pulse), thresholds.multixactIdAge],
  ] as const
  const found = kinds.flatMap(([cause, kind, figure, limits]) => {
    if (figure === null) return []
    const text = frozenIdText(kind, figure, pulse)
    const judged = against({ cause, figure, limits, text, next: freezeRemedy(kind, pulse), at }, true)
    return judged ? [judged] : []
  })
  const worst = found.find(({ result }) => result === 'fail') ?? found[0]
  if (worst) return worst
  const known = kinds.flatMap(([, kind, figure]) => (figure === null ? [] : [frozenIdText(kind, figure, pulse)]))
  return known.length === kinds.length ? ok(known.join('; '), at) : unknownOutcome('their ages were not read', null, at)
}
