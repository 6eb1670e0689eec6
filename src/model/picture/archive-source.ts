// Standbys that take WAL from an archive by their restore_command while no walreceiver runs: file-based log shipping.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { Lsn } from '../values/lsn.ts'
import { primaryPositionOf, standbyPositionOf } from './roles.ts'

interface WithPulse {
  readonly pulse?: DatabasePulse | null | undefined
}

/** True of a standby that receives from nobody by its last good reading, and has a restore_command. */
export function restoresFromArchive(standby: WithPulse): boolean {
  const position = standbyPositionOf(standby)
  return position !== null && position.receiver === null && position.walSources?.archive === true
}

/** True of one that has no primary_conninfo either: it never streams, and is not meant to. */
export function isFedByArchiveAlone(standby: WithPulse): boolean {
  return restoresFromArchive(standby) && standbyPositionOf(standby)?.walSources?.upstream === false
}

/** Bytes at the end of a primary’s WAL that are in the file that it still writes, which no archive has; null: not known. */
export function unfinishedFileBytes(primary: WithPulse): number | null {
  const end = primaryPositionOf(primary)?.lsn ?? null
  const size = primary.pulse?.walSegmentBytes
  return end === null || size === undefined ? null : Number(end % BigInt(size))
}

/** The position at the end of a WAL file, by its name; null for other names, as those of history files. */
export function endOfWalFile(name: string, segmentBytes: number): Lsn | null {
  const parts = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})$/.exec(name)
  if (!parts) return null
  const [, log, segment] = parts
  return (BigInt(`0x${log}`) << 32n) + (BigInt(`0x${segment}`) + 1n) * BigInt(segmentBytes)
}
