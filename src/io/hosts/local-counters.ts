// The counters of this host, as the kernel keeps them.

import * as os from 'node:os'
import type { CpuTimes } from '../../model/measured/host.ts'
import { listNames, readTextOrNull, targetExists } from '../files/sync-files.ts'

/** Tables of /proc as they are; empty where there is no /proc. */
export interface ProcTables {
  readonly stat: readonly string[]
  readonly diskstats: readonly string[]
  readonly netDev: readonly string[]
  /** Disks and interfaces with a device of their own. */
  readonly disks: readonly string[]
  readonly interfaces: readonly string[]
}

/** Reads them, without starting a process. */
export function readProcTables(): ProcTables {
  const lines = (path: string) => (readTextOrNull(path) ?? '').split('\n')
  const real = (folder: string) => listNames(folder).filter((name) => targetExists(`${folder}/${name}/device`))
  return {
    stat: lines('/proc/stat'),
    diskstats: lines('/proc/diskstats'),
    netDev: lines('/proc/net/dev'),
    disks: real('/sys/block'),
    interfaces: real('/sys/class/net'),
  }
}

/** Processor times where there is no /proc: without waiting and stolen time. */
export function localCpuTimes(): CpuTimes {
  const sum = { user: 0, system: 0, iowait: 0, steal: 0, idle: 0 }
  for (const { times } of os.cpus()) {
    sum.user += times.user + times.nice
    sum.system += times.sys + times.irq
    sum.idle += times.idle
  }
  return sum
}

/** Kernel and release of this host. */
export function kernelRelease(): string {
  return `${os.type()} ${os.release()}`
}
