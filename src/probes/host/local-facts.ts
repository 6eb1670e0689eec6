// The facts of this very host: the same as of one over ssh, read without a shell.

import { readTextOrNull } from '../../io/files/sync-files.ts'
import { FileError, readTextFile } from '../../io/files/text-files.ts'
import { kernelRelease, localCpuTimes, readProcTables } from '../../io/hosts/local-counters.ts'
import { readLocalMetrics } from '../../io/hosts/local-metrics.ts'
import { diskSpaceOf } from '../../io/hosts/local-space.ts'
import { runCommand } from '../../io/process/command.ts'
import { isProcessAlive, isWorkingDirectoryOf } from '../../io/process/process.ts'
import {
  type FileSystem,
  type HostFacts,
  type Known,
  knownValue,
  type PostmasterState,
} from '../../model/measured/host.ts'
import { clean } from '../../model/values/text.ts'
import { measuredPaths, type Subject } from './measured-paths.ts'
import { type Asker, controlProblem, notNamed, notReached, postmasterHidden } from './missing.ts'
import { parseControl, parsePostmaster, parseService, postmasterSeen, runningUnseen } from './postgres-facts.ts'
import { parseCpu, parseDisks, parseNetworks } from './proc.ts'

/** One sample; `rates` is null, it takes two. */
export async function readLocal(subject: Subject, asker: Asker, signal: AbortSignal): Promise<HostFacts> {
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
      // Finer than the uptime, which elsewhere counts whole seconds.
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

/** One after the other: a file system that hangs must not take all the threads that look at files. */
async function readFileSystems(subject: Subject, asker: Asker): Promise<readonly FileSystem[]> {
  const found: FileSystem[] = []
  for (const { role, path } of measuredPaths(subject)) {
    try {
      const { realPath, space } = await diskSpaceOf(path)
      found.push({ role, path, realPath, space: knownValue(space) })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      const reason = { EACCES: 'Permission denied', ENOENT: 'No such file or directory' }[code] ?? clean(String(error))
      found.push({ role, path, realPath: null, space: notReached(reason, asker) })
    }
  }
  return found
}

async function readService(subject: Subject, asker: Asker, signal: AbortSignal): Promise<HostFacts['service']> {
  const { unit } = subject
  if (unit === null) return notNamed(subject, 'unit', asker.id) ?? parseService([], '')
  const lines = await printed(
    ['systemctl', 'show', '-p', 'LoadState', '-p', 'ActiveState', '-p', 'SubState', '--', unit],
    signal,
  )
  return parseService(lines?.lines ?? ['none'], unit)
}

async function readPostmaster(subject: Subject, asker: Asker, signal: AbortSignal): Promise<Known<PostmasterState>> {
  const { dataDirectory } = subject
  const missing = notNamed(subject, 'dataDirectory', asker.id)
  if (missing || dataDirectory === null) return missing ?? postmasterHidden('', asker)
  try {
    const lines = readTextFile(`${dataDirectory}/postmaster.pid`).text.split('\n').map(clean)
    return parsePostmaster(lines, programOf(Number(lines[0]), dataDirectory))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const folder = await diskSpaceOf(`${dataDirectory}/.`).catch((cause: NodeJS.ErrnoException) => cause.code ?? '')
    if (folder === 'ENOENT') return postmasterHidden('no such', asker)
    if (error.code === 'ENOENT') return knownValue({ state: 'stopped' })
    const processes = await printed(['ps', '-e', '-o', 'pid=', '-o', 'args='], signal)
    const pid = postmasterSeen(processes?.lines ?? [], dataDirectory)
    return pid === null ? postmasterHidden('', asker) : knownValue(runningUnseen(pid))
  }
}

/**
 * The name of the program that a pid belongs to; null when to none, or to one that works in another folder, as a server
 * that got the number of a killed one does. Elsewhere than on Linux a living one is believed.
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

async function readControl(subject: Subject, asker: Asker, signal: AbortSignal): Promise<HostFacts['control']> {
  const { dataDirectory, binDirectory } = subject
  const missing = notNamed(subject, 'dataDirectory', asker.id) ?? notNamed(subject, 'binDirectory', asker.id)
  if (missing) return missing
  const program = `${binDirectory}/pg_controldata`
  const told = await printed(['env', 'LC_ALL=C', program, '-D', dataDirectory ?? ''], signal)
  const found = parseControl(told?.lines ?? [])
  return found ? knownValue(found) : controlProblem(told?.lines ?? [program], told?.exitCode ?? 127, asker)
}

/** What a program printed, both streams; null when there is no such program. Throws when the limit has passed. */
async function printed(command: readonly string[], signal: AbortSignal) {
  try {
    const { stdout, stderr, exitCode } = await runCommand(command, signal)
    return { lines: [...stdout.split('\n').map(clean), ...(stderr === '' ? [] : [stderr])], exitCode }
  } catch (error) {
    if (signal.aborted) throw error
    return null
  }
}
