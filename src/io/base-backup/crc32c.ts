// CRC-32C (Castagnoli), the default checksum of PostgreSQL's manifests.

const SLICES = 8
const POLYNOMIAL = 0x82f63b78

/** Eight tables, so that each step processes eight bytes. */
const TABLES: readonly Int32Array[] = tables()

function tables(): readonly Int32Array[] {
  const made = Array.from({ length: SLICES }, () => new Int32Array(256))
  const [first = new Int32Array(256)] = made
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    first[byte] = crc
  }
  for (let slice = 1; slice < SLICES; slice++) {
    const before = made[slice - 1] ?? first
    const table = made[slice] ?? first
    for (let byte = 0; byte < 256; byte++) {
      const crc = before[byte] ?? 0
      table[byte] = (crc >>> 8) ^ (first[crc & 0xff] ?? 0)
    }
  }
  return made
}

/** Returns the state after more bytes. It starts with -1 and is inverted at the end. */
export function crc32c(state: number, bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as unknown as readonly [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length - (bytes.length % SLICES)
  let crc = state
  let at = 0
  for (; at < whole; at += SLICES) {
    const low = view.getInt32(at, true) ^ crc
    const high = view.getInt32(at + 4, true)
    crc =
      (t7[low & 0xff] ?? 0) ^
      (t6[(low >>> 8) & 0xff] ?? 0) ^
      (t5[(low >>> 16) & 0xff] ?? 0) ^
      (t4[low >>> 24] ?? 0) ^
      (t3[high & 0xff] ?? 0) ^
      (t2[(high >>> 8) & 0xff] ?? 0) ^
      (t1[(high >>> 16) & 0xff] ?? 0) ^
      (t0[high >>> 24] ?? 0)
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return crc
}
