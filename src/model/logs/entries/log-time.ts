// The times of a log: local time with an abbreviation, in the zone of `log_timezone`.

/** A local time as in `%m`, `%t`, csvlog and jsonlog: `2026-11-29 12:13:14.123 CET`. */
export const LOG_TIME =
  /(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?) ?(Z\b|[+-]\d{2}(?::?\d{2}){0,2}|[A-Z]{2,6}\b)?/

/** Hours ahead of UTC, for abbreviations that mean one zone everywhere; CST, IST, BST and PST mean several. */
const CERTAIN: Readonly<Record<string, number>> = {
  ...{ WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3, SAST: 2, EAT: 3 },
  ...{ EDT: -4, MDT: -6, PDT: -7, AKDT: -8, AKST: -9, HST: -10, NST: -3.5, NDT: -2.5 },
  ...{ JST: 9, KST: 9, HKT: 8, PKT: 5, WIB: 7, AWST: 8, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
}

/** Abbreviations that mean several zones, but one of the two times of each. */
const SUMMER = /^[A-Z]{1,3}DT$/
const WINTER = /^(?:E|C|M|P|A|AC)ST$/

/**
 * Returns the instant of a local time in milliseconds; null if its zone is uncertain. `zone` is the server's
 * log_timezone. `before` is the instant of the previous entry: it decides which of the two hours is meant when a
 * clock is set back.
 */
export function instantOf(found: RegExpMatchArray | null, zone: string | null, before: number | null): number | null {
  const [, day, time, mark = ''] = found ?? []
  const local = Date.parse(`${day}T${time?.replace(',', '.')}Z`)
  if (day === undefined || Number.isNaN(local)) return null
  if (/^(?:UTC|GMT|Z)$/.test(mark)) return local
  if (/^[+-]/.test(mark)) return local - offsetMs(mark)
  const hours = CERTAIN[mark]
  const certain = hours === undefined ? null : local - hours * 3_600_000
  const candidates = zone === null ? [] : instantsIn(zone, local)
  // When a clock is set back, the time of summer comes first.
  const [summer = null, winter = summer] = candidates
  const named = SUMMER.test(mark) ? summer : WINTER.test(mark) ? winter : null
  return chosen(candidates, certain ?? named, before)
}

/**
 * Chooses among the instants at which the clock of the zone shows this time, by the abbreviation and the previous
 * entry.
 */
function chosen(candidates: readonly number[], certain: number | null, before: number | null): number | null {
  const [first = null] = candidates
  if (first === null || (certain !== null && candidates.includes(certain))) return certain
  if (candidates.length === 1 || before === null) return first
  return candidates.find((at) => at >= before) ?? candidates.at(-1) ?? null
}

/** `+01`, `-0330`, `+05:30`: abbreviations of zones without a name. */
function offsetMs(mark: string): number {
  const [hours = '0', minutes = '0'] = mark.slice(1).match(/\d{2}/g) ?? []
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000
  return mark.startsWith('-') ? -size : size
}

/**
 * Returns the instants at which a clock in the zone shows this local time, the earlier first; none for an unknown
 * zone.
 */
function instantsIn(zone: string, local: number): readonly number[] {
  const format = formatOf(zone)
  if (format === null) return []
  const day = 86_400_000
  const around = new Set([local - day, local, local + day].map((at) => offsetAt(format, at)))
  const found = [...around].map((offset) => local - offset).filter((at) => at + offsetAt(format, at) === local)
  return found.sort((a, b) => a - b)
}

const formats = new Map<string, Intl.DateTimeFormat | null>()

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = newFormat(/^(?:posix|right)\//.test(zone) ? zone.slice(zone.indexOf('/') + 1) : zone)
  formats.set(zone, format)
  return format
}

function newFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
    const times = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
    return new Intl.DateTimeFormat('en-US', { timeZone, ...parts, ...times, era: 'short' })
  } catch {
    return null
  }
}

/** Clocks are put forward and back at full quarters of an hour. */
const QUARTER_MS = 900_000
const MOST_OFFSETS = 2_000
const offsets = new WeakMap<Intl.DateTimeFormat, Map<number, number>>()

/** How far the zone's clock is ahead of UTC then, in milliseconds. Kept: the lines of a log are close to each other. */
function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const kept = offsets.get(format) ?? new Map<number, number>()
  offsets.set(format, kept)
  const quarter = Math.floor(at / QUARTER_MS)
  const known = kept.get(quarter)
  if (known !== undefined) return known
  if (kept.size >= MOST_OFFSETS) kept.clear()
  const offset = readOffset(format, at)
  kept.set(quarter, offset)
  return offset
}

function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const whole = Math.floor(at / 1000) * 1000
  const parts = new Map(format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return shown - whole
}
