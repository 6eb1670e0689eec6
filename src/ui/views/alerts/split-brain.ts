// What can be done about databases that take writes side by side, as facts of an alert's details.

import type { Picture } from '../../../model/picture/picture.ts'
import { type SplitBrainAdvice, splitBrainAdvice } from '../../../model/split-brain/advice.ts'
import { type DetailField, detailField } from '../../frame/parts/field-list.ts'

/** One choice where it is clear which to keep; else each, with what speaks for it and what it costs. */
export function splitBrainFields({ splitBrains }: Picture): readonly DetailField[] {
  return splitBrains.flatMap((split) => splitBrainAdvice(split).flatMap(choice))
}

function choice({ name, reason, cost, remedies }: SplitBrainAdvice): readonly DetailField[] {
  return [
    ...detailField(`to keep ${name}`, reason === null ? cost : `${reason}; ${cost}`, 'strong'),
    ...remedies.flatMap(({ label, text }) => detailField(label, text)),
  ]
}
