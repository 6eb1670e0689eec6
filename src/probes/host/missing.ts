// Why a fact of a host is unknown, and how to make it readable. The words are the same here and over ssh.

import { type Known, unknownValue } from '../../model/measured/host.ts'
import type { Fault } from '../../model/values/fault.ts'
import type { HostPaths } from './measured-paths.ts'

/** The account and the configuration entry that the hints name. */
export interface HostAccount {
  /** The account that reads; null if only the ssh configuration has it. */
  readonly account: string | null
  /** The host's name in the configuration. */
  readonly id: string
  /** Why the account could not act as the user whom the configuration names; null or absent: it could, or names none. */
  readonly notAsUser?: Fault | null
}

type Missing = Known<never>

/** Why a fact is not configured: the configuration lacks a path or unit. null if it has it. */
export function whyNotConfigured(
  subject: HostPaths,
  wanted: 'unit' | 'dataDirectory' | 'binDirectory',
  id: string,
): Missing | null {
  if (wanted === 'unit') {
    if (subject.unit !== null) return null
    return unknownValue('the config names no service', `Add "start": ["systemctl", "start", "…"] to host ${id}.`)
  }
  return subject[wanted] === null
    ? unknownValue(`the config names no ${wanted}`, `Add "${wanted}" to host ${id}.`)
    : null
}

/** A path could not be read. `reason` is the message of the system. */
export function whyPathUnreadable(reason: string, asker: HostAccount): Missing {
  if (/denied|not permitted/i.test(reason))
    return unknownValue('the account may not look into the folder above it', accessHint(asker))
  return unknownValue(reason, `Correct the path of host ${asker.id} in the config.`)
}

/** postmaster.pid can't be read, and the list of processes does not show a postmaster either. */
export function whyPostmasterHidden(reason: string, asker: HostAccount): Missing {
  if (/No such file|no such/i.test(reason))
    return unknownValue('there is no such data directory', `Correct "dataDirectory" of host ${asker.id}.`)
  return unknownValue('postmaster.pid may not be read, and no process names the data directory', accessHint(asker))
}

/** Why pg_controldata printed nothing, from its messages and its exit code. */
export function whyNoControlData(lines: readonly string[], exitCode: number, asker: HostAccount): Missing {
  const said = lines
    .join(' ')
    .replace(/^.*?pg_controldata: (error: |fatal: )?/, '')
    .slice(0, 200)
  if (exitCode === 127 || exitCode === 126) {
    return unknownValue(`pg_controldata does not run: ${said}`, `Correct "binDirectory" of host ${asker.id}.`)
  }
  if (exitCode === 124 || exitCode === 137) {
    return unknownValue(
      'pg_controldata did not end within 1 s',
      'The disk of the data directory hangs: check the kernel log.',
    )
  }
  if (/Permission denied/.test(said))
    return unknownValue(`reading the control file is denied: ${said}`, accessHint(asker))
  return unknownValue(said || 'pg_controldata printed nothing', `Correct "dataDirectory" of host ${asker.id}.`)
}

/** How to let the account read a data directory that belongs to the server's account. */
function accessHint({ account, id, notAsUser }: HostAccount): string {
  if (notAsUser) return `${notAsUser.message}. ${notAsUser.hint ?? ''}`.trim()
  const group = `usermod -aG postgres ${account ?? 'ACCOUNT'}`
  return `Let ${account ?? 'the account'} read it by the group: ${group}, and with the server stopped chmod -R g+rX on the data directory (what initdb --allow-group-access does); or set "as" of host ${id} to the owner of the directory, and allow sudo -n there.`
}
