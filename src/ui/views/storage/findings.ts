// What somebody should act on today: slots, disks, archives and transaction IDs in danger.

import { WRAPAROUND_LIMITS } from '../../../model/alerts/rules/database-conditions.ts'
import type { FileSystemView } from '../../../model/picture/picture.ts'
import type { ClusterState } from '../../../state/state.ts'
import { perSecond, seconds } from '../../frame/format/values.ts'
import { archiveFailureText, archivingRows } from './archiving-rows.ts'
import { databaseSizeRows } from './sizes-pane.ts'
import { isDue, shortCount } from './text.ts'
import { type StorageFinding, slotRows, walFacts } from './wal-rows.ts'

/** Everything that is wrong, the worst first. */
export function storageFindings(cluster: ClusterState): readonly StorageFinding[] {
  const slots = slotRows(cluster).flatMap(({ trouble }) => (trouble ? [trouble] : []))
  const archivers = archivingRows(cluster).flatMap(({ queryResult, archiving, storage }) =>
    archiving.state === 'failing' ? [warning(archiveFailureText(queryResult.name, archiving, storage))] : [],
  )
  const all = [...slots, ...fillingDisks(cluster).map(warning), ...archivers, ...oldAges(cluster)]
  const those = (wanted: StorageFinding['severity']) => all.filter(({ severity }) => severity === wanted)
  return [...those('critical'), ...those('warning')]
}

function warning(text: string): StorageFinding {
  return { severity: 'warning', text }
}

function oldAges(cluster: ClusterState): readonly StorageFinding[] {
  return databaseSizeRows(cluster)
    .filter(({ ages }) => ages.age >= WRAPAROUND_LIMITS.warning)
    .map(({ size, queryResult, ages }) => ({
      severity: ages.age >= WRAPAROUND_LIMITS.critical ? 'critical' : 'warning',
      text: `${size.name} on ${queryResult.name} is ${shortCount(ages.age)} transactions old: wraparound comes at 2147 M`,
    }))
}

/** File systems for the log that are full within a day, each told once however many databases share it. */
function fillingDisks(cluster: ClusterState): readonly string[] {
  const due = walFacts(cluster).flatMap(({ view, queryResult, space }) => {
    const { fullInSeconds: left = null, fillingBytesPerSecond: rate = null } = space ?? {}
    if (!space || left === null || !isDue(left)) return []
    return [
      {
        disk: diskOf(space, hostOf(cluster, queryResult.record.spec.hostId)),
        name: view.name,
        path: space.path,
        left,
        rate,
      },
    ]
  })
  return [...Map.groupBy(due, ({ disk }) => disk).values()].flatMap((sharing) => {
    const [first] = sharing
    if (!first) return []
    const names = sharing.map(({ name }) => name)
    const last = names.pop() ?? ''
    const whose = names.length === 0 ? last : `${names.join(', ')} and ${last}`
    // The figure first: no narrow screen cuts it off.
    return [`disk full in ${seconds(first.left)}, filling by ${perSecond(first.rate)}: ${first.path} of ${whose}`]
  })
}

/** The machine: several hosts of the config may be this one. */
function hostOf({ hosts }: ClusterState, id: string | null | undefined): string {
  const host = hosts.find(({ spec }) => spec.id === id)
  return host?.spec.access.kind === 'local' ? 'local' : `host ${id ?? ''}`
}

function diskOf({ path, space }: FileSystemView, host: string): string {
  const place = space.state === 'known' ? (space.value.mount ?? space.value.device ?? path) : path
  return `${host} ${place}`
}
