// Why the configured data directory can't be used: which account may not do what there, and how to allow it.

import type { HostConfig } from '../../config/config.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

/** In words: what is missing, and what to do. */
export interface MissingAccess {
  readonly why: string
  readonly hint: string | null
}

/** Prints what is missing, the account that asks, and the owner of the folder where the account may see that. */
const LOOK = `if [ -d "$1" ] && [ -r "$1" ] && [ -w "$1" ] && [ -x "$1" ]; then echo nothing; exit; fi
e=$(LC_ALL=C ls -ld -- "$1" 2>&1)
case $e in *'No such file'*) echo folder;; d*) [ -r "$1" ] && echo write || echo read;; *) echo read;; esac
id -un
case $e in d*) set -- $e; printf '%s\\n' "$3";; esac`

/** null if the account may read and write there, or if no folder is configured. Never throws FaultError. */
export async function missingAccess(
  { id, as, dataDirectory }: Pick<HostConfig, 'id' | 'as' | 'dataDirectory'>,
  connection: HostConnection,
  signal: AbortSignal,
): Promise<MissingAccess | null> {
  if (dataDirectory === null) return null
  try {
    const { stdout } = await connection.run(['sh', '-c', LOOK, 'sh', dataDirectory], { signal })
    const [missing = '', account = '', owner = ''] = stdout.split('\n')
    if (missing === 'nothing') return null
    if (missing === 'folder')
      return {
        why: clean(`${dataDirectory} is not on the host ${id}`),
        hint: 'Correct "dataDirectory" of the host in the config.',
      }
    const verb = missing === 'write' ? 'write to' : 'read'
    return { why: clean(`${account} may not ${verb} ${dataDirectory} on the host ${id}`), hint: hintFor(id, as, owner) }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    return { why: error.fault.message, hint: error.fault.hint }
  }
}

function hintFor(id: string, as: string | undefined, owner: string): string {
  const user = owner === '' ? 'the owner of the data' : clean(owner)
  const set = as === undefined ? 'Set' : 'Correct'
  return `${set} "as" of the host ${id} in the config: ${user}, and allow sudo -n for it there.`
}
