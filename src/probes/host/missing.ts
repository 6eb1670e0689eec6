// Why something of a host is not known, and what would make it so: the same words for hosts here and elsewhere.

import { type Known, unknownValue } from '../../model/measured/host.ts'
import type { HostPaths } from './measured-paths.ts'

/** Whose rights and whose config entry the hints speak of. */
export interface HostAccount {
  /** The account that looks; null when only the ssh configuration knows. */
  readonly account: string | null
  /** The host's name in the config. */
  readonly id: string
}

type Missing = Known<never>

/** The config doesn't name what is needed for it; null when it does. */
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

/** A path could not be looked at. `reason` is the system's own. */
export function whyPathUnreadable(reason: string, asker: HostAccount): Missing {
  if (/denied|not permitted/i.test(reason))
    return unknownValue('the account may not look into the folder above it', accessHint(asker))
  return unknownValue(reason, `Correct the path of host ${asker.id} in the config.`)
}

/** postmaster.pid is out of reach, and the list of processes doesn't tell either. */
export function whyPostmasterHidden(reason: string, asker: HostAccount): Missing {
  if (/No such file|no such/i.test(reason))
    return unknownValue('there is no such data directory', `Correct "dataDirectory" of host ${asker.id}.`)
  return unknownValue('postmaster.pid may not be read, and no process names the data directory', accessHint(asker))
}

/** Why pg_controldata printed nothing, from what it wrote and its exit code. */
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

/** How an account comes to see into a data directory that belongs to the server's own. */
function accessHint({ account }: HostAccount): string {
  const group = `usermod -aG postgres ${account ?? 'ACCOUNT'}`
  return `Let ${account ?? 'the account'} read it by the group: ${group}, and with the server stopped chmod -R g+rX on the data directory (what initdb --allow-group-access does); or connect as the owner of the directory.`
}
