// Finds which server acts as the primary instead of an old one, also for one that this pgdeck has never read.

import { isSameSystem } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import type { ActionToolbox, ClusterView, PlanningView } from '../definition/action.ts'
import { knownSystemIdentifier } from '../hosts/server-on-host.ts'

/**
 * Returns the writable servers with the same system identifier. If that of the old primary is unknown, all writable
 * servers count.
 */
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

/**
 * Returns that server; null if there is none or if several are possible. The control file of the old primary decides
 * between several.
 */
export async function actingPrimaryOf(
  clusterView: PlanningView,
  old: DatabaseView,
  tools: ActionToolbox,
): Promise<DatabaseView | null> {
  const candidates = actingPrimariesFor(clusterView, old)
  const system = await knownSystemIdentifier(old, tools)
  const fitting =
    system === null ? candidates : candidates.filter((each) => isSameSystem(each, { systemIdentifier: system }))
  const [first] = fitting
  return fitting.length === 1 && first ? first : null
}
