// The answer before the figures: what fills a disk, loses a slot, fails to archive or nears wraparound; or that nothing does.

import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span, type TextStyle } from '../../frame/format/line.ts'
import { bytes } from '../../frame/format/values.ts'
import type { ListContext } from '../list/list-options.ts'
import { queryResultNotes, queryResultsOf, whyNoRows } from '../list/query-results.ts'
import { storageFindings } from './findings.ts'
import { type SlotRow, slotRows, walFacts } from './wal-rows.ts'

/** So many are named on a low and on a high screen; more are counted: the tables show them. */
const NAMED = { low: 3, high: 6 }
const HIGH = 30

/** What is wrong, the worst first; one calm line when nothing is. */
export function storageSummary(scene: ListContext): readonly Line[] {
  const troubles = storageFindings(scene.cluster)
  const { rows, glyphs } = scene.screen
  const named = troubles.slice(0, rows < HIGH ? NAMED.low : NAMED.high)
  const more = troubles.length - named.length
  return [
    ...(troubles.length === 0 ? calm(scene) : []),
    ...named.map(({ severity, text }): Line => [span(` ${glyphs[severity]} ${text}`, severity)]),
    ...(more === 0 ? [] : [[span(`   and ${more} more`, 'dim')]]),
    ...doubts(scene),
    ...queryResultNotes(scene, 'storage', STORAGE_INTERVAL_MS),
  ]
}

/** Says no more than is known. */
function calm(scene: ListContext): readonly Line[] {
  const { cluster, screen } = scene
  // While nothing was read, the list below says what is waited for.
  if (!queryResultsOf(cluster, 'storage').some(({ value }) => value)) return []
  const slots = slotRows(cluster).some(isUnknown) ? [] : ['slots']
  const disks = walFacts(cluster).every(({ space }) => space?.fillingBytesPerSecond != null) ? ['disks'] : []
  const text = `${[...slots, ...disks, 'archiving'].join(', ')} and transaction IDs are in order`
  return marked(screen.glyphs.ok, 'ok', whyNoRows(scene, 'storage', text), screen.columns)
}

/** Slots of which nobody knows when they fill the disk. */
function doubts({ cluster, screen }: ListContext): readonly Line[] {
  return slotRows(cluster)
    .filter(isUnknown)
    .slice(0, NAMED.low)
    .flatMap(({ slot, view, rate }) => {
      const why = rate === null ? 'too little has been seen to tell' : 'it can be told once its host is watched'
      const text = `slot ${slot.name} on ${view.name} is used by nobody and keeps ${bytes(slot.retainedBytes)}: for how long, ${why}`
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
