// The shell of another user of the same host, for files and programs that only the owner of the data may use.

import type { Fault } from '../../model/values/fault.ts'
import { shellQuote } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'

/**
 * Becomes `sh` as the user `$1`: without a change where that is the account already, else by runuser (as root) or sudo.
 * `-n`: sudo never asks for a password. That user may have no right to the folder in which the account's shells begin. One line, because csh
 * takes no quoted line break.
 */
const BECOME = [
  '[ "$(id -un 2>/dev/null)" = "$1" ] && exec sh',
  'cd /',
  '[ "$(id -u)" = 0 ] && command -v runuser >/dev/null 2>&1 && exec runuser -u "$1" -- sh',
  'exec sudo -n -u "$1" -- sh',
].join('; ')

/** The program with its arguments; `user` is one of them, never part of a script. */
export function asUserArguments(user: string): readonly string[] {
  return ['sh', '-c', BECOME, 'sh', user]
}

/** The same as the one command that ssh sends; the login shell there may be any. */
export function asUserCommand(user: string): string {
  return asUserArguments(user)
    .map((word) => shellQuote(word))
    .join(' ')
}

/** Programs that bring their own rights, or ask a service manager that checks those of the account. */
const OWN_RIGHTS = new Set(['sudo', 'doas', 'su', 'run0', 'pkexec', 'runuser', 'systemctl', 'service'])

/** Whether that program is run by the account itself, although its host has `as`. */
export function bringsOwnRights([program = '']: readonly string[]): boolean {
  return OWN_RIGHTS.has(program.slice(program.lastIndexOf('/') + 1))
}

/** The fault of a shell that did not become that user; `said` is what sudo wrote, `where` the account and its host. */
export function notAsUserFault(where: string, user: string, said: string): Fault {
  const lines = said.trim().split('\n')
  // sudo's reason comes first; what follows from it comes after that.
  const reason = clean(lines.find((line) => /^(sudo: |Sorry, )/.test(line)) ?? lines.at(-1) ?? '').slice(0, 300)
  return {
    code: 'auth',
    message: `${clean(where)} may not act as ${clean(user)}${reason === '' ? '' : `: ${reason}`}`,
    hint: `Allow it in sudoers there, without a password: ACCOUNT ALL=(${clean(user)}) NOPASSWD: ALL; \`sudo -n -u ${clean(user)} -- sh -c true\` tests it.`,
  }
}
