// Durations and sizes: reads the notation of the config, prints them for people.

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
}
const PRINTED_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const AMOUNT = /^(\d{1,15}(?:\.\d{1,6})?)\s?([A-Za-z]{1,2})$/

function parseAmount(text: string, units: Readonly<Record<string, number>>): number | null {
  const parts = AMOUNT.exec(text.trim())
  const unit = Object.hasOwn(units, parts?.[2] ?? '') ? units[parts?.[2] ?? ''] : undefined
  if (!parts || unit === undefined) return null
  const amount = Math.round(Number(parts[1]) * unit)
  return Number.isSafeInteger(amount) ? amount : null
}

/** Milliseconds of `1500ms`, `2s`, `5m`, `26h`, `3d`; null for any other text. */
export function parseDuration(text: string): number | null {
  return parseAmount(text, DURATION_UNITS)
}

/** Bytes of `512B`, `800kB`, `8MB`, `1GB`, `2TB` (1 MB = 1024 kB, as in PostgreSQL); null for any other text. */
export function parseSize(text: string): number | null {
  return parseAmount(text, SIZE_UNITS)
}

/** `3.1`, `42`, `5`: one decimal below a hundred, unless it would be a zero. */
function short(amount: number): string {
  return amount < 99.95 ? String(Math.round(amount * 10) / 10) : String(Math.round(amount))
}

/** `0 B`, `800 kB`, `12.4 MB`: in PostgreSQL's units; `?` for no valid size. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '?'
  let amount = Math.abs(bytes)
  let unit = 0
  // 1023.5 would round to 1024 of the smaller unit.
  while (amount >= 1023.5 && unit < PRINTED_UNITS.length - 1) {
    amount /= 1024
    unit += 1
  }
  const digits = unit === 0 ? String(Math.round(amount)) : short(amount)
  return `${bytes < 0 && digits !== '0' ? '-' : ''}${digits} ${PRINTED_UNITS[unit]}`
}

/** `0 s`, `3.1 s`, `42 s`, `4 min`, `2 h 5 min`, `3 d 4 h`: a duration in seconds; `?` for no valid one. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  const amount = Math.max(0, seconds)
  if (amount < 9.95) return `${Math.round(amount * 10) / 10} s`
  if (amount < 59.5) return `${Math.round(amount)} s`
  const minutes = Math.round(amount / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(amount / 3600)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

/** `42 s`, `5 min`, `3 h`, `12 d`: an age in milliseconds, in whole units; `?` for no valid one. */
export function formatAge(ms: number): string {
  if (!Number.isFinite(ms)) return '?'
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
