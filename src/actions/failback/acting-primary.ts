// Who acts as the primary in the place of an old one, also of one that this pgdeck has never read.

import { isSameSystem } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import type { ActionToolbox, ClusterView, PlanningView } from '../definition/action.ts'
import { knownSystemIdentifier } from '../hosts/server-on-host.ts'

/** Those that take writes and are of the same system, or may be where that of the old primary is not known. */
export function actingPrimariesFor(
  { picture }: Pick<ClusterView, 'picture'>,
  old: DatabaseView,
): readonly DatabaseView[] {
  return picture.databases.filter(
    (each) =>
      each.id !== old.id &&
      isWritable(each) &&
      (old.systemIdentifier === null || isSameSystem(each, old)) &&
      !areMirrored(picture, each, old),
  )
}

/** The one; null where there is none, or which is not known. The control file of the old primary settles a doubt. */
export async function actingPrimaryOf(
  clusterView: PlanningView,
  old: DatabaseView,
  tools: ActionToolbox,
): Promise<DatabaseView | null> {
  const found = actingPrimariesFor(clusterView, old)
  const system = await knownSystemIdentifier(old, tools)
  const fitting = system === null ? found : found.filter((each) => isSameSystem(each, { systemIdentifier: system }))
  const [first] = fitting
  return fitting.length === 1 && first ? first : null
}
