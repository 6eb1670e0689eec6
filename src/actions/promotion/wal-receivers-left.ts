// The check for programs that receive WAL from the old primary, such as those of Barman: they do not follow the role.

import { senderKindOf } from '../../model/measured/sender-kind.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { clean } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'

/** Warns with the name of each and its slot. */
export function walReceiversLeft(primary: DatabaseView, target: DatabaseView): PreflightCheck {
  return {
    id: 'wal-receivers',
    mayOverride: true,
    run(): PreflightResult {
      const { pulse } = primary
      const left = (pulse?.senders ?? []).filter((sender) => senderKindOf(sender, pulse) === 'archiver')
      if (left.length === 0) return null
      const names = left.map(({ applicationName, slot }) =>
        clean(slot === null ? applicationName : `${applicationName} (slot ${slot})`),
      )
      const slots = left.flatMap(({ slot }) => slot ?? [])
      const kept = slots.length === 0 ? '' : ` Drop ${slots.join(', ')} on ${primary.name} then: it retains WAL there.`
      return {
        result: 'warn',
        message: `${names.join(', ')} on ${primary.name} receives WAL from there, and does not follow to ${target.name}`,
        hint: clean(`Point it at ${target.name} afterwards, with a slot there.${kept}`),
      }
    },
  }
}
