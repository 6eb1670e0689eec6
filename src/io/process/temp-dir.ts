// A temporary folder for started servers with a guard: a small process that ends them and removes the folder when
// pgdeck is gone.

import { spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeDiskBytes, type SystemUser } from '../files/sync-files.ts'
import { serverUser } from './process.ts'

/** Socket paths end at 107 bytes (103 on macOS). The rest is for `/.s.PGSQL.65535` and the folder's own name. */
const LONGEST_PARENT = 60
const ROOMY = 2 * 1024 ** 3

/** A folder that is removed at the end of this process, with every PostgreSQL server in it. */
export interface TempDir {
  readonly path: string
  /** The owner of the folder and its servers; null: this user. */
  readonly owner: SystemUser | null
  /** Ends all servers in it at once and removes it. May be called again. */
  close(): Promise<void>
}

// The guard waits for the end of its input, which comes with the end of pgdeck, whatever the cause, or with close().
// SIGKILL also ends stopped processes. An initdb is asked to end. The guard waits for it and for the server process that
// it runs, a minute at most: killed, or without its folder, that would leave its shared memory behind. The second round
// ends a server that was about to start in the first. Paths of programs may hold spaces. ps cuts lines at COLUMNS.
const GUARD = `
trap '' INT TERM HUP QUIT
unset COLUMNS
while read -r _; do :; done
children() { cat "/proc/$1/task/$1/children" 2>/dev/null || ps -A -o pid=,ppid= | awk -v p="$1" '$2==p{print $1}'; }
command_of() { tr '\\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || ps -o command= -p "$1"; }
initdb_here() { ps -A -o pid=,args= | awk -v path="$1" 'index($0, "/initdb -D " path "/") {print $1}'; }
family() { for p in $1; do echo "$p"; for c in $(children "$p"); do echo "$c"; children "$c"; done; done; }
alive() { for p in $1; do case "$(ps -o stat= -p "$p")" in ''|Z*) ;; *) return 0 ;; esac; done; return 1; }
pid=$(initdb_here "$1"); pids=$(family "$pid"); [ -n "$pid" ] && kill -TERM $pid 2>/dev/null
looks=0
while [ "$looks" -lt 600 ] && alive "$pids"; do
  looks=$((looks + 1))
  sleep 0.1
done
for round in 1 2; do
  for file in "$1"/*/postmaster.pid; do
    [ -f "$file" ] || continue
    pid=$(sed -n 1p "$file"); shm=$(sed -n '7s/.* //p' "$file")
    case "$(command_of "$pid" 2>/dev/null)" in
      *"$1"*) kill -KILL "$pid" $(children "$pid") 2>/dev/null ;;
    esac
    [ -n "$shm" ] && ipcrm -m "$shm" 2>/dev/null
  done
  rm -rf "$1" 2>/dev/null && [ ! -e "$1" ] && break
  sleep 0.2
done
rm -rf "$1" 2>/dev/null
exit 0
`

/** Opens a scratch folder in memory (/dev/shm) if that has room, else in the system's folder for temporary files. */
export function openTempDir(): TempDir {
  if (process.platform === 'win32') throw new Error('Launching PostgreSQL servers needs Linux or macOS')
  const owner = serverUser()
  const path = mkdtempSync(join(parentFolder(), 'pgdeck-'))
  chmodSync(path, 0o700)
  if (owner) chownSync(path, owner.uid, owner.gid)
  const guard = spawn('/bin/sh', ['-c', GUARD, 'pgdeck-guard', path], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = new Promise<void>((resolve) => guard.once('exit', () => resolve()).once('error', () => resolve()))
  guard.stdin.on('error', () => {})
  guard.unref()
  if ('unref' in guard.stdin) (guard.stdin as unknown as { unref(): void }).unref()
  return {
    path,
    owner,
    close: () => {
      guard.ref()
      guard.stdin.end()
      return gone
    },
  }
}

function parentFolder(): string {
  if (freeDiskBytes('/dev/shm') >= ROOMY) return '/dev/shm'
  return tmpdir().length <= LONGEST_PARENT ? tmpdir() : '/tmp'
}
