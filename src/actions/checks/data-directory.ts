// The check that the configured host and folder are those of the database that will be stopped.

import { isOtherSystem } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { readControlFile } from '../hosts/control-file.ts'
import type { DatabaseService } from '../hosts/service.ts'

const LIMIT_MS = 8_000

export const DATA_DIRECTORY_CHECK = 'right-server'

/** Fails if the data there have another system identifier, or if the server there listens on another port. */
export function dataDirectoryMatches(
  view: DatabaseView,
  { host, control: how, dataDirectory, lacks }: DatabaseService,
): PreflightCheck {
  return {
    id: DATA_DIRECTORY_CHECK,
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const connection = tools.host(host)
      // The check of the access has said why.
      if (how === 'manual' || !connection || lacks) return null
      if (dataDirectory === null) {
        return {
          result: 'warn',
          message: `whether the commands of ${host} stop ${view.name} is unknown`,
          hint: 'Set "dataDirectory" of the host, and let this account write there.',
        }
      }
      const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
      const control = await readControlFile(connection, dataDirectory, signal)
      const hint =
        'Correct "host" of the database, or "dataDirectory" of the host, in the config: the action would stop another server.'
      if (control && isOtherSystem(control, view)) {
        const message = `${dataDirectory} on ${host} has system identifier ${control.systemIdentifier}, ${view.name} has ${view.systemIdentifier}`
        return { result: 'fail', message, hint }
      }
      const file = await connection.readFile(`${dataDirectory}/postmaster.pid`, { signal })
      const port = file?.text.split('\n')[3]?.trim() ?? ''
      const wanted = String(view.pulse?.serverPort ?? view.port)
      if (/^\d+$/.test(port) && port !== wanted) {
        return {
          result: 'fail',
          message: `the server in ${dataDirectory} on ${host} listens on ${port}, ${view.name} on ${wanted}`,
          hint,
        }
      }
      return {
        result: 'pass',
        message: `${dataDirectory} on host ${host} is the data directory of ${view.name}`,
        hint: null,
      }
    },
  }
}
