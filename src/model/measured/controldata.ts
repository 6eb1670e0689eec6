// What pg_controldata prints of a data directory in the C locale: a name and a value on each line.

import { parseLsn } from '../values/lsn.ts'
import type { ControlFile } from './host.ts'

/** The values by their names, as they are printed; lines of another kind are left out. */
export function controldataValues(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([^:]+):\s+(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value.trim()] as const]
    }),
  )
}

/** What pg_controldata prints in the C locale; null when that is not its output. */
export function parsePgControldata(lines: readonly string[]): ControlFile | null {
  const table = controldataValues(lines)
  const state = table.get('Database cluster state')
  const systemIdentifier = table.get('Database system identifier')
  if (state === undefined || systemIdentifier === undefined) return null
  const lsn = (name: string) => parseLsn(table.get(name))
  const minRecoveryLsn = lsn('Minimum recovery ending location')
  return {
    state,
    systemIdentifier,
    checkpointLsn: lsn('Latest checkpoint location'),
    redoLsn: lsn("Latest checkpoint's REDO location"),
    timeline: timeline(table.get("Latest checkpoint's TimeLineID")),
    // Zero means: there is none, it is not in recovery.
    minRecoveryLsn: minRecoveryLsn === 0n ? null : minRecoveryLsn,
    minRecoveryTimeline: timeline(table.get("Min recovery ending loc's timeline")),
  }
}

function timeline(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : null
}
