// Tells "something is wrong there" from "nothing could be reached from here".

import type { Fault, FaultCode } from '../../model/values/fault.ts'
import { faultOf, type Reading } from '../../model/values/reading.ts'
import type { State } from '../../state/state.ts'

/** Faults without a word from the other side; all others were answered by something. */
const SILENT: readonly FaultCode[] = ['unreachable', 'refused', 'timeout', 'dns']

/** True when no database and no server of any cluster has answered anything. */
export function allUnreachable(state: State): boolean {
  const readings: readonly Reading<unknown>[] = state.clusters.flatMap(({ databases, servers }) => [
    ...databases.map(({ pulse }) => pulse),
    ...servers.map(({ pulse }) => pulse),
  ])
  return readings.length > 0 && readings.every((reading) => isSilent(reading, faultOf(reading)))
}

function isSilent(reading: Reading<unknown>, fault: Fault | null): boolean {
  return reading.state !== 'fresh' && (fault === null || SILENT.includes(fault.code))
}
