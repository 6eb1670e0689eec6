// Finds whether a postmaster runs on a database's host, by its pid file and the process list.

import { formatLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { readControlFile } from './control-file.ts'

const LIMIT_MS = 8_000

/**
 * A server in a container has other process ids and another path for its folder, but the same working directory.
 * `running`: this kernel runs such a server. `hidden`: one may run that can't be inspected. A process that is ending
 * (the kernel's flag PF_EXITING, 4) has no working directory any more and does not count. The script starts no program
 * per process, because there may be hundreds.
 */
const ELSEWHERE = `[ -r /proc/self/stat ] || exit 0
{ read -r s </proc/1/stat; } 2>/dev/null || { echo hidden; exit 0; }
over() { read -r s 2>/dev/null <"$d/stat" || return 0; set -- \${s##*') '}; [ "$1" = Z ] || [ $(($7 & 4)) -ne 0 ]; }
for d in /proc/[0-9]*; do
  read -r s 2>/dev/null <"$d/stat" || continue
  case $s in *') Z '*) continue;; *'(postgres)'*|*'(postmaster)'*) ;; *) continue;; esac
  if [ "$d/cwd" -ef "$1" ]; then echo running; exit 0; fi
  [ -d "$d/cwd" ] || over || echo hidden
done
exit 0`

/**
 * A killed server leaves its pid file, and another process may have got its pid since. A postmaster works in its data
 * directory. `elsewhere`: the process works in another folder. No output: that can't be seen.
 */
const NAMED = `ps -p "$2" -o stat= -o args= || exit 0
[ -d "/proc/$2/cwd" ] || exit 0
[ "/proc/$2/cwd" -ef "$1" ]; [ $? -ne 1 ] || echo elsewhere
exit 0`

export interface DataDirectoryPlace {
  readonly host: string | null
  readonly dataDirectory: string | null
}

function connectionTo({ host, dataDirectory }: DataDirectoryPlace, tools: ActionToolbox) {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  return { connection: tools.host(host), dataDirectory, signal }
}

/** Returns `running`, or how the server ended as a text; null if its host can't tell. Never throws. */
export async function postmasterStateOn(place: DataDirectoryPlace, tools: ActionToolbox): Promise<string | null> {
  const { connection, dataDirectory, signal } = connectionTo(place, tools)
  if (!connection || dataDirectory === null) return null
  try {
    const file = await connection.readFile(`${dataDirectory}/postmaster.pid`, { signal })
    const pid = file?.text.split('\n')[0]?.trim() ?? ''
    if (/^\d+$/.test(pid)) {
      const { stdout } = await connection.run(['sh', '-c', NAMED, 'sh', dataDirectory, pid], { signal })
      if (mayBePostmaster(stdout)) return 'running'
    }
    const control = await readControlFile(connection, dataDirectory, signal)
    const endedItself = control?.state.startsWith('shut down') ?? false
    if (file && !endedItself) {
      const elsewhere = await connection.run(['sh', '-c', ELSEWHERE, 'sh', dataDirectory], { signal })
      if (elsewhere.stdout.includes('running')) return 'running'
      if (elsewhere.exitCode !== 0 || elsewhere.stdout.includes('hidden')) return null
    }
    return control && (control.state === 'shut down' ? 'shut down cleanly' : `it ended ${control.state}`)
  } catch {
    return null
  }
}

/** Decides by the state and the arguments of a process, and by its working directory. */
function mayBePostmaster(listed: string): boolean {
  const [line = '', place] = listed.trim().split('\n')
  // A zombie, which ended and was not waited for by its parent, is listed as Z.
  if (!/postgres|postmaster/.test(line) || line.startsWith('Z') || place === 'elsewhere') return false
  // Only the child processes of a postmaster have such a title.
  return !/^\S+\s+postgres: /.test(line)
}

/**
 * Returns the position of the last record of a primary that was shut down cleanly; null for any other end, or if it
 * can't be read.
 */
export async function shutdownCheckpoint(place: DataDirectoryPlace, tools: ActionToolbox): Promise<string | null> {
  const { connection, dataDirectory, signal } = connectionTo(place, tools)
  if (!connection || dataDirectory === null) return null
  const control = await readControlFile(connection, dataDirectory, signal).catch(() => null)
  return control?.state === 'shut down' ? formatLsn(control.checkpointLsn) : null
}

/** Prints `none` if the host shows the processes of all users and PostgreSQL is not among them. */
const ANY = `{ read -r s </proc/1/stat; } 2>/dev/null || exit 0
for d in /proc/[0-9]*; do
  read -r s 2>/dev/null <"$d/stat" || continue
  case $s in *') Z '*) continue;; *'(postgres)'*|*'(postmaster)'*) exit 0;; esac
done
echo none`

/** Returns whether the host shows that no PostgreSQL server runs there; false also if it can't tell. Never throws. */
export async function noPostmasterRunsOn(host: string | null, tools: ActionToolbox): Promise<boolean> {
  const { connection, signal } = connectionTo({ host, dataDirectory: null }, tools)
  if (!connection) return false
  try {
    const { exitCode, stdout } = await connection.run(['sh', '-c', ANY], { signal })
    return exitCode === 0 && stdout.trim() === 'none'
  } catch {
    return false
  }
}
