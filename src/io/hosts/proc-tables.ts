// Reads the tables of Linux's /proc.

import type { CpuTimes, DiskCounter, NetworkCounter } from '../../model/measured/host.ts'

/** /proc counts in sectors of 512 bytes, whatever the disk has. */
const SECTOR_BYTES = 512

/** The first line of /proc/stat. `user` includes the time of guests. */
export function parseCpu(lines: readonly string[]): { readonly times: CpuTimes; readonly cpus: number } | null {
  const total = lines.find((line) => /^cpu\s/.test(line))
  if (total === undefined) return null
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers(
    total.slice(3),
  )
  const times = { user: user + nice, system: system + irq + softirq, iowait, steal, idle }
  return { times, cpus: lines.filter((line) => /^cpu\d/.test(line)).length }
}

/** /proc/loadavg: three averages, then fields that are not used. */
export function parseLoad(line: string | undefined): readonly [number, number, number] | null {
  const [one, five, fifteen] = numbers(line ?? '')
  return one === undefined || five === undefined || fifteen === undefined ? null : [one, five, fifteen]
}

/** /proc/meminfo, in bytes. Kernels before 3.14 have no MemAvailable: the sum of free and cached memory stands for it. */
export function parseMemory(lines: readonly string[]) {
  const table = new Map(
    lines.flatMap((line) => {
      const [, name, kilobytes] = /^(\w+):\s+(\d+) kB/.exec(line) ?? []
      return name === undefined ? [] : [[name, Number(kilobytes) * 1024] as const]
    }),
  )
  const bytes = (name: string) => table.get(name) ?? 0
  const totalBytes = table.get('MemTotal')
  if (totalBytes === undefined) return null
  const availableBytes = table.get('MemAvailable') ?? bytes('MemFree') + bytes('Buffers') + bytes('Cached')
  return {
    memory: { totalBytes, availableBytes },
    swap: { totalBytes: bytes('SwapTotal'), usedBytes: bytes('SwapTotal') - bytes('SwapFree') },
  }
}

/**
 * /proc/diskstats of real disks: those with a device of their own. In containers, which list none: all that are neither
 * a partition, nor in memory, nor made of other disks.
 */
export function parseDisks(lines: readonly string[], real: readonly string[]): readonly DiskCounter[] {
  const counters = lines.flatMap((line): DiskCounter[] => {
    const [, name, rest] = /^\s*\d+\s+\d+\s+(\S+)\s+(.*)$/.exec(line) ?? []
    const [reads, , readSectors, , writes, , writtenSectors, , , busyMs] = numbers(rest ?? '')
    if (name === undefined || reads === undefined || readSectors === undefined || busyMs === undefined) return []
    if (writes === undefined || writtenSectors === undefined) return []
    return [
      {
        name,
        reads,
        writes,
        busyMs,
        readBytes: readSectors * SECTOR_BYTES,
        writtenBytes: writtenSectors * SECTOR_BYTES,
      },
    ]
  })
  if (real.length > 0) return counters.filter(({ name }) => real.includes(name))
  return counters.filter(
    ({ name }) => !/^(loop|ram|zram|dm-|md|sr|fd)\d|^(sd|vd|xvd|hd)[a-z]+\d|^(nvme|mmcblk).*p\d+$/.test(name),
  )
}

/** /proc/net/dev of real interfaces; if none is listed, of all except loopback. */
export function parseNetworks(lines: readonly string[], real: readonly string[]): readonly NetworkCounter[] {
  const counters = lines.flatMap((line): NetworkCounter[] => {
    const [, name, rest] = /^\s*([^:\s]+):\s*(.*)$/.exec(line) ?? []
    const [receivedBytes, , , , , , , , sentBytes] = numbers(rest ?? '')
    return name === undefined || receivedBytes === undefined || sentBytes === undefined
      ? []
      : [{ name, receivedBytes, sentBytes }]
  })
  return counters.filter(({ name }) => (real.length > 0 ? real.includes(name) : name !== 'lo'))
}

/** The numbers at the start of a line. */
function numbers(line: string): readonly number[] {
  const found: number[] = []
  for (const word of line.trim().split(/\s+/)) {
    if (!/^\d+(\.\d+)?$/.test(word)) break
    found.push(Number(word))
  }
  return found
}
