// Judges whether the server lets this role read all figures of a poll.

import { hostingProvider } from '../managers/detection/provider.ts'
import type { DatabasePulse } from '../measured/pulse.ts'
import { refusedFunctionText } from '../values/refused-function.ts'
import { type DiagnosisOutcome, ok, skipped, unknownOutcome } from './check-result.ts'
import type { Reply } from './session.ts'

/** Unknown if functions are refused: what they would have told was not looked at. */
export function judgeRefusedFunctions(reply: Reply<DatabasePulse>): DiagnosisOutcome {
  if ('fault' in reply) return skipped('no session opened')
  const { refused = [], managerSigns } = reply.value
  const [first] = refused
  if (!first) return ok('all of them', reply.at)
  const provider = hostingProvider(managerSigns)
  const where = provider === null ? '' : `; it is of ${provider}`
  const next = refused.find(({ grant }) => grant !== null)?.grant ?? null
  return unknownOutcome(`${refused.map(refusedFunctionText).join('; ')}${where}`, next, reply.at)
}
