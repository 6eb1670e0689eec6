// The signs of a manager on the databases of a cluster, each with where it was seen.

import type { ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood } from '../../values/reading.ts'
import { type ManagerEvidence, managerEvidenceOn } from './evidence.ts'

export interface Seen extends ManagerEvidence {
  readonly where: string
}

/** Whether a sign of this weight is among them. */
export function hasWeight(seen: readonly Seen[], weight: ManagerEvidence['weight']): boolean {
  return seen.some((each) => each.weight === weight)
}

/** The signs on one database, at its last good reading. */
export function seenOn({ pulse, manager, displayName }: DatabaseRecord, kind: ManagerKind): readonly Seen[] {
  const last = lastGood(pulse)
  const traces = (manager && lastGood(manager)?.traces) ?? null
  // A manager that ran at the last reading of a server may have ended with the server.
  const isOld = pulse.state !== 'fresh'
  return (last ? managerEvidenceOn(last, traces, kind) : []).map((each) => {
    return { ...each, weight: isOld && each.weight === 'live' ? 'trace' : each.weight, where: displayName }
  })
}

/** One sentence for a sign that several databases show; the strongest first. */
export function seenTexts(seen: readonly Seen[]): readonly string[] {
  const weights = ['live', 'trace', 'hint']
  const ranked = seen.toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight))
  const groups = Map.groupBy(ranked, ({ what }) => what)
  return [...groups].map(([what, all]) => `${all.map(({ where }) => where).join(', ')}: ${what}`)
}
