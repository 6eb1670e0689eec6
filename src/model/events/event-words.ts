// What an event says: how bad it is, in which words, and which alert it raises.

import type { AlertRule } from '../picture/alert.ts'
import type { ClusterEvent } from '../picture/picture.ts'

/** `raises`: the alert that says the same as long as it stands. */
export type EventWords = readonly [severity: ClusterEvent['severity'], text: string, raises?: AlertRule]

export function eventOf([severity, text, raises]: EventWords): Pick<ClusterEvent, 'severity' | 'text' | 'raises'> {
  return { severity, text, ...(raises === undefined ? {} : { raises }) }
}
