// Conditions of one server that several entries of the configuration lead to, such as its own address and a moving one: its alerts
// are reported once.

import type { AlertRule } from '../../picture/picture.ts'
import { type Member, mainEntryOf } from '../../replication/member.ts'
import type { AlertCondition } from './condition.ts'

/** These are about the entry, not about the server behind it. */
const OF_ENTRIES: ReadonlySet<AlertRule> = new Set(['pooler', 'two-servers'])

/** Leaves out what another entry of the same server says too: each rule and part stays with its main entry. */
export function reportedOnce(
  conditions: readonly AlertCondition[],
  members: readonly Member[],
): readonly AlertCondition[] {
  const mainOf = new Map(members.map((member) => [member.id, mainEntryOf(member, members).id]))
  if ([...mainOf].every(([id, main]) => id === main)) return conditions
  return conditions.filter(({ rule, subject, severity }) => {
    const main = mainOf.get(subject.owner) ?? subject.owner
    if (main === subject.owner || OF_ENTRIES.has(rule)) return true
    return !conditions.some(
      (other) =>
        other.rule === rule &&
        other.subject.owner === main &&
        other.subject.part === subject.part &&
        (other.severity !== null || severity === null),
    )
  })
}
