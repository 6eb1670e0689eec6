// Details of a database's log and of a slot.

import { formatLsn } from '../../../model/values/lsn.ts'
import { age, bytes, count, instant, perSecond, plural, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { fillingText, forecastText } from './text.ts'
import type { SlotRow, WalFacts, WalRow } from './wal-rows.ts'

/** Everything known of a slot or of a database's log, in sections. */
export function walSections(row: WalRow, scene: Scene): readonly Section[] {
  return row.kind === 'slot' ? [slotSection(row, scene), logSection(row, scene)] : [logSection(row, scene)]
}

function slotSection({ slot, forecast, trouble, user, view }: SlotRow, { now }: Scene): Section {
  const holds = slot.active ? ' if its consumer stopped now' : ''
  return {
    title: `SLOT ${slot.name} ON ${view.name}`,
    age: view.readAt === null ? 'never read' : `read ${age(view.readAt, now)} ago`,
    facts: [
      ...fact('what is wrong', trouble?.text ?? null, trouble?.severity ?? 'plain'),
      ...fact('type', `${slot.type}${slot.temporary ? ', temporary' : ''}`),
      ...fact(
        'used by',
        slot.active ? (user ?? `process ${count(slot.activePid)}`) : 'nobody',
        slot.active ? 'plain' : 'warning',
      ),
      ...fact(
        'unused since',
        slot.inactiveSince === null ? null : `${instant(slot.inactiveSince)} (${age(slot.inactiveSince, now)})`,
      ),
      ...fact('keeps', bytes(slot.retainedBytes)),
      ...fact(
        'from position',
        slot.restartLsn === null ? 'none: it was never used, or is lost' : formatLsn(slot.restartLsn),
      ),
      ...fact('wal_status', slot.walStatus ?? 'none: it was never used'),
      ...fact('invalidated by', slot.invalidationReason, 'critical'),
      ...fact('safe for', safeText(slot.safeBytes)),
      ...fact('at the present rate', `${forecastText(forecast)}${'seconds' in forecast ? holds : ''}`),
    ],
  }
}

function safeText(safe: number | null): string | null {
  if (safe === null) return null
  return safe > 0 ? `${bytes(safe)} more` : `no more: ${bytes(-safe)} above what it may keep`
}

function logSection({ looked, view, rate, space, freeBytes }: WalFacts, { now }: Scene): Section {
  const { value, at } = looked
  const keep = view.pulse?.maxSlotKeepBytes ?? null
  const free =
    freeBytes === null
      ? `${UNKNOWN} its host is ${space ? 'not read yet' : 'not watched'}`
      : `${bytes(freeBytes)} at ${space?.path ?? UNKNOWN}`
  return {
    title: `WAL OF ${view.name}`,
    age: at === null ? 'not read' : `read ${age(at, now)} ago`,
    facts: [
      ...fact('written', `${perSecond(rate)} over the last half minute`),
      ...fact(
        'pg_wal',
        `${bytes(value?.walDirectoryBytes ?? null)} in ${filesText(value?.walFiles ?? null)} of ${bytes(value?.walSegmentBytes ?? null)}`,
      ),
      ...fact('max_wal_size', bytes(value?.maxWalBytes ?? null)),
      ...fact(
        'max_slot_wal_keep_size',
        view.pulse ? (keep === null ? 'no limit: slots may fill the disk' : bytes(keep)) : UNKNOWN,
      ),
      ...fact('free on its disk', free),
      ...fact('disk full in', space ? fillingText(space.fullInSeconds, space.fillingBytesPerSecond) : null),
    ],
  }
}

function filesText(files: number | null): string {
  return files === null ? `${UNKNOWN} files` : plural(files, 'file')
}
