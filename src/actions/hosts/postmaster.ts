// Whether a postmaster runs on a database's host, as its own files and process list tell.

import { formatLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { readControlFile } from './control-file.ts'

const LIMIT_MS = 8_000

/**
 * A server in a container has other process ids and another name for its folder, but works in the same one: `running`
 * where there is such a server on this kernel, `hidden` where one may be that can't be looked at. One that is about to end
 * (the kernel's PF_EXITING, 4) has no folder any more, and is none. No program is started for each: there may be hundreds.
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
 * A killed server leaves its file, and another process may have got that number since: a postmaster works in its data
 * directory. `elsewhere` where the process works in another folder; nothing where that can't be seen.
 */
const NAMED = `ps -p "$2" -o stat= -o args= || exit 0
[ -d "/proc/$2/cwd" ] || exit 0
[ "/proc/$2/cwd" -ef "$1" ]; [ $? -ne 1 ] || echo elsewhere
exit 0`

export interface DataDirectoryPlace {
  readonly host: string | null
  readonly dataDirectory: string | null
}

function wayTo({ host, dataDirectory }: DataDirectoryPlace, tools: ActionToolbox) {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  return { reach: tools.host(host), dataDirectory, signal }
}

/** `running`, how it ended in words, or null where its host can't tell. Never throws. */
export async function postmasterStateOn(place: DataDirectoryPlace, tools: ActionToolbox): Promise<string | null> {
  const { reach, dataDirectory, signal } = wayTo(place, tools)
  if (!reach || dataDirectory === null) return null
  try {
    const file = await reach.readFile(`${dataDirectory}/postmaster.pid`, { signal })
    const pid = file?.text.split('\n')[0]?.trim() ?? ''
    if (/^\d+$/.test(pid)) {
      const { stdout } = await reach.run(['sh', '-c', NAMED, 'sh', dataDirectory, pid], { signal })
      if (mayBePostmaster(stdout)) return 'running'
    }
    const control = await readControlFile(reach, dataDirectory, signal)
    const endedItself = control?.state.startsWith('shut down') ?? false
    if (file && !endedItself) {
      const elsewhere = await reach.run(['sh', '-c', ELSEWHERE, 'sh', dataDirectory], { signal })
      if (elsewhere.stdout.includes('running')) return 'running'
      if (elsewhere.exitCode !== 0 || elsewhere.stdout.includes('hidden')) return null
    }
    return control && (control.state === 'shut down' ? 'shut down cleanly' : `it ended ${control.state}`)
  } catch {
    return null
  }
}

/** By the state and the arguments of a process, and where it works. */
function mayBePostmaster(listed: string): boolean {
  const [line = '', place] = listed.trim().split('\n')
  // One that ended and was not waited for by its parent is still listed, as Z.
  if (!/postgres|postmaster/.test(line) || line.startsWith('Z') || place === 'elsewhere') return false
  // Only the children of a postmaster call themselves so.
  return !/^\S+\s+postgres: /.test(line)
}

/** Where the last record of a primary begins that was shut down cleanly; null for any other end, or where none can be read. */
export async function shutdownCheckpoint(place: DataDirectoryPlace, tools: ActionToolbox): Promise<string | null> {
  const { reach, dataDirectory, signal } = wayTo(place, tools)
  if (!reach || dataDirectory === null) return null
  const control = await readControlFile(reach, dataDirectory, signal).catch(() => null)
  return control?.state === 'shut down' ? formatLsn(control.checkpointLsn) : null
}

/** Prints `none` where the host shows the processes of all users and no server of PostgreSQL is among them. */
const ANY = `{ read -r s </proc/1/stat; } 2>/dev/null || exit 0
for d in /proc/[0-9]*; do
  read -r s 2>/dev/null <"$d/stat" || continue
  case $s in *') Z '*) continue;; *'(postgres)'*|*'(postmaster)'*) exit 0;; esac
done
echo none`

/** Whether the host says that no server of PostgreSQL runs there at all; false also where it can't tell. Never throws. */
export async function noPostmasterRunsOn(host: string | null, tools: ActionToolbox): Promise<boolean> {
  const { reach, signal } = wayTo({ host, dataDirectory: null }, tools)
  if (!reach) return false
  try {
    const { exitCode, stdout } = await reach.run(['sh', '-c', ANY], { signal })
    return exitCode === 0 && stdout.trim() === 'none'
  } catch {
    return false
  }
}
