// Positions in the write-ahead log: exact arithmetic on what PostgreSQL prints as two hexadecimal halves.

/** A byte position in the write-ahead log (pg_lsn). Exceeds 2^53, hence a bigint. */
export type Lsn = bigint

const PRINTED = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i

/** Reads `0/5A001F20` as PostgreSQL prints it; null for anything else. */
export function parseLsn(text: string | null | undefined): Lsn | null {
  const halves = PRINTED.exec(text ?? '')
  if (!halves) return null
  return (BigInt(`0x${halves[1]}`) << 32n) | BigInt(`0x${halves[2]}`)
}

/** Prints a position as PostgreSQL does: `0/5A001F20`. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`
}

/**
 * Bytes from `behind` up to `ahead`, never negative: the reading of the downstream may be newer than that of its
 * upstream.
 */
export function bytesBetween(ahead: Lsn, behind: Lsn): number {
  return ahead > behind ? Number(ahead - behind) : 0
}

/** The further of two positions; null means none. */
export function furthestLsn(...positions: readonly (Lsn | null | undefined)[]): Lsn | null {
  let best: Lsn | null = null
  for (const position of positions) {
    if (position != null && (best === null || position > best)) best = position
  }
  return best
}
