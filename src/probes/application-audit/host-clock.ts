// How far the clock of a host is ahead of this one: entries of several hosts are put in one order.

import type { HostConnection } from '../../io/hosts/host-connection.ts'

/** Milliseconds, to about a second; null if the host does not tell. */
export async function readClockAhead(connection: HostConnection, signal: AbortSignal): Promise<number | null> {
  if (connection.accessKind === 'local') return 0
  const asked = Date.now()
  const { stdout, exitCode } = await connection.run(['date', '+%s'], { signal })
  const seconds = /^(\d{9,11})\s*$/.exec(stdout)?.[1]
  if (exitCode !== 0 || seconds === undefined) return null
  return Math.round(Number(seconds) * 1000 + 500 - (asked + Date.now()) / 2)
}
