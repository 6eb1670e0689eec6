// An account of this machine that may become another user by sudo, as a rule made for the test allows. It goes with the test.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SystemUser } from '../../src/io/files/sync-files.ts'
import { isProcessAlive, serverUser } from '../../src/io/process/process.ts'
import type { Lifetime } from './lifetime.ts'

const RULES = '/etc/sudoers.d'
const STEM = 'pgdeckops'
let made = 0

/** Why an account can't be made here; false when it can. */
export const withoutSudo: string | false =
  process.getuid?.() !== 0
    ? 'only root makes an account with a sudoers rule'
    : ['sudo', 'useradd', 'userdel'].some((name) => spawnSync(name, ['--help']).error)
      ? 'sudo or useradd is not installed'
      : serverUser() === null && 'there is no other account to act as'

/** `rule` is what sudoers allows the account, e.g. `(postgres) NOPASSWD: ALL`; null: nothing. */
export function sudoAccount(context: Lifetime, rule: string | null): SystemUser {
  for (const left of readdirSync(RULES)) {
    const [, pid] = new RegExp(`^${STEM}(\\d+)x\\d+$`).exec(left) ?? []
    if (pid !== undefined && !isProcessAlive(Number(pid))) removeAccount(left)
  }
  made += 1
  const name = `${STEM}${process.pid}x${made}`
  context.after(() => removeAccount(name))
  const added = spawnSync('useradd', ['--no-create-home', '--home-dir', '/', '--shell', '/bin/sh', name])
  if (added.status !== 0) throw new Error(`useradd failed: ${added.stderr}`)
  // sudo refuses a file that others may write to.
  writeFileSync(join(RULES, name), rule === null ? '# nothing\n' : `${name} ALL=${rule}\n`, { mode: 0o440 })
  const [, , uid = '', gid = ''] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([first]) => first === name) ?? []
  return { name, uid: Number(uid), gid: Number(gid) }
}

function removeAccount(name: string): void {
  rmSync(join(RULES, name), { force: true })
  // Forced: the sessions of its sshd end a moment later.
  spawnSync('userdel', ['--force', name])
}
