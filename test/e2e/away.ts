// This machine as if the repository were not on it: its folder is covered, nothing of the user's environment is left.

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { embeddedPackages } from '../../src/demo/postgres/embedded.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What is on PATH: no Node, no PostgreSQL. */
const PROGRAMS = ['sh', 'tar', 'id', 'ps', 'ls', 'cat', 'uname', 'rm', 'sed', 'awk', 'tr', 'sleep', 'ipcrm']
const COVER = ['/usr/bin/unshare', '--mount', '--propagation', 'private']
const AS_USER = ['--user', '--keep-caps', '--map-current-user']

export interface Away {
  /** An empty folder to work in. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** The command as it is to be started so that the repository is not there, nor the further folders. */
  command(command: readonly string[], without?: readonly string[]): readonly [string, ...string[]]
  /** Whether the repository can be covered here at all; where not, commands run as they are. */
  readonly isCovered: boolean
  /** A copy of PostgreSQL's server programs outside the repository; null when there are none to copy. */
  postgres(): string | null
  close(): void
}

/** A folder tree of its own, gone after `close`. */
export function openAway(): Away {
  const top = mkdtempSync(join(tmpdir(), 'pgdeck-test-away-'))
  const inside = (name: string) => {
    const path = join(top, name)
    mkdirSync(path)
    return path
  }
  // Servers of the demo may run as another user.
  chmodSync(top, 0o755)
  const folder = inside('work')
  const programs = inside('programs')
  for (const name of PROGRAMS) {
    const path = ['/usr/bin', '/bin'].map((where) => join(where, name)).find((each) => existsSync(each))
    if (path) symlinkSync(path, join(programs, name))
  }
  const env = { PATH: programs, HOME: inside('home'), TERM: 'xterm-256color', LANG: 'C.UTF-8' }
  const isCovered = spawnSync(...covered(['/bin/true'], [])).status === 0
  return {
    folder,
    env,
    isCovered,
    command(command, without = []) {
      if (!isCovered) return [command[0] ?? '', ...command.slice(1)]
      const [program, args] = covered(command, without)
      return [program, ...args]
    },
    postgres() {
      const [newest] = embeddedPackages()
      if (!newest) return null
      const copy = join(top, 'postgres')
      if (!existsSync(copy)) cpSync(dirname(newest.bin), copy, { recursive: true, verbatimSymlinks: true })
      return join(copy, 'bin')
    },
    close: () => rmSync(top, { recursive: true, force: true }),
  }
}

function covered(command: readonly string[], without: readonly string[]): [program: string, args: readonly string[]] {
  const [unshare = '', ...options] = COVER
  const user = process.getuid?.() === 0 ? [] : AS_USER
  const lines = [ROOT, ...without].map((_, index) => `/bin/mount -t tmpfs none "$${index + 1}"`)
  const count = lines.length
  const script = [...lines, `shift ${count}`, 'exec "$@"'].join(' && ')
  return [unshare, [...options, ...user, '/bin/sh', '-c', script, 'sh', ROOT, ...without, ...command]]
}
