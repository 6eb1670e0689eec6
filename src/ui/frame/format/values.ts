// Figures in the form of the screen: always with their unit, and `?` if unknown.

import { formatAge, formatBytes, formatSeconds } from '../../../model/values/units.ts'

export const UNKNOWN_TEXT = '?'

const two = (number: number) => String(number).padStart(2, '0')

/** `14:32:07`, in the user's own time zone. */
export function clock(at: number): string {
  const time = new Date(at)
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** `2026-11-22 14:32:07`, in the user's own time zone. */
export function instant(at: number | null): string {
  if (at === null || !Number.isFinite(at)) return UNKNOWN_TEXT
  const time = new Date(at)
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(at)}`
}

/** The time for instants of today, the date and the minute for older ones: always 8 to 11 cells. */
export function shortInstant(at: number, now: number): string {
  const time = new Date(at)
  const today = new Date(now)
  if (time.toDateString() === today.toDateString()) return clock(at)
  return `${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`
}

export function bytes(value: number | null): string {
  return value === null ? UNKNOWN_TEXT : formatBytes(value)
}

/** `4.2 MB/s`. */
export function perSecond(rate: number | null): string {
  return rate === null ? UNKNOWN_TEXT : `${formatBytes(rate)}/s`
}

/** A rate per second without its unit: `1240`, `3.2`. */
export function rate(value: number | null): string {
  if (value === null) return UNKNOWN_TEXT
  return value > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value))
}

export function seconds(value: number | null): string {
  return value === null ? UNKNOWN_TEXT : formatSeconds(value)
}

/** `3.1 ms`, `41 ms`, `1.5 s`. */
export function milliseconds(value: number | null): string {
  if (value === null) return UNKNOWN_TEXT
  if (value >= 1000) return formatSeconds(value / 1000)
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ms`
}

/** An age, `42 s`. */
export function age(at: number | null, now: number): string {
  return at === null ? UNKNOWN_TEXT : formatAge(Math.max(0, now - at))
}

export function count(value: number | null): string {
  return value === null ? UNKNOWN_TEXT : String(value)
}

/** `1 alert`, `2 alerts`. */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** `2.5 s` between polls, in whole or half seconds. */
export function interval(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`
}

/** A trend as one character per value, the newest last; a gap is a space. The scale begins at 0, so that noise stays flat. */
export function sparkline(values: readonly (number | null)[], width: number, levels: string, floor: number): string {
  if (levels === '' || width <= 0) return ''
  const recent = values.slice(-width)
  const top = Math.max(floor, ...recent.map((value) => value ?? 0))
  const marks = recent.map((value) => {
    if (value === null) return ' '
    return levels[Math.min(levels.length - 1, Math.floor((value / top) * levels.length))] ?? ' '
  })
  return marks.join('').padStart(width)
}
