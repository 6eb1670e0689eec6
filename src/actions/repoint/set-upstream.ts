// Points one standby at another upstream. The connection string passes through this process's memory only.

import { sqlLiteral } from '../../io/postgres/connection/literal.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { repointConninfo, settingInConf, withAutoConfSettings } from '../hosts/primary-conninfo.ts'

export interface UpstreamChange {
  readonly standby: string
  readonly method: 'sql' | 'file'
  readonly host: string | null
  readonly dataDirectory: string | null
  readonly reload: readonly string[]
  readonly to: DatabaseAddress
  /** The slot that it will use; null keeps the current one. */
  readonly slot: string | null
}

/** Changes the setting and reloads. Safe to repeat. Throws FaultError, ActionError. */
export async function setUpstream(rewiring: UpstreamChange, tools: ActionToolbox): Promise<void> {
  if (rewiring.method === 'sql') await bySql(rewiring, tools)
  else await byFile(rewiring, tools)
}

async function bySql({ standby, to, slot }: UpstreamChange, tools: ActionToolbox): Promise<void> {
  const conninfo = await currentPrimaryConninfo(standby, tools)
  if (conninfo === null) throw new ActionError(`${standby} has no primary_conninfo`, 'Set it by hand once.')
  // A role that can't keep its statements out of the server log is not sent here if statements are logged.
  const text = `ALTER SYSTEM SET primary_conninfo = ${sqlLiteral(repointConninfo(conninfo, to))}`
  await tools.sql(standby, { text, on: 'quiet' })
  if (slot !== null) await tools.sql(standby, { text: `ALTER SYSTEM SET primary_slot_name = ${sqlLiteral(slot)}` })
  // This statement also replaces the previous one in pg_stat_activity, which shows the session's last statement.
  await tools.callFunction(standby, { text: 'SELECT pg_catalog.pg_reload_conf()', on: 'quiet' })
}

async function byFile(
  { standby, host, dataDirectory, reload, to, slot }: UpstreamChange,
  tools: ActionToolbox,
): Promise<void> {
  const connection = tools.host(host)
  if (!connection || dataDirectory === null)
    throw new ActionError(`pgdeck has no access to the host of ${standby}`, 'Change it there by hand.')
  const path = `${dataDirectory}/postgresql.auto.conf`
  const file = await connection.readFile(path, { signal: tools.signal })
  if (!file) throw new ActionError(`${path} does not exist`, 'Check dataDirectory in the config.')
  const conninfo =
    (await currentPrimaryConninfo(standby, tools).catch(() => null)) ?? settingInConf(file.text, 'primary_conninfo')
  if (conninfo === null) throw new ActionError(`${standby} has no primary_conninfo`, 'Set it by hand once.')
  const settings = {
    primary_conninfo: repointConninfo(conninfo, to),
    ...(slot === null ? {} : { primary_slot_name: slot }),
  }
  const text = withAutoConfSettings(file.text, settings)
  if (text !== file.text)
    await connection.replaceFile(path, text, { signal: tools.signal, expected: file.sha256, backup: null })
  const [row] = await tools.sql<{ may: boolean }>(standby, {
    text: `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'execute') AS may`,
  })
  if (row?.may) {
    await tools.callFunction(standby, { text: 'SELECT pg_catalog.pg_reload_conf()' })
    return
  }
  const { exitCode, stderr } = await connection.run(reload, { signal: tools.signal })
  if (exitCode !== 0) throw new ActionError(`${standby} did not reload: ${stderr.trim()}`, 'Reload it by hand.')
}

/** Returns the value in force; null if there is none. Throws if this role may not read it. */
export async function currentPrimaryConninfo(database: string, tools: ActionToolbox): Promise<string | null> {
  const [row] = await tools.sql<{ conninfo: string }>(database, {
    text: `SELECT pg_catalog.current_setting('primary_conninfo') AS conninfo`,
  })
  return row?.conninfo ? row.conninfo : null
}
