// The times in which two mirrored databases did not exchange changes: from the events of their links, also of earlier
// days, which the audit log has as text.

import type { Mirroring } from '../picture/picture.ts'
import { parseDuration } from '../values/units.ts'

/** Times are milliseconds since the epoch. */
export interface ExchangeOutage {
  readonly from: number
  /** null: it lasts. */
  readonly to: number | null
}

/** How the event of a cut begins; `name` is the other database. */
export function exchangeCutText(name: string): string {
  return `receives no changes from ${name} any more`
}

/** How the event of its end begins. `after`: the duration in words; null: unknown. */
export function exchangeMergedText(after: string | null): string {
  return after === null ? 'merged' : `merged after ${after}`
}

const CUT = /^receives no changes from .* any more/
const MERGED = /^merged(?: after ([^:]+))?: has /

/** An event of the audit log. */
interface NotedEvent {
  readonly at: number
  /** Id of the database. */
  readonly server: string | null
  readonly what: string
}

/**
 * Returns the outages of a mirrored pair, the newest first. `events` may be in any order; a cut that was not noted begins as long
 * before its end as that says. `mirroring` are both directions now; null: not asked, a cut without its end lasts.
 */
export function exchangeOutages(
  events: readonly NotedEvent[],
  pair: readonly string[],
  mirroring: readonly Mirroring[] | null,
): readonly ExchangeOutage[] {
  const found: ExchangeOutage[] = []
  let cutAt: number | null = null
  const own = events.filter(({ server }) => server !== null && pair.includes(server))
  for (const { at, what } of own.toSorted((one, other) => one.at - other.at)) {
    const merged = MERGED.exec(what)
    if (CUT.test(what)) cutAt ??= at
    else if (merged) {
      const from = cutAt ?? beginOf(at, merged[1])
      if (from !== null) found.push({ from, to: at })
      cutAt = null
    }
  }
  const apart = mirroring?.filter(({ state }) => state === 'cut' || state === 'merging') ?? []
  const isLasting = mirroring === null || apart.length > 0
  const begins = [...apart.map(({ since }) => since), isLasting ? cutAt : null].filter((at) => at !== null)
  if (begins.length > 0) found.push({ from: Math.min(...begins), to: null })
  return joined(found).toReversed()
}

/** `25 s` before its end, and a unit more: the words are rounded down. */
function beginOf(end: number, words: string | undefined): number | null {
  const ms = words === undefined ? null : parseDuration(words.replace(/\bmin\b/, 'm'))
  if (ms === null) return null
  const unit = ms < 60_000 ? 1_000 : ms < 3_600_000 ? 60_000 : ms < 86_400_000 ? 3_600_000 : 86_400_000
  return end - ms - unit
}

/** Both directions are cut and merged about the same time: that is one outage. */
function joined(outages: readonly ExchangeOutage[]): readonly ExchangeOutage[] {
  const all: ExchangeOutage[] = []
  for (const outage of outages.toSorted((one, other) => one.from - other.from)) {
    const last = all.at(-1)
    if (!last || (last.to !== null && last.to < outage.from)) all.push(outage)
    else all[all.length - 1] = { from: last.from, to: laterEnd(last.to, outage.to) }
  }
  return all
}

function laterEnd(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other)
}

/** Whether something at that time was during one of them. */
export function isDuringOutage(outages: readonly ExchangeOutage[], at: number): boolean {
  return outages.some(({ from, to }) => at >= from && (to === null || at <= to))
}
