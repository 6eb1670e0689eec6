// Details of a database that a manager is in charge of: which one, how that is known, and its own commands.

import { isManagerMissing } from '../../../model/managers/detection/cluster-manager.ts'
import { managerBlockFor, managerTitle } from '../../../model/managers/manager-guard.ts'
import type { DatabaseView, Picture } from '../../../model/picture/picture.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import { age, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'

const STANDINGS = {
  live: '',
  silent: ', but nothing shows that it runs',
  hint: ', perhaps: any user can bring about what is seen',
} as const
const AGENTS = { runs: 'runs', silent: 'does not answer', unknown: UNKNOWN_TEXT } as const

/** One section; empty where nobody is in charge. */
export function managerSection(picture: Picture, { id, role }: DatabaseView, now: number): DetailSection {
  const { manager } = picture
  if (!manager) return { title: 'MANAGER', age: '', fields: [] }
  const block = managerBlockFor(picture, role === 'primary' ? 'fence' : 'switchover', id)
  const standing =
    manager.activity === 'silent' && !isManagerMissing(manager) ? ', by its signs' : STANDINGS[manager.activity]
  const leader = manager.leader === null ? UNKNOWN_TEXT : displayNameOf(picture, manager.leader)
  return {
    title: 'MANAGER',
    age: manager.readAt === null ? 'seen by its signs' : `read ${age(manager.readAt, now)} ago`,
    fields: [
      ...detailField(
        'in charge',
        `${managerTitle(manager)}${manager.paused ? ', paused' : ''}${standing}`,
        manager.paused || standing !== '' ? 'warning' : 'plain',
      ),
      ...detailField('its agent here', AGENTS[manager.agents[id] ?? 'unknown']),
      ...detailField('calls this database', manager.names[id] ?? UNKNOWN_TEXT),
      ...detailField('holds for the primary', leader),
      ...manager.evidence.flatMap((what, index) => detailField(index === 0 ? 'known by' : '', what)),
      ...detailField(role === 'primary' ? 'to stop it' : 'to make it the primary', block?.command ?? null, 'strong'),
      ...detailField('', block?.where ?? null, 'dim'),
    ],
  }
}
