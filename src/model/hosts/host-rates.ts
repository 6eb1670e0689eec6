// How two samples of a host's counters become rates: whatever began anew in between is left out, never negative.

import type { CpuShares, CpuTimes, DiskCounter, HostCounters, HostRates, NetworkCounter } from '../measured/host.ts'

/** Rates between two samples of one host; null when no time passed or the host was restarted in between. */
export function hostRatesBetween(before: HostCounters, after: HostCounters): HostRates | null {
  const seconds = after.atSeconds - before.atSeconds
  if (!(seconds > 0)) return null
  return {
    cpu: before.cpu && after.cpu && cpuShares(before.cpu, after.cpu),
    disk: diskRates(pairs(before.disks, after.disks), seconds),
    network: networkRates(pairs(before.networks, after.networks), seconds),
  }
}

/** How the processors spent the time between two readings; null when a counter began anew or none moved. */
export function cpuShares(before: CpuTimes, after: CpuTimes): CpuShares | null {
  // The kernel's iowait may go back a little on its own: no reason to drop the others.
  const spent = {
    user: after.user - before.user,
    system: after.system - before.system,
    iowait: Math.max(0, after.iowait - before.iowait),
    steal: Math.max(0, after.steal - before.steal),
    idle: after.idle - before.idle,
  }
  const total = spent.user + spent.system + spent.iowait + spent.steal + spent.idle
  if (spent.user < 0 || spent.system < 0 || spent.idle < 0 || total <= 0) return null
  return {
    busy: (total - spent.idle - spent.iowait) / total,
    user: spent.user / total,
    system: spent.system / total,
    iowait: spent.iowait / total,
    steal: spent.steal / total,
  }
}

type Pair<T> = readonly [before: T, after: T]

/** Counters of the same name. What is new counts from its next sample on. */
function pairs<T extends { readonly name: string }>(before: readonly T[], after: readonly T[]): readonly Pair<T>[] {
  const earlier = new Map(before.map((one) => [one.name, one]))
  return after.flatMap((one) => {
    const match = earlier.get(one.name)
    return match ? [[match, one] as const] : []
  })
}

/** True when nothing went back: a device that was replaced, or a driver loaded anew, begins at zero. */
function grew<T extends { readonly name: string }>([before, after]: Pair<T>): boolean {
  return Object.entries(after).every(([key, value]) => {
    const earlier: unknown = before[key as keyof T]
    return typeof value !== 'number' || typeof earlier !== 'number' || value >= earlier
  })
}

function diskRates(disks: readonly Pair<DiskCounter>[], seconds: number): HostRates['disk'] {
  const usable = disks.filter(grew)
  if (usable.length === 0) return null
  const rate = (key: 'reads' | 'writes' | 'readBytes' | 'writtenBytes') =>
    usable.reduce((sum, [before, after]) => sum + after[key] - before[key], 0) / seconds
  const busy = usable.map(([before, after]) => (after.busyMs - before.busyMs) / (seconds * 1000))
  return {
    readBytesPerSecond: rate('readBytes'),
    writtenBytesPerSecond: rate('writtenBytes'),
    readsPerSecond: rate('reads'),
    writesPerSecond: rate('writes'),
    busy: Math.min(1, Math.max(...busy)),
  }
}

function networkRates(networks: readonly Pair<NetworkCounter>[], seconds: number): HostRates['network'] {
  const usable = networks.filter(grew)
  if (usable.length === 0) return null
  const rate = (key: 'receivedBytes' | 'sentBytes') =>
    usable.reduce((sum, [before, after]) => sum + after[key] - before[key], 0) / seconds
  return { receivedBytesPerSecond: rate('receivedBytes'), sentBytesPerSecond: rate('sentBytes') }
}
