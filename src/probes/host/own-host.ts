// Measures this host, so that "everything is down" can be told from "I am cut off".

import { readLocalMetrics } from '../../io/hosts/local-metrics.ts'
import type { NetworkCounter } from '../../model/measured/host.ts'
import type { LocalHostPulse } from '../../model/measured/pulse.ts'
import type { Probe } from '../probe.ts'

/** The counters of the reading before: rates need two. */
interface Before {
  readonly at: number
  readonly traffic: readonly NetworkCounter[]
}

/** Load, memory, network and uptime of the host pgdeck runs on. */
export const ownHostProbe: Probe<'host', LocalHostPulse> = createOwnHostProbe()

/** A probe with a memory of its own. */
export function createOwnHostProbe(): Probe<'host', LocalHostPulse> {
  let before: Before | null = null
  return {
    id: 'vitals',
    scope: 'host',
    title: 'Load, memory and network of this host',
    source: '/proc/meminfo and /proc/net/dev (elsewhere systeminformation), os (load, uptime)',
    runs: 'always',
    every: 'interval',
    needs: [],
    async read() {
      const { traffic, ...figures } = await readLocalMetrics()
      const now: Before = { at: performance.now(), traffic }
      const network = before && networkRateBetween(before, now)
      before = now
      return { ...figures, network }
    },
  }
}

/**
 * Bytes per second between two readings; null when no time passed. An interface that came up in between, or whose
 * counters began anew (driver reload, 32-bit counter), counts from its next reading on.
 */
export function networkRateBetween(before: Before, now: Before): LocalHostPulse['network'] {
  const seconds = (now.at - before.at) / 1000
  if (seconds <= 0) return null
  let received = 0
  let sent = 0
  for (const counter of now.traffic) {
    const earlier = before.traffic.find(({ name }) => name === counter.name)
    if (!earlier) continue
    if (counter.receivedBytes < earlier.receivedBytes || counter.sentBytes < earlier.sentBytes) continue
    received += counter.receivedBytes - earlier.receivedBytes
    sent += counter.sentBytes - earlier.sentBytes
  }
  return { receivedBytesPerSecond: received / seconds, sentBytesPerSecond: sent / seconds }
}
