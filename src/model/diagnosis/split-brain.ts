// Judges whether a database is writable beside another one of its system, by the ranking that everything else shows.

import type { Picture } from '../picture/picture.ts'
import { isReadAsPrimary } from '../picture/roles.ts'
import { keepAdviceText, splitBrainAdvice, splitBrainText } from '../split-brain/advice.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome } from './check-result.ts'

export function judgeSplitBrain({ splitBrains, databases, at }: Picture, id: string): DiagnosisOutcome {
  const view = databases.find((each) => each.id === id)
  if (!view?.pulse || view.problem) return unknownOutcome('whether it is writable is unknown')
  if (!isReadAsPrimary(view)) return skipped('it is not writable')
  const split = splitBrains.find(({ members }) => members.some((member) => member.id === id))
  if (!split) return ok('no other database with its system identifier is writable', at)
  const advice = splitBrainAdvice(split).map(({ name, remedies: all }) => `keep ${name}: ${all[0]?.text ?? ''}`)
  return fail('split-brain', `${splitBrainText(split)}; ${keepAdviceText(split)}`, { next: advice.join(', or '), at })
}
