// The answer before the figures: what fills a disk, loses a slot, fails to archive or nears wraparound; or that nothing does.

import { WRAPAROUND } from '../../model/database-conditions.ts'
import type { Severity } from '../../model/picture.ts'
import { STORAGE_INTERVAL_MS } from '../../model/storage.ts'
import type { ClusterState } from '../../state/state.ts'
import { type Line, span } from '../format/line.ts'
import { plural, seconds } from '../format/values.ts'
import { archivingRows, failingText } from './archiving-rows.ts'
import { sizeRows } from './database-sizes.ts'
import type { Scene } from './list-shape.ts'
import { lookedAt, lookNotes, whyNothing } from './looked.ts'
import { isDue, transactions } from './storage-words.ts'
import { slotRows, type Trouble, walFacts } from './wal-rows.ts'

/** More than these are counted: the tables show them. */
const NAMED = 3

/** What is wrong, the worst first; one calm line when nothing is. */
export function storageSummary(scene: Scene): readonly Line[] {
  return [...verdict(scene), ...lookNotes(scene, 'storage', STORAGE_INTERVAL_MS)]
}

function verdict(scene: Scene): readonly Line[] {
  const { cluster, screen } = scene
  const troubles = troublesOf(cluster)
  if (troubles.length === 0) return calm(scene)
  const named = troubles.slice(0, NAMED)
  const more = troubles.length - named.length
  return [
    ...named.map(({ severity, text }): Line => [span(` ${screen.glyphs[severity]} ${text}`, severity)]),
    ...(more === 0 ? [] : [[span(`   and ${plural(more, 'more trouble')}`, 'dim')]]),
  ]
}

function calm(scene: Scene): readonly Line[] {
  // While nothing was read, the list below says what is waited for.
  if (!lookedAt(scene.cluster, 'storage').some(({ value }) => value)) return []
  const nothing = 'no slot is in danger, no disk fills within a day, archiving and transaction IDs are in order'
  return [[span(` ${scene.screen.glyphs.ok} `, 'ok'), span(whyNothing(scene, 'storage', nothing))]]
}

/** Everything that somebody should act on today. */
export function troublesOf(cluster: ClusterState): readonly Trouble[] {
  const warning = (text: string, severity: Severity = 'warning'): Trouble => ({ severity, text })
  const slots = slotRows(cluster).flatMap(({ trouble }) => (trouble ? [trouble] : []))
  const disks = walFacts(cluster).flatMap(({ view, space }) =>
    space?.fullInSeconds != null && isDue(space.fullInSeconds)
      ? [warning(`the disk of ${view.name} (${space.path}) is full in ${seconds(space.fullInSeconds)}`)]
      : [],
  )
  const archivers = archivingRows(cluster).flatMap(({ looked, archiving, facts }) =>
    archiving.state === 'failing' ? [warning(failingText(looked.name, archiving, facts))] : [],
  )
  const ages = sizeRows(cluster)
    .filter(({ ages }) => ages.age >= WRAPAROUND.warning)
    .map(({ size, looked, ages }) => {
      const severity = ages.age >= WRAPAROUND.critical ? 'critical' : 'warning'
      const text = `${size.name} on ${looked.name} is ${transactions(ages.age)} transactions old: wraparound comes at 2147 M`
      return warning(text, severity)
    })
  const all = [...slots, ...disks, ...archivers, ...ages]
  return [
    ...all.filter(({ severity }) => severity === 'critical'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ]
}
