// The summary above the figures: whatever fills a disk, loses a slot, fails to archive or approaches wraparound, the
// worst first; or that nothing does.

import type { FileSystemView } from '../../../model/picture/picture.ts'
import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import { lastGood } from '../../../model/values/reading.ts'
import { refusalOf, SLOTS_FUNCTION } from '../../../model/values/refused-function.ts'
import { listText } from '../../../model/values/text.ts'
import type { ClusterState } from '../../../state/state.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span, type TextStyle } from '../../frame/format/line.ts'
import { bytes, perSecond, seconds } from '../../frame/format/values.ts'
import type { ListContext } from '../list/list-options.ts'
import { queryResultNotes, queryResultsOf, whyNoRows } from '../list/query-results.ts'
import { archiveFailureText, archivingRows } from './archiving-rows.ts'
import { databaseSizeRows } from './sizes-pane.ts'
import { isDue, shortCount } from './text.ts'
import { type SlotRow, type StorageFinding, slotRows, walFacts } from './wal-rows.ts'

/** This many are named on a low and on a high screen. More are counted: the tables show them. */
const NAMED = { low: 3, high: 6 }
const HIGH = 30

/** The problems, the worst first; one line if there is none. */
export function storageSummary(context: ListContext): readonly Line[] {
  const troubles = storageFindings(context.cluster)
  const { rows, glyphs } = context.screen
  const named = troubles.slice(0, rows < HIGH ? NAMED.low : NAMED.high)
  const more = troubles.length - named.length
  return [
    ...(troubles.length === 0 ? calm(context) : []),
    ...named.map(({ severity, text }): Line => [span(` ${glyphs[severity]} ${text}`, severity)]),
    ...(more === 0 ? [] : [[span(`   and ${more} more`, 'dim')]]),
    ...doubts(context),
    ...queryResultNotes(context, 'storage', STORAGE_INTERVAL_MS),
  ]
}

/** Only from known facts. */
function calm(context: ListContext): readonly Line[] {
  const { cluster, screen } = context
  // Before the first reading, the list below tells what is awaited.
  if (!queryResultsOf(cluster, 'storage').some(({ value }) => value)) return []
  const areHidden = cluster.databases.some(({ pulse }) => refusalOf(lastGood(pulse), SLOTS_FUNCTION) !== null)
  const slots = areHidden || slotRows(cluster).some(isUnknown) ? [] : ['slots']
  const disks = walFacts(cluster).every(({ space }) => space?.fillingBytesPerSecond != null) ? ['disks'] : []
  const text = `${[...slots, ...disks, 'archiving'].join(', ')} and transaction IDs are in order`
  return marked(screen.glyphs.ok, 'ok', whyNoRows(context, 'storage', text), screen.columns)
}

/** Slots without a forecast of a full disk. */
function doubts({ cluster, screen }: ListContext): readonly Line[] {
  return slotRows(cluster)
    .filter(isUnknown)
    .slice(0, NAMED.low)
    .flatMap(({ slot, view, rate }) => {
      const why = rate === null ? 'too few readings to estimate' : 'watch its host to see that'
      const text = `slot ${slot.name} on ${view.name} is inactive and retains ${bytes(slot.retainedBytes)}; time left: ${why}`
      return marked(screen.glyphs.unknown, 'warning', text, screen.columns)
    })
}

function isUnknown({ slot, forecast }: SlotRow): boolean {
  return forecast.kind === 'unknown' && !slot.active
}

function marked(mark: string, style: TextStyle, text: string, columns: number): readonly Line[] {
  return wrapText(text, columns - 4).map(
    (piece, index): Line => [span(index === 0 ? ` ${mark} ` : '   ', style), span(piece)],
  )
}

/** All problems, the worst first. */
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
  const { warning: low, critical } = cluster.spec.thresholds.transactionIdAge
  return databaseSizeRows(cluster)
    .flatMap(({ size, queryResult, ages }) => (ages === null ? [] : [{ size, queryResult, oldest: ages.age }]))
    .filter(({ oldest }) => oldest >= low)
    .map(({ size, queryResult, oldest }) => ({
      severity: oldest >= critical ? 'critical' : 'warning',
      text: `${size.name} on ${queryResult.name} is ${shortCount(oldest)} transactions old: wraparound comes at 2147 M`,
    }))
}

/** File systems with WAL that are full within a day, each listed once however many databases share it. */
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
    const whose = listText(sharing.map(({ name }) => name))
    // The figure comes first: no narrow screen cuts it off.
    return [`disk full in ${seconds(first.left)}, filling by ${perSecond(first.rate)}: ${first.path} of ${whose}`]
  })
}

/** The machine: several hosts of the config may be the same one. */
function hostOf({ hosts }: ClusterState, id: string | null | undefined): string {
  const host = hosts.find(({ spec }) => spec.id === id)
  return host?.spec.access.kind === 'local' ? 'local' : `host ${id ?? ''}`
}

function diskOf({ path, space }: FileSystemView, host: string): string {
  const place = space.state === 'known' ? (space.value.mount ?? space.value.device ?? path) : path
  return `${host} ${place}`
}
