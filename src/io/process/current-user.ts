// The user of this program, as the system reports it: for the audit log and everything signed with a name.

import { readlinkSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Principal } from '../../model/events/audit-entry.ts'
import { clean } from '../../model/values/text.ts'

/** The user (with sudo the one who called it), the SSH client and the terminal of this process. */
export function currentUser(env: Readonly<Record<string, string | undefined>>): Principal {
  let user: string | null = null
  return {
    // Looked up at first use: it takes longer than the rest here, and most runs of a monitor write nothing.
    get user() {
      user ??= userName(env)
      return user
    },
    ssh: clean((env.SSH_CONNECTION ?? env.SSH_CLIENT ?? '').split(' ')[0] ?? '') || null,
    tty: terminal() ?? (clean(env.SSH_TTY ?? '') || null),
  }
}

function userName(env: Readonly<Record<string, string | undefined>>): string {
  const name = accountName() ?? env.USER ?? env.LOGNAME ?? String(process.getuid?.() ?? 'unknown')
  return clean(env.SUDO_USER && env.SUDO_USER !== name ? `${env.SUDO_USER} as ${name}` : name)
}

/** null for a user without an account, as in containers. */
function accountName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

function terminal(): string | null {
  if (!process.stdin.isTTY || process.platform !== 'linux') return null
  try {
    return clean(readlinkSync('/proc/self/fd/0'))
  } catch {
    return null
  }
}
