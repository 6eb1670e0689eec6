// The text of an event: its severity, its words, and the alert that it raises.

import type { AlertRule } from '../picture/alert.ts'
import type { ClusterEvent } from '../picture/picture.ts'

/** `raises`: the alert with the same content while it is active. */
export type EventWords = readonly [severity: ClusterEvent['severity'], text: string, raises?: AlertRule]

export function eventOf([severity, text, raises]: EventWords): Pick<ClusterEvent, 'severity' | 'text' | 'raises'> {
  return { severity, text, ...(raises === undefined ? {} : { raises }) }
}
