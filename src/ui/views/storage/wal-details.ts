// Details of a database's WAL and of a slot.

import { countedText } from '../../../model/storage/archiver-stall.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import { age, bytes, count, instant, perSecond, plural, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { diskFillText, slotForecastText } from './text.ts'
import type { SlotRow, WalFacts, WalRow } from './wal-rows.ts'

/** The details of a slot or of a database's WAL, in sections. */
export function walSections(row: WalRow, context: ListContext): readonly DetailSection[] {
  return row.kind === 'slot' ? [slotSection(row, context), logSection(row, context)] : [logSection(row, context)]
}

function slotSection({ slot, forecast, trouble, user, view }: SlotRow, { now }: ListContext): DetailSection {
  const holds = slot.active ? ' if its consumer stopped now' : ''
  return {
    title: `SLOT ${slot.name} ON ${view.name}`,
    age: view.readAt === null ? 'never read' : `read ${age(view.readAt, now)} ago`,
    fields: [
      ...detailField('what is wrong', trouble?.text ?? null, trouble?.severity ?? 'plain'),
      ...detailField('type', `${slot.type}${slot.temporary ? ', temporary' : ''}`),
      ...detailField(
        'used by',
        slot.active ? (user ?? `process ${count(slot.activePid)}`) : 'none: inactive',
        slot.active ? 'plain' : 'warning',
      ),
      ...detailField(
        'unused since',
        slot.inactiveSince === null ? null : `${instant(slot.inactiveSince)} (${age(slot.inactiveSince, now)})`,
      ),
      ...detailField('retains', bytes(slot.retainedBytes)),
      ...detailField(
        'from position',
        slot.restartLsn === null ? 'none: never used, or lost' : formatLsn(slot.restartLsn),
      ),
      ...detailField('wal_status', slot.walStatus ?? 'none: never used'),
      ...detailField('invalidated by', slot.invalidationReason, 'critical'),
      ...detailField('safe for', safeText(slot.safeBytes)),
      ...detailField('at the present rate', `${slotForecastText(forecast)}${'seconds' in forecast ? holds : ''}`),
    ],
  }
}

function safeText(safe: number | null): string | null {
  if (safe === null) return null
  return safe > 0 ? `${bytes(safe)} more` : `no more: ${bytes(-safe)} above its limit`
}

function logSection({ queryResult, view, rate, space, freeBytes }: WalFacts, { now }: ListContext): DetailSection {
  const { value, at } = queryResult
  const keep = view.pulse?.maxSlotKeepBytes ?? null
  const free =
    freeBytes === null
      ? `${UNKNOWN_TEXT} its host is ${space ? 'not read yet' : 'not watched'}`
      : `${bytes(freeBytes)} at ${space?.path ?? UNKNOWN_TEXT}`
  return {
    title: `WAL OF ${view.name}`,
    age: at === null ? 'not read' : `read ${age(at, now)} ago`,
    fields: [
      ...detailField('written', `${perSecond(rate)} over the last half minute`),
      ...detailField(
        'pg_wal',
        `${bytes(value?.walDirectoryBytes ?? null)} in ${filesText(value?.walFiles ?? null)} of ${bytes(value?.walSegmentBytes ?? null)}${countedText(value?.listedAgeSeconds)}`,
      ),
      ...detailField('max_wal_size', bytes(value?.maxWalBytes ?? null)),
      ...detailField(
        'max_slot_wal_keep_size',
        view.pulse ? (keep === null ? 'no limit: slots may fill the disk' : bytes(keep)) : UNKNOWN_TEXT,
      ),
      ...detailField('free on its disk', free),
      ...detailField('disk full in', space ? diskFillText(space.fullInSeconds, space.fillingBytesPerSecond) : null),
    ],
  }
}

function filesText(files: number | null): string {
  return files === null ? `${UNKNOWN_TEXT} files` : plural(files, 'file')
}
