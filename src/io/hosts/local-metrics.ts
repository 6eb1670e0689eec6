// The load, memory and network figures of this host, without starting a process: from /proc, else from
// systeminformation and the os module.

import * as os from 'node:os'
import type { NetworkCounter } from '../../model/measured/host.ts'
import type { LocalHostPulse } from '../../model/measured/pulse.ts'
import { readTextOrNull } from '../files/sync-files.ts'
import { parseMemory, parseNetworks } from './proc-tables.ts'

/** The figures of one reading. Traffic needs two. */
export interface LocalMetrics extends Omit<LocalHostPulse, 'network'> {
  /** Counters of those interfaces; empty if they can't be read. */
  readonly traffic: readonly NetworkCounter[]
}

/** Reads everything once. */
export async function readLocalMetrics(): Promise<LocalMetrics> {
  const interfaces = interfacesUp()
  const [{ memory, swap }, traffic] = await Promise.all([readMemory(), readTraffic(interfaces)])
  const [one = 0, five = 0, fifteen = 0] = os.loadavg()
  return {
    hostname: os.hostname(),
    cpus: os.availableParallelism(),
    load: [one, five, fifteen],
    memory,
    swap,
    uptimeSeconds: os.uptime(),
    interfaces,
    traffic,
  }
}

type Memory = Pick<LocalMetrics, 'memory' | 'swap'>

async function readMemory(): Promise<Memory> {
  // Runs every two seconds as long as pgdeck runs: files of /proc never block, and a thread to read them costs more.
  const found = process.platform === 'linux' ? parseMemory((readTextOrNull('/proc/meminfo') ?? '').split('\n')) : null
  if (found) return found
  const { mem } = await systemInformation()
  const { total, available, swaptotal, swapused } = await mem()
  return {
    memory: { totalBytes: total, availableBytes: available },
    swap: { totalBytes: swaptotal, usedBytes: swapused },
  }
}

/** Loaded at first use: it takes as long as the rest of the start, and Linux does not need it. */
async function systemInformation() {
  // Uses the default export: a bundle has only that of a CommonJS module which is imported late.
  const { default: all } = await import('systeminformation')
  return all
}

/** Listing the interfaces takes longer than all other reads together, and they seldom change. */
const INTERFACES_KEPT_MS = 10_000
let asked: { readonly at: number; readonly names: readonly string[] } | null = null

function interfacesUp(): readonly string[] {
  const now = performance.now()
  if (asked && now - asked.at < INTERFACES_KEPT_MS) return asked.names
  const all = Object.entries(os.networkInterfaces())
  const names = all.filter(([, addresses]) => addresses?.some(({ internal }) => !internal)).map(([name]) => name)
  asked = { at: now, names }
  return names
}

async function readTraffic(interfaces: readonly string[]): Promise<readonly NetworkCounter[]> {
  if (interfaces.length === 0) return []
  if (process.platform === 'linux')
    return parseNetworks((readTextOrNull('/proc/net/dev') ?? '').split('\n'), interfaces)
  // On Linux this would start a shell per interface and poll. Other systems have no file to read.
  const { networkStats } = await systemInformation()
  const stats = await networkStats(interfaces.join(','))
  return stats.map(({ iface, rx_bytes, tx_bytes }) => ({ name: iface, receivedBytes: rx_bytes, sentBytes: tx_bytes }))
}
