// Judges why users of a primary wait although it answers: unconfirmed commits, read-only sessions.

import type { DatabasePulse } from '../measured/pulse.ts'
import {
  READ_ONLY_MEND,
  READ_ONLY_UNKNOWN,
  readOnlyByDefault,
  readOnlyByDefaultText,
  writableText,
} from '../measured/read-only-default.ts'
import type { Thresholds } from '../measured/spec.ts'
import { isReadAsPrimary } from '../picture/roles.ts'
import { commitWaitsOf, commitWaitsText } from '../replication/sync/commit-waits.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import type { Reply } from './session.ts'

const MEND =
  'start or connect the standbys that synchronous_standby_names names, or name those that are connected: ALTER SYSTEM SET synchronous_standby_names, then SELECT pg_reload_conf()'
const LOOK = 'view 4: which commits wait; d on the standby that does not confirm'

/** Whether enough standbys confirm commits for the server's settings. */
export function judgeCommits(
  reply: Reply<DatabasePulse>,
  { commitWaitSeconds }: Pick<Thresholds, 'commitWaitSeconds'>,
): DiagnosisOutcome {
  if ('fault' in reply) return skipped('no session opened')
  const { at, value: pulse } = reply
  if (!isReadAsPrimary({ pulse })) return skipped('it is not a primary')
  const waits = commitWaitsOf(pulse)
  if (waits.kind === 'none') return ok('no commit waits for a standby', at)
  if (waits.kind === 'unknown') return unknownOutcome(waits.why, waits.grant, at)
  const text = commitWaitsText(waits)
  if (waits.kind === 'too-few') {
    return (waits.waiting > 0 ? fail : warn)('commits-wait', text, { next: MEND, at })
  }
  const seconds = waits.waiting > 0 ? (waits.longestSeconds ?? 0) : 0
  const more = { certainty: 'likely', next: LOOK, at } as const
  if (seconds >= commitWaitSeconds.critical) return fail('commits-wait', text, more)
  if (seconds >= commitWaitSeconds.warning) return warn('commits-wait', text, more)
  return ok(waits.waiting === 0 ? 'enough synchronous standbys can confirm' : text, at)
}

/** Whether sessions with default settings may write. */
export function judgeWrites(reply: Reply<DatabasePulse>): DiagnosisOutcome {
  if ('fault' in reply) return skipped('no session opened')
  const { at, value: pulse } = reply
  if (!isReadAsPrimary({ pulse })) return skipped('it is not a primary')
  const readOnly = readOnlyByDefault(pulse)
  if (readOnly.kind === 'no') return ok(`it ${writableText(pulse)}`, at)
  if (readOnly.kind === 'unknown') return unknownOutcome(READ_ONLY_UNKNOWN, null, at)
  const more = { next: READ_ONLY_MEND, at }
  const text = `it ${readOnlyByDefaultText(readOnly)}`
  return (readOnly.kind === 'server' ? fail : warn)('primary-read-only', text, more)
}
