// Brings a stopped old primary back as a standby of the new one, never as a primary: its files, its slot, its start.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { readControlFile } from '../hosts/control-file.ts'
import { repointConninfo, settingInConf, withAutoConfSettings } from '../hosts/primary-conninfo.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { createStandbySignal } from '../hosts/standby-signal.ts'
import { startServer } from '../hosts/start-server.ts'
import { ensurePhysicalSlot } from '../repoint/physical-slots.ts'
import { currentPrimaryConninfo } from '../repoint/set-upstream.ts'
import { streamingFrom, verifyKeepsStreaming } from './repoint-standbys.ts'
import { WHY_NOT_STREAMING } from './why-not-streaming.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    upstream: arg.text(),
    host: arg.optionalText(),
    dataDirectory: arg.optionalText(),
    start: arg.texts(),
    slot: arg.text(),
    /** The address of the upstream as the old primary reaches it. */
    toHost: arg.text(),
    toPort: arg.number(),
  })
type Args = arg.Of<typeof form>

/** The old primary, its new upstream, and the texts of the plan. */
export interface StandbyReturn extends Omit<StepTexts, 'where' | 'verify' | 'changes'> {
  readonly database: DatabaseView
  readonly upstream: DatabaseView
  readonly to: DatabaseAddress
  readonly service: DatabaseService
  readonly slot: string
}

export const returnAsStandbyKind = defineStep({
  kind: 'return-as-standby',
  version: 1,
  args: form,
  explainedBy: WHY_NOT_STREAMING,
  plan({ database, upstream, to, service, slot, ...texts }: StandbyReturn): StepPlan<Args> {
    const { host, dataDirectory, start } = service
    const place = { host, dataDirectory, start: start ?? [], slot, toHost: to.host, toPort: to.port }
    return {
      ...texts,
      args: { database: database.id, upstream: upstream.id, ...place },
      where: host ?? database.host,
      verify: `pg_stat_replication of ${upstream.name} shows it streaming`,
      changes: [database.id],
    }
  },
  restarts: ({ database }) => ({ database, to: 'started' }),
  async run(args, tools) {
    const database = args.database
    const clusterView = await tools.refresh()
    const upstream = findDatabase(clusterView, args.upstream)
    if (!upstream || !isWritable(upstream))
      throw new ActionError(`${args.upstream} is not verified as writable`, 'Nothing was started.')
    const view = findDatabase(clusterView, database)
    if (view && isWritable(view))
      throw new ActionError(`${view.name} is writable`, `Fence it first: pgdeck do fence ${database}`)
    const connection = tools.host(args.host)
    const dataDirectory = args.dataDirectory
    if (!connection || dataDirectory === null)
      throw new ActionError(`pgdeck has no access to the host of ${database}`, 'Start it as a standby by hand.')
    if (streamingFrom(clusterView, database, upstream.id).streams) return
    await requireClean(connection, dataDirectory, database, tools)
    await ensurePhysicalSlot(upstream.id, args.slot, tools)
    // The signal file first: from now on it can start only as a standby.
    await createStandbySignal(connection, dataDirectory, tools)
    await writeSettings(args, connection, dataDirectory, upstream.id, tools)
    if (view?.problem) await startServer({ database, start: args.start, dataDirectory }, connection, tools)
    else await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  },
  async verify(args, tools): Promise<Verification> {
    const [database, upstream] = [args.database, args.upstream]
    const { streams, words } = streamingFrom(await tools.refresh(), database, upstream)
    if (!streams) return { result: 'not-yet', why: words }
    return verifyKeepsStreaming(words, database, upstream, tools)
  },
})

/** Throws unless the server ended cleanly: otherwise it may have WAL that the new primary never received. */
async function requireClean(
  connection: HostConnection,
  dataDirectory: string,
  database: string,
  { signal }: ActionToolbox,
): Promise<void> {
  const control = await readControlFile(connection, dataDirectory, signal)
  if (
    !control ||
    control.state === 'shut down' ||
    control.state === 'shut down in recovery' ||
    control.state === 'in archive recovery'
  )
    return
  throw new ActionError(
    `${database} did not shut down cleanly (${control.state}): its timeline history may differ from that of the new primary`,
    `Rewind it with pg_rewind, or rebuild it: pgdeck do rebuild-replica ${database}`,
  )
}

/** The connection string is the one with which the new primary itself followed, with the address of the new primary. */
async function writeSettings(
  args: Args,
  connection: HostConnection,
  dataDirectory: string,
  upstream: string,
  tools: ActionToolbox,
): Promise<void> {
  const { signal } = tools
  const path = `${dataDirectory}/postgresql.auto.conf`
  const file = await connection.readFile(path, { signal })
  const own = file ? settingInConf(file.text, 'primary_conninfo') : null
  const theirs = await currentPrimaryConninfo(upstream, tools).catch(() => null)
  const template = theirs ?? own
  if (template === null) {
    throw new ActionError(
      `pgdeck has no primary_conninfo for ${args.database}`,
      'Let this role read it (GRANT pg_read_all_settings), or set it by hand.',
    )
  }
  const to = { host: args.toHost, port: args.toPort }
  const settings = {
    primary_conninfo: repointConninfo(template, to, { application_name: args.database }),
    primary_slot_name: args.slot,
  }
  const text = withAutoConfSettings(file?.text ?? '', settings)
  if (text !== file?.text)
    await connection.replaceFile(path, text, { signal, expected: file?.sha256 ?? null, backup: null })
}
