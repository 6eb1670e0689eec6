// What there is to understand a kill point that failed: the journal, what each server logged, and which of its processes live.

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { childProcessIds, runProgramSync } from '../../../src/io/process/process.ts'

const LOG_LINES = 30
/** What a standby says many times each second while its primary is down. */
const NOISE = /could not connect to the primary server|Is the server running on|waiting for WAL to become available/

/** All of it in lines, for the message of the failure. `folder`: the state directory of the act. */
export function evidenceOf(folder: string, nodes: readonly PostgresNode[]): string {
  return [...journals(folder), ...nodes.flatMap(serverIn)].join('\n')
}

/** Ids of the processes that work on a data directory: server, children, and programs that were started to stop or start it. */
export function processesOn(dataDirectory: string): readonly number[] {
  const isNamed = (args: string) => args.split(/[\s"']+/).includes(dataDirectory)
  const own = listed().flatMap(({ pid, args }) => (isNamed(args) || folderOf(pid) === dataDirectory ? [pid] : []))
  return [...new Set([...own, ...own.flatMap(childProcessIds)])]
}

/** Where a process works: a server and its children in their data directory, also those that it left behind. */
function folderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}

function listed(): readonly { readonly pid: number; readonly args: string }[] {
  const lines = runProgramSync('/bin/ps', ['-A', '-ww', '-o', 'pid=,args=']).stdout.trim().split('\n')
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), args: line.trim().replace(/^\d+\s+/, '') }))
}

function journals(folder: string): readonly string[] {
  const runs = join(folder, 'runs')
  if (!existsSync(runs)) return ['there is no journal']
  return readdirSync(runs).flatMap((name) => [`journal ${name}:`, ...entries(readFileSync(join(runs, name), 'utf8'))])
}

/** The plan takes pages, and its steps are named by the lines after it. */
function entries(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line.startsWith('{"type":"planned"') ? `${line.slice(0, 200)} …` : line}`)
}

function serverIn({ name, dataDirectory, logFile }: PostgresNode): readonly string[] {
  const alive = new Set(processesOn(dataDirectory))
  const processes = listed().flatMap(({ pid, args }) => (alive.has(pid) ? [`  ${pid} ${args}`] : []))
  return [
    `${name}: ${processes.length === 0 ? 'no process' : 'processes'}`,
    ...processes,
    `${name}, postmaster.pid: ${textIn(join(dataDirectory, 'postmaster.pid')).split('\n').join(' | ')}`,
    ...[logFile, againLog(dataDirectory)].flatMap((path) => [
      `${path}:`,
      ...textIn(path)
        .split('\n')
        .filter((line) => !NOISE.test(line))
        .slice(-LOG_LINES)
        .map((line) => `  ${line}`),
    ]),
  ]
}

/** Where a server logs that was started by the command of its host. */
export function againLog(dataDirectory: string): string {
  return `${dataDirectory}.again.log`
}

function textIn(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : '(none)'
}
