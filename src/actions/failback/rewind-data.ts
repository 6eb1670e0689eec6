// Rewinds a stopped old primary to the switch point of its successor. Meanwhile the data directory has another name, so
// that nothing can start it.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { REWIND_DATABASE } from '../../model/hba/required/standby-connections.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { upstreamConninfo } from '../rebuild-replica/conninfo.ts'
import {
  copyOriginArguments,
  copyOriginIn,
  copyOriginShape,
  requireCopiedFrom,
  requireOriginAnswer,
  UNKNOWN_ORIGIN,
} from '../rebuild-replica/copy-origin.ts'
import { withPassfile } from '../rebuild-replica/passfile.ts'
import { rebuildPathsOf } from '../rebuild-replica/paths.ts'
import { programVersion } from '../rebuild-replica/run-copy.ts'
import { configureAsStandby, copyConfigFiles } from '../rebuild-replica/standby-settings.ts'
import { verifyDown } from '../steps/stop-database.ts'
import { awaitTimelineInControlFile } from './await-checkpoint.ts'

const form = () =>
  arg.form({
    ...copyOriginShape(),
    database: arg.text(),
    upstream: arg.text(),
    host: arg.optionalText(),
    dataDirectory: arg.text(),
    binDirectory: arg.text(),
    asOwner: arg.texts(),
    slot: arg.text(),
    /** The address of the upstream as the old primary reaches it. */
    toHost: arg.text(),
    toPort: arg.number(),
  })
type Args = arg.Of<typeof form>

interface DataRewind {
  readonly view: DatabaseView
  readonly upstream: DatabaseView
  readonly service: DatabaseService
  readonly slot: string
  readonly to: DatabaseAddress
}

function planRewind({ view, upstream, service, slot, to }: DataRewind): StepPlan<Args> {
  const { host, asOwner } = service
  const dataDirectory = service.dataDirectory ?? ''
  const binDirectory = service.binDirectory ?? ''
  const program = [...asOwner, `${binDirectory}/pg_rewind`, '-D', dataDirectory]
  const source = `host=${to.host} port=${to.port} user=… passfile=… dbname=${REWIND_DATABASE}`
  const place = { host, dataDirectory, binDirectory, asOwner, slot, toHost: to.host, toPort: to.port }
  return {
    id: 'rewind',
    args: { ...copyOriginArguments(upstream), database: view.id, upstream: upstream.id, ...place },
    title: `rewind ${view.name} to the point where ${upstream.name} diverged`,
    how: service.control,
    where: host ?? view.host,
    detail: [
      `mv ${dataDirectory} …  # renamed meanwhile, so that nothing starts it`,
      shellCommandLine([...program, '--source-server', source]),
      `touch ${dataDirectory}/standby.signal  # and restore its own settings`,
    ].join('\n'),
    verify: `its files match ${upstream.name}, and it would start as a standby`,
    ifStopped: `${view.name} is down; the writes that only it had are lost.`,
    changes: [view.id],
    deadlineSeconds: 60,
  }
}

function markOf(run: string): string {
  return `pgdeck: rewound, run ${run}\n`
}

/** pg_rewind prints this and exits with 0, also if it can’t distinguish the two histories. */
const NOT_DONE = /no rewind required/i

export const rewindDataKind = defineStep({
  kind: 'rewind-data',
  version: 2,
  // Version 0.1.0 stored no origin of the data. The argument that is dropped always had the same value.
  upgrades: { 1: ({ bars: _, ...args }) => ({ ...UNKNOWN_ORIGIN, ...args }) },
  args: form,
  plan: planRewind,
  async run(args, tools) {
    const connection = requireHost(args.host, tools)
    const { signal } = tools
    const dataDirectory = args.dataDirectory
    const { rewinding, settings } = rebuildPathsOf(dataDirectory, tools.run)
    if (!(await existsOnHost(connection, rewinding, signal))) {
      const down = await verifyDown(args, tools)
      if (down.result !== 'yes')
        throw new ActionError(
          `${args.database} is not verified as stopped, so pgdeck does not touch its data: ${down.why}`,
        )
      await runOrFail(connection, ['mv', '--', dataDirectory, rewinding], 'moving the data directory aside', { signal })
    }
    if (!(await existsOnHost(connection, settings, signal))) await keepSettings(rewinding, settings, connection, signal)
    const conninfo = await upstreamConninfo(
      {
        database: args.database,
        upstream: args.upstream,
        to: { host: args.toHost, port: args.toPort },
        folders: [settings],
      },
      connection,
      tools,
    )
    try {
      await rewound(args, rewinding, conninfo, connection, tools)
      await requireCopiedFrom(copyOriginIn(args), rewinding, connection, signal, 'rewind')
    } catch (error) {
      // Back to its name, so that it can be rebuilt there. The signal file makes it start only as a standby.
      await runOrFail(connection, ['touch', `${rewinding}/standby.signal`], 'writing standby.signal', { signal })
      await copyConfigFiles(settings, rewinding, connection, signal)
      await runOrFail(connection, ['mv', '--', rewinding, dataDirectory], 'moving the data directory back', { signal })
      throw error
    }
    await copyConfigFiles(settings, rewinding, connection, signal)
    await configureAsStandby(rewinding, { conninfo, slot: args.slot, mark: markOf(tools.run) }, connection, signal)
    await runOrFail(connection, ['mv', '--', rewinding, dataDirectory], 'moving the data directory back', { signal })
    await runOrFail(connection, ['rm', '-rf', '--', settings], 'cleaning up', { signal })
  },
  async verify(args, tools): Promise<Verification> {
    const connection = requireHost(args.host, tools)
    const dataDirectory = args.dataDirectory
    const file = await connection.readFile(`${dataDirectory}/standby.signal`, { signal: tools.signal })
    if (file?.text === markOf(tools.run))
      return { result: 'yes', evidence: `${dataDirectory} was rewound, and would start as a standby` }
    return { result: 'not-yet', why: `${dataDirectory} was not rewound yet` }
  },
})

/** pg_rewind copies the settings of the other server too. The directory is complete once it has its name. */
async function keepSettings(
  from: string,
  settings: string,
  connection: HostConnection,
  signal: AbortSignal,
): Promise<void> {
  const part = `${settings}.part`
  await runOrFail(connection, ['rm', '-rf', '--', part], 'cleaning up', { signal })
  await runOrFail(connection, ['mkdir', '-m', '700', '--', part], 'keeping its own settings', { signal })
  await copyConfigFiles(from, part, connection, signal)
  await runOrFail(connection, ['mv', '--', part, settings], 'keeping its own settings', { signal })
}

const WHO = `SELECT pg_catalog.concat_ws(' ', system_identifier, pg_catalog.current_setting('port'),
  (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())) FROM pg_catalog.pg_control_system()`

/** Throws OtherServerError if the address leads the host to another server than planned, before anything is changed. */
async function requireRewindFrom(
  args: Args,
  place: string,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  const origin = copyOriginIn(args)
  if (!origin) return
  const psql = [...args.asOwner, `${args.binDirectory}/psql`]
  if ((await programVersion(connection, psql, tools)) === null) {
    tools.writeOutput('there is no psql beside pg_rewind: pgdeck checks afterwards which server the data came from')
    return
  }
  const words = ['-XAtq', '--no-password', '-d', `${place} dbname=${REWIND_DATABASE}`, '-c', WHO]
  const [system = '', port, timeline] = (
    await runOrFail(connection, [...psql, ...words], 'psql', { signal: tools.signal })
  )
    .trim()
    .split(' ')
  requireOriginAnswer({ systemIdentifier: system, port: Number(port), timeline: Number(timeline) }, origin)
}

/** pg_rewind itself runs the crash recovery of an unclean server. It can’t do that with a standby.signal in place. */
async function rewound(
  args: Args,
  folder: string,
  conninfo: string,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  const { signal } = tools
  const asOwner = args.asOwner
  await awaitTimelineInControlFile(args.upstream, tools)
  await runOrFail(connection, ['rm', '-f', '--', `${folder}/standby.signal`], 'preparing pg_rewind', { signal })
  const program = [...asOwner, `${args.binDirectory}/pg_rewind`, '-D', folder]
  const login = { dataDirectory: args.dataDirectory, asOwner, conninfo }
  await withPassfile(login, connection, tools, async (place) => {
    const onOutput = (text: string) => tools.writeOutput(text)
    await requireRewindFrom(args, place, connection, tools)
    const argv = ['env', 'LC_ALL=C', ...program, '--source-server', `${place} dbname=${REWIND_DATABASE}`]
    const { exitCode, stdout, stderr } = await connection.run(argv, { signal, onOutput })
    if (exitCode === 0 && NOT_DONE.test(`${stdout}\n${stderr}`)) {
      const hint = 'Rebuild it: pgdeck do rebuild-replica.'
      throw new ActionError(
        'pg_rewind found no difference, though the timeline histories differ: it rewound nothing',
        hint,
      )
    }
    if (exitCode === 0) return
    const last =
      stderr
        .trim()
        .split('\n')
        .findLast((line) => /error|fatal/i.test(line)) ?? stderr.trim()
    throw new ActionError(
      `pg_rewind ended with ${exitCode ?? '?'}: ${clean(last)}`,
      'Its data may be unusable, and could start only as a standby: rebuild it (pgdeck do rebuild-replica).',
    )
  })
}
