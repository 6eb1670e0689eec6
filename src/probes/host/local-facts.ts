// Reads the facts of this host: the same as of a host over ssh, without a shell.

import { readTextOrNull } from '../../io/files/sync-files.ts'
import { FileError, readTextFile } from '../../io/files/text-files.ts'
import { readLocalMetrics } from '../../io/hosts/local-metrics.ts'
import { diskSpaceOf, kernelRelease, localCpuTimes, readProcTables } from '../../io/hosts/local-space.ts'
import { parseCpu, parseDisks, parseNetworks } from '../../io/hosts/proc-tables.ts'
import { runCommand } from '../../io/process/command.ts'
import { isProcessAlive, isWorkingDirectoryOf } from '../../io/process/process.ts'
import { parsePgControldata } from '../../model/measured/controldata.ts'
import {
  type FileSystem,
  type HostFacts,
  type Known,
  knownValue,
  type PostmasterState,
} from '../../model/measured/host.ts'
import { clean } from '../../model/values/text.ts'
import { type HostPaths, measuredPaths } from './measured-paths.ts'
import {
  type HostAccount,
  whyNoControlData,
  whyNotConfigured,
  whyPathUnreadable,
  whyPostmasterHidden,
} from './missing.ts'
import { findPostmaster, parsePostmasterPid, parseServiceStatus, postmasterByProcess } from './postgres-facts.ts'

/** Returns one sample. `rates` is null, because rates need two samples. */
export async function readLocalFacts(subject: HostPaths, asker: HostAccount, signal: AbortSignal): Promise<HostFacts> {
  const began = performance.now()
  const tables = readProcTables()
  const [figures, fileSystems, service, postmaster, control] = await Promise.all([
    readLocalMetrics(),
    readFileSystems(subject, asker),
    readService(subject, asker, signal),
    readPostmaster(subject, asker, signal),
    readControl(subject, asker, signal),
  ])
  const { hostname, cpus, load, memory, swap, uptimeSeconds, traffic } = figures
  const networks = parseNetworks(tables.netDev, tables.interfaces)
  return {
    hostname,
    system: kernelRelease(),
    cpus,
    load,
    memory,
    swap,
    uptimeSeconds,
    clock: { offsetMs: 0, uncertaintyMs: 0 },
    roundTripMs: performance.now() - began,
    fileSystems,
    counters: {
      // More exact than the uptime, which counts whole seconds on other hosts.
      atSeconds: began / 1000,
      cpu: parseCpu(tables.stat)?.times ?? localCpuTimes(),
      disks: parseDisks(tables.diskstats, tables.disks),
      networks: networks.length > 0 ? networks : traffic,
    },
    rates: null,
    service,
    postmaster,
    control,
  }
}

/** Reads one file system after the other: one that hangs must not occupy all threads of the pool. */
async function readFileSystems(subject: HostPaths, asker: HostAccount): Promise<readonly FileSystem[]> {
  const fileSystems: FileSystem[] = []
  for (const { role, path } of measuredPaths(subject)) {
    try {
      const { realPath, space } = await diskSpaceOf(path)
      fileSystems.push({ role, path, realPath, space: knownValue(space) })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      const reason = { EACCES: 'Permission denied', ENOENT: 'No such file or directory' }[code] ?? clean(String(error))
      fileSystems.push({ role, path, realPath: null, space: whyPathUnreadable(reason, asker) })
    }
  }
  return fileSystems
}

async function readService(subject: HostPaths, asker: HostAccount, signal: AbortSignal): Promise<HostFacts['service']> {
  const { unit } = subject
  if (unit === null) return whyNotConfigured(subject, 'unit', asker.id) ?? parseServiceStatus([], '')
  const lines = await printed(
    ['systemctl', 'show', '-p', 'LoadState', '-p', 'ActiveState', '-p', 'SubState', '--', unit],
    signal,
  )
  return parseServiceStatus(lines?.lines ?? ['none'], unit)
}

async function readPostmaster(
  subject: HostPaths,
  asker: HostAccount,
  signal: AbortSignal,
): Promise<Known<PostmasterState>> {
  const { dataDirectory } = subject
  const missing = whyNotConfigured(subject, 'dataDirectory', asker.id)
  if (missing || dataDirectory === null) return missing ?? whyPostmasterHidden('', asker)
  try {
    const lines = readTextFile(`${dataDirectory}/postmaster.pid`).text.split('\n').map(clean)
    return parsePostmasterPid(lines, programOf(Number(lines[0]), dataDirectory))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const folder = await diskSpaceOf(`${dataDirectory}/.`).catch((cause: NodeJS.ErrnoException) => cause.code ?? '')
    if (folder === 'ENOENT') return whyPostmasterHidden('no such', asker)
    if (error.code === 'ENOENT') return knownValue({ state: 'stopped' })
    const processes = await printed(['ps', '-e', '-o', 'pid=', '-o', 'args='], signal)
    const pid = findPostmaster(processes?.lines ?? [], dataDirectory)
    return pid === null ? whyPostmasterHidden('', asker) : knownValue(postmasterByProcess(pid))
  }
}

/**
 * Returns the name of the program with this pid. null: no such process, or one that works in another folder, which got
 * the pid of a killed server. On systems other than Linux, any living process is accepted.
 */
function programOf(pid: number, dataDirectory: string): string | null {
  if (
    !Number.isInteger(pid) ||
    !isProcessAlive(Math.abs(pid)) ||
    isWorkingDirectoryOf(Math.abs(pid), dataDirectory) === false
  )
    return null
  return process.platform === 'linux' ? (readTextOrNull(`/proc/${Math.abs(pid)}/comm`)?.trim() ?? null) : 'postgres'
}

async function readControl(subject: HostPaths, asker: HostAccount, signal: AbortSignal): Promise<HostFacts['control']> {
  const { dataDirectory, binDirectory } = subject
  const missing =
    whyNotConfigured(subject, 'dataDirectory', asker.id) ?? whyNotConfigured(subject, 'binDirectory', asker.id)
  if (missing) return missing
  const program = `${binDirectory}/pg_controldata`
  const output = await printed(['env', 'LC_ALL=C', program, '-D', dataDirectory ?? ''], signal)
  const controlFile = parsePgControldata(output?.lines ?? [])
  return controlFile
    ? knownValue(controlFile)
    : whyNoControlData(output?.lines ?? [program], output?.exitCode ?? 127, asker)
}

/** Returns what a program printed on both streams; null if the program is missing. Throws after the time limit. */
async function printed(command: readonly string[], signal: AbortSignal) {
  try {
    const { stdout, stderr, exitCode } = await runCommand(command, signal)
    return { lines: [...stdout.split('\n').map(clean), ...(stderr === '' ? [] : [stderr])], exitCode }
  } catch (error) {
    if (signal.aborted) throw error
    return null
  }
}
