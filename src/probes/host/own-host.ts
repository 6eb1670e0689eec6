// Measures this host, so that pgdeck can distinguish "everything is down" and "this host is cut off".

import { readLocalMetrics } from '../../io/hosts/local-metrics.ts'
import type { NetworkCounter } from '../../model/measured/host.ts'
import type { LocalHostPulse } from '../../model/measured/pulse.ts'
import type { Probe } from '../probe.ts'

/** The counters of the previous reading: rates need two. */
interface Before {
  readonly at: number
  readonly traffic: readonly NetworkCounter[]
}

/** Reads load, memory, network and uptime of the host pgdeck runs on. */
export const ownHostProbe: Probe<'host', LocalHostPulse> = createOwnHostProbe()

/** Creates a probe that keeps the counters of its previous reading. */
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
 * Returns bytes per second between two readings; null if no time passed. An interface counts from its next reading on
 * if it came up in between, or if its counters restarted (driver reload, 32-bit counter).
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
