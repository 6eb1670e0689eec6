// What somebody should act on today: slots, disks, archives and transaction IDs in danger.

import { WRAPAROUND } from '../../model/database-conditions.ts'
import type { ClusterState } from '../../state/state.ts'
import { seconds } from '../format/values.ts'
import { archivingRows, failingText } from './archiving-rows.ts'
import { sizeRows } from './database-sizes.ts'
import { isDue, shortCount } from './storage-words.ts'
import { slotRows, type Trouble, walFacts } from './wal-rows.ts'

/** Everything that is wrong, the worst first. */
export function troublesOf(cluster: ClusterState): readonly Trouble[] {
  const slots = slotRows(cluster).flatMap(({ trouble }) => (trouble ? [trouble] : []))
  const archivers = archivingRows(cluster).flatMap(({ looked, archiving, facts }) =>
    archiving.state === 'failing' ? [warning(failingText(looked.name, archiving, facts))] : [],
  )
  const all = [...slots, ...fillingDisks(cluster).map(warning), ...archivers, ...oldAges(cluster)]
  const those = (wanted: Trouble['severity']) => all.filter(({ severity }) => severity === wanted)
  return [...those('critical'), ...those('warning')]
}

function warning(text: string): Trouble {
  return { severity: 'warning', text }
}

function oldAges(cluster: ClusterState): readonly Trouble[] {
  return sizeRows(cluster)
    .filter(({ ages }) => ages.age >= WRAPAROUND.warning)
    .map(({ size, looked, ages }) => ({
      severity: ages.age >= WRAPAROUND.critical ? 'critical' : 'warning',
      text: `${size.name} on ${looked.name} is ${shortCount(ages.age)} transactions old: wraparound comes at 2147 M`,
    }))
}

/** File systems for the log that are full within a day, each told once however many databases share it. */
function fillingDisks(cluster: ClusterState): readonly string[] {
  const due = walFacts(cluster).flatMap(({ view, looked, space }) => {
    const left = space?.fullInSeconds ?? null
    if (!space || left === null || !isDue(left)) return []
    return [{ disk: `${looked.record.spec.hostId} ${space.path}`, name: view.name, path: space.path, left }]
  })
  return [...Map.groupBy(due, ({ disk }) => disk).values()].flatMap((sharing) => {
    const [first] = sharing
    const names = sharing.map(({ name }) => name).join(' and ')
    return first ? [`the disk of ${names} (${first.path}) is full in ${seconds(first.left)}`] : []
  })
}
