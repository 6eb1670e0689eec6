// This host's vital figures, from what costs no process: systeminformation's memory, /proc, and the os module.

import { readFile } from 'node:fs/promises'
import * as os from 'node:os'

/** Bytes that crossed one interface since it came up. */
export interface Traffic {
  readonly name: string
  readonly receivedBytes: number
  readonly sentBytes: number
}

export interface HostFigures {
  readonly hostname: string
  readonly cpus: number
  readonly load: readonly [number, number, number]
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number }
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number }
  readonly uptimeSeconds: number
  /** Interfaces that are up, loopback left out. */
  readonly interfaces: readonly string[]
  /** Counters of those interfaces; empty where they can't be read. */
  readonly traffic: readonly Traffic[]
}

/** Reads everything once. */
export async function readHost(): Promise<HostFigures> {
  // By its default export, which is all that a bundle has of a CommonJS module that is imported late.
  // Loaded when first needed: it takes longer than the rest of the program's start.
  const {
    default: { mem },
  } = await import('systeminformation')
  const interfaces = interfacesUp()
  const [memory, traffic] = await Promise.all([mem(), readTraffic(interfaces)])
  const [one = 0, five = 0, fifteen = 0] = os.loadavg()
  return {
    hostname: os.hostname(),
    cpus: os.availableParallelism(),
    load: [one, five, fifteen],
    memory: { totalBytes: memory.total, availableBytes: memory.available },
    swap: { totalBytes: memory.swaptotal, usedBytes: memory.swapused },
    uptimeSeconds: os.uptime(),
    interfaces,
    traffic,
  }
}

function interfacesUp(): readonly string[] {
  const all = Object.entries(os.networkInterfaces())
  return all.filter(([, addresses]) => addresses?.some(({ internal }) => !internal)).map(([name]) => name)
}

async function readTraffic(interfaces: readonly string[]): Promise<readonly Traffic[]> {
  if (process.platform === 'linux') {
    const table = await readFile('/proc/net/dev', 'utf8').catch(() => '')
    return parseTraffic(table).filter(({ name }) => interfaces.includes(name))
  }
  if (interfaces.length === 0) return []
  // On Linux this would start a shell per interface and poll; elsewhere there is no file to read.
  const {
    default: { networkStats },
  } = await import('systeminformation')
  const stats = await networkStats(interfaces.join(','))
  return stats.map(({ iface, rx_bytes, tx_bytes }) => ({ name: iface, receivedBytes: rx_bytes, sentBytes: tx_bytes }))
}

/** Reads the table of /proc/net/dev: after the name, the first column is bytes received, the ninth bytes sent. */
export function parseTraffic(table: string): readonly Traffic[] {
  return table.split('\n').flatMap((line) => {
    const found = /^\s*([^:\s]+):\s*(.*)$/.exec(line)
    const columns = found?.[2]?.trim().split(/\s+/) ?? []
    const [received, sent] = [columns[0], columns[8]]
    if (!found?.[1] || received === undefined || sent === undefined) return []
    return [{ name: found[1], receivedBytes: Number(received), sentBytes: Number(sent) }]
  })
}
