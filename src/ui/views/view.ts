// What every view is given besides the state.

import type { DatabaseView, Picture, Severity } from '../../model/picture.ts'
import type { Glyphs } from '../format/glyphs.ts'

/** The room a view has, in cells, and the marks it may use. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  readonly glyphs: Glyphs
}

/** The smallest terminal that shows anything sensible. */
export const LEAST = { columns: 60, rows: 12 }

/** The worst alert about each subject; slots (`database/slot`) count for their database. */
export function worstAlerts(picture: Picture): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>()
  for (const { subject, severity } of picture.alerts) {
    for (const id of new Set([subject, subject.split('/')[0] ?? subject])) {
      if (severity === 'critical' || !worst.has(id)) worst.set(id, severity)
    }
  }
  // A split brain is told of the cluster; the nodes that make it must not look fine.
  if (picture.alerts.some(({ rule }) => rule === 'split-brain')) {
    for (const { id } of rivals(picture)) worst.set(id, 'critical')
  }
  return worst
}

function rivals({ databases }: Picture): readonly DatabaseView[] {
  const primaries = databases.filter(({ role, systemIdentifier }) => role === 'primary' && systemIdentifier !== null)
  return primaries.filter((one) =>
    primaries.some((other) => other !== one && other.systemIdentifier === one.systemIdentifier),
  )
}

/** First index of `length` rows shown so that the selected one is in sight, near the middle where possible. */
export function firstShown(selected: number, total: number, length: number): number {
  return Math.max(0, Math.min(selected - Math.floor(length / 2), total - length))
}
