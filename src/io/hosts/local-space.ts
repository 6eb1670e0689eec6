// What this host reports without a process: how full its file systems are, the mount of a path, its kernel's counters.

import { realpath, statfs } from 'node:fs/promises'
import * as os from 'node:os'
import type { CpuTimes, DiskSpace } from '../../model/measured/host.ts'
import { clean } from '../../model/values/text.ts'
import { listNames, readTextOrNull, targetExists } from '../files/sync-files.ts'

/** Returns the real path and the free space of its file system. Throws Node's error (ENOENT, EACCES). */
export async function diskSpaceOf(path: string): Promise<{ readonly realPath: string; readonly space: DiskSpace }> {
  const realPath = await realpath(path)
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(realPath)
  const mounted = mountOf(realPath)
  return {
    realPath,
    space: {
      device: clean(mounted?.device ?? '') || null,
      mount: clean(mounted?.mount ?? '') || null,
      totalBytes: blocks * bsize,
      usedBytes: (blocks - bfree) * bsize,
      availableBytes: bavail * bsize,
      inodes: files > 0 ? { total: files, free: ffree } : null,
    },
  }
}

interface Mount {
  readonly mount: string
  readonly device: string
}

/** Returns the mount that holds this path, links followed; null if the system has no such table. */
export function mountOf(realPath: string): Mount | null {
  const table = process.platform === 'linux' ? readTextOrNull('/proc/self/mountinfo') : null
  return table === null ? null : findMount(realPath, table)
}

/** The same for a given table: the longest mount point above the path, and of several on one point the last. */
export function findMount(realPath: string, table: string): Mount | null {
  let best: Mount | null = null
  for (const line of table.split('\n')) {
    const [place = '', source = ''] = line.split(' - ')
    const mount = unescaped(place.split(' ')[4] ?? '')
    const leads = mount === '/' || realPath === mount || realPath.startsWith(`${mount}/`)
    if (mount === '' || !leads || mount.length < (best?.mount.length ?? 0)) continue
    best = { mount, device: unescaped(source.split(' ')[1] ?? '') }
  }
  return best
}

/** Blanks, tabs, newlines and backslashes are in octal there. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

/** Tables of /proc as text; empty without /proc. */
interface ProcTables {
  readonly stat: readonly string[]
  readonly diskstats: readonly string[]
  readonly netDev: readonly string[]
  /** Disks and interfaces with a device of their own. */
  readonly disks: readonly string[]
  readonly interfaces: readonly string[]
}

/** Reads them without starting a process. */
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

/** Processor times without /proc: they lack waiting and stolen time. */
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
