// The check that the configured host is the one where a database's pg_hba.conf is edited: by the data directory that
// the server reports.

import { HostFileError } from '../../io/hosts/host-fault.ts'
import { isOtherSystem } from '../../model/measured/server-identity.ts'
import { whyOtherPostmaster } from '../../model/measured/server-on-host.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { DATA_DIRECTORY_CHECK } from '../checks/data-directory.ts'
import type { ActionToolbox, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { readControlFile } from '../hosts/control-file.ts'
import { readPostmasterFile } from '../hosts/server-on-host.ts'
import { hostConfigOf } from '../hosts/service.ts'

const LIMIT_MS = 8_000
// A role without pg_read_all_settings can't read it.
const FOLDER = `SELECT setting AS folder FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'data_directory'`

/**
 * Checks the host of each database. With "dataDirectory" in the configuration, every action uses that folder. Without
 * it, the folder that the server reports is looked up on the host: it must hold data with the same system identifier,
 * and belong to the postmaster that answers.
 */
export function rightHosts(databases: readonly string[]): PreflightCheck {
  return {
    id: DATA_DIRECTORY_CHECK,
    mayOverride: false,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const results = await Promise.all(databases.map((id) => hbaHostCheck(id, clusterView, tools)))
      const all = results.flatMap((each) => each ?? [])
      const worst = all.find(({ result }) => result === 'fail') ?? all.find(({ result }) => result === 'warn') ?? all[0]
      if (!worst) return null
      const alike = all.filter(({ result }) => result === worst.result)
      return { ...worst, message: alike.map(({ message }) => message).join('; ') }
    },
  }
}

/** As `rightHosts`, for one database. null: it does not apply. */
export async function hbaHostCheck(
  database: string,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<PreflightResult> {
  const host = hostConfigOf(database, tools)
  const view = findDatabase(clusterView, database)
  if (!host || !view || host.dataDirectory !== null || !tools.host(host.id)) return null
  const hint = `Set "dataDirectory" of the host ${host.id} in the config, if it is the host of ${view.name}.`
  const [row] = await tools.sql<{ folder: string }>(database, { text: FOLDER })
  if (!row) {
    const message = `whether ${host.id} is the host of ${view.name} is unknown: this role may not read data_directory`
    return { result: 'warn', message, hint }
  }
  const why = await whyNotThere(row.folder, view, host.id, tools)
  if (why !== null) return { result: 'fail', message: why, hint: `Correct "host" of ${view.name} in the config.` }
  return {
    result: 'pass',
    message: `${row.folder} on host ${host.id} is the data directory of ${view.name}`,
    hint: null,
  }
}

async function whyNotThere(
  folder: string,
  view: DatabaseView,
  host: string,
  tools: ActionToolbox,
): Promise<string | null> {
  const connection = tools.host(host)
  if (!connection) return null
  const { name, identity } = view
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const control = await readControlFile(connection, folder, signal).catch((error: unknown) => {
    if (error instanceof HostFileError && error.trouble === 'not-there') return null
    throw error
  })
  if (!control) return `${folder} on ${host} is not a data directory, and ${name} uses a folder of that name`
  if (isOtherSystem(control, view))
    return `${folder} on ${host} is of system ${control.systemIdentifier}, ${name} of ${view.systemIdentifier}`
  const why = identity && whyOtherPostmaster(await readPostmasterFile(connection, folder, signal), identity)
  return why && `the postmaster in ${folder} on ${host} is not ${name}: ${why}`
}
