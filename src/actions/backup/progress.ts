// Bytes that go by, told now and then: a line for each would fill the journal.

import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'

const EVERY_MS = 2_000

/** Tells `what: 1.2 GB of 40 GB (3 %), 85 MB/s` at most every two seconds. `total` null: how many there will be is not known. */
export function byteProgressReporter(
  what: string,
  { writeOutput }: Pick<ActionToolbox, 'writeOutput'>,
): (bytes: number, total: number | null) => void {
  const began = performance.now()
  let toldAt = began
  return (bytes, total) => {
    const now = performance.now()
    if (now - toldAt < EVERY_MS) return
    toldAt = now
    const rate = `${formatBytes(Math.round((bytes * 1000) / (now - began)))}/s`
    const percent = total === null || total <= 0 ? null : Math.min(100, Math.floor((bytes * 100) / total))
    const of = percent === null ? '' : ` of about ${formatBytes(Math.max(total ?? 0, bytes))} (${percent} %)`
    writeOutput(`${what}: ${formatBytes(bytes)}${of}, ${rate}`)
  }
}
