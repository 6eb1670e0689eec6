// Brings a stopped old primary back as a standby of the new one: its files, its slot, its start; never as a primary.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { clean } from '../../model/values/text.ts'
import type { Tools } from '../definition/action.ts'
import { isWritable } from '../definition/participants.ts'
import { numberOf, optionalText, textOf, textsOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { databaseOf } from '../definition/target.ts'
import type { Address } from '../hosts/address.ts'
import { readControl } from '../hosts/control-file.ts'
import { repointed, settingIn, withSettings } from '../hosts/primary-conninfo.ts'
import { bar } from '../hosts/standby-signal.ts'
import { ensureSlot } from '../repoint/physical-slots.ts'
import { currentConninfo } from '../repoint/set-upstream.ts'
import { attachment, staysAttached } from './repoint-standbys.ts'

export interface Return {
  readonly database: string
  readonly upstream: string
  readonly to: Address
  readonly host: string | null
  readonly dataDirectory: string | null
  readonly start: readonly string[]
  readonly slot: string
}

export function returnArguments({ to, ...rest }: Return): JsonRecord {
  return { ...rest, toHost: to.host, toPort: to.port }
}

const LIMIT_MS = 150_000

export const returnAsStandby: StepKind = {
  kind: 'return-as-standby',
  restarts: (args) => optionalText(args, 'database'),
  async run(args, tools) {
    const database = textOf(args, 'database')
    const sight = await tools.look()
    const upstream = databaseOf(sight, textOf(args, 'upstream'))
    if (!upstream || !isWritable(upstream))
      throw new ActionError(`${textOf(args, 'upstream')} is not seen to take writes`, 'Nothing was started.')
    const view = databaseOf(sight, database)
    if (view && isWritable(view))
      throw new ActionError(`${view.name} takes writes`, `Fence it first: pgdeck do fence ${database}`)
    const reach = tools.host(optionalText(args, 'host'))
    const dataDirectory = optionalText(args, 'dataDirectory')
    if (!reach || dataDirectory === null)
      throw new ActionError(`nothing leads into the host of ${database}`, 'Bring it back by hand.')
    if (attachment(sight, database, upstream.id).streams) return
    await requireClean(reach, dataDirectory, database, tools)
    await ensureSlot(upstream.id, textOf(args, 'slot'), tools)
    // The signal first: whatever starts it from now on, it is a standby.
    await bar(reach, dataDirectory, tools)
    await writeSettings(args, reach, dataDirectory, upstream.id, tools)
    if (view?.problem) await start(args, reach, database, tools)
    else await tools.act(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  },
  async verify(args, tools): Promise<Seen> {
    const [database, upstream] = [textOf(args, 'database'), textOf(args, 'upstream')]
    const { streams, words } = attachment(await tools.look(), database, upstream)
    if (!streams) return { seen: 'not-yet', why: words }
    return staysAttached(words, database, upstream, tools)
  },
}

/** What did not end cleanly may have written what the new primary never got. */
async function requireClean(
  reach: HostConnection,
  dataDirectory: string,
  database: string,
  { signal }: Tools,
): Promise<void> {
  const control = await readControl(reach, dataDirectory, signal)
  if (
    !control ||
    control.state === 'shut down' ||
    control.state === 'shut down in recovery' ||
    control.state === 'in archive recovery'
  )
    return
  throw new ActionError(
    `${database} did not end cleanly (${control.state}): its history may differ from the new primary’s`,
    `Rewind it with pg_rewind, or rebuild it: pgdeck do rebuild-replica ${database}`,
  )
}

/** The connection string is the one by which the new primary itself followed, with the place turned round. */
async function writeSettings(
  args: JsonRecord,
  reach: HostConnection,
  dataDirectory: string,
  upstream: string,
  tools: Tools,
): Promise<void> {
  const { signal } = tools
  const path = `${dataDirectory}/postgresql.auto.conf`
  const file = await reach.readFile(path, { signal })
  const own = file ? settingIn(file.text, 'primary_conninfo') : null
  const theirs = await currentConninfo(upstream, tools).catch(() => null)
  const template = theirs ?? own
  if (template === null) {
    throw new ActionError(
      `no primary_conninfo to start from is known for ${textOf(args, 'database')}`,
      'Let this role read it (GRANT pg_read_all_settings), or set it by hand.',
    )
  }
  const to = { host: textOf(args, 'toHost'), port: numberOf(args, 'toPort') }
  const settings = {
    primary_conninfo: repointed(template, to, { application_name: textOf(args, 'database') }),
    primary_slot_name: textOf(args, 'slot'),
  }
  const text = withSettings(file?.text ?? '', settings)
  if (text !== file?.text) await reach.replaceFile(path, text, { signal, expected: file?.sha256 ?? null, backup: null })
}

async function start(args: JsonRecord, reach: HostConnection, database: string, tools: Tools): Promise<void> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const options = { signal, onOutput: (text: string) => tools.say(text), survivesLoss: true }
  const { exitCode, stderr } = await reach.run(textsOf(args, 'start'), options)
  if (exitCode !== 0)
    throw new ActionError(
      `starting ${database} ended with ${exitCode}: ${clean(stderr.trim())}`,
      'Look at its log on its host.',
    )
}
