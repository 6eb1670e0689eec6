// Reads the control file of a data directory on its host without a program: how the server ended, and its last
// checkpoint.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { Lsn } from '../../model/values/lsn.ts'

/** The states of a server in its control file, by number, as PostgreSQL names them. */
const STATES = [
  'starting up',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in archive recovery',
  'in production',
] as const

export interface ControlState {
  readonly state: (typeof STATES)[number]
  readonly systemIdentifier: string
  /** With the major it names the folder of this server in a tablespace. */
  readonly catalogVersion: number
  /** Position of the latest checkpoint record. On a server that was shut down it is the last record. */
  readonly checkpointLsn: Lsn
  readonly timeline: number
}

const SIZE = 64
/** Control file versions of PostgreSQL 11 and later, also future ones: the layout of the first fields has not changed since 11. */
const VERSIONS = { oldest: 1100, newest: 3000 }

/** Reads `global/pg_control` in the data directory. null if its version is unknown. Throws FaultError. */
export async function readControlFile(
  connection: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<ControlState | null> {
  const parts: Uint8Array[] = []
  for await (const part of connection.stream(`${dataDirectory}/global/pg_control`, { signal, maxBytes: SIZE }))
    parts.push(part)
  return parseControlBytes(Buffer.concat(parts))
}

/** Returns the needed fields of the first 64 bytes, in either byte order; null for anything else. */
export function parseControlBytes(bytes: Buffer): ControlState | null {
  if (bytes.length < SIZE) return null
  const isLittle = isVersion(bytes.readUInt32LE(8))
  if (!isLittle && !isVersion(bytes.readUInt32BE(8))) return null
  const small = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const large = (at: number) => (isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
  const state = STATES[small(16)]
  if (state === undefined) return null
  return {
    state,
    systemIdentifier: large(0).toString(),
    catalogVersion: small(12),
    checkpointLsn: large(32),
    timeline: small(48),
  }
}

function isVersion(number: number): boolean {
  return number >= VERSIONS.oldest && number <= VERSIONS.newest
}
