// Rewinds a stopped old primary to where its successor's history began: under another name, so that nothing can start it meanwhile.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { numberArgument, optionalTextArgument, textArgument, textListArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import { upstreamConninfo } from '../rebuild-replica/conninfo.ts'
import { copyOriginIn, requireCopiedFrom, requireOriginAnswer } from '../rebuild-replica/copy-origin.ts'
import { withPassfile } from '../rebuild-replica/passfile.ts'
import { rebuildPathsOf } from '../rebuild-replica/paths.ts'
import { programVersion } from '../rebuild-replica/run-copy.ts'
import { configureAsStandby, copyConfigFiles } from '../rebuild-replica/standby-settings.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'
import { awaitTimelineInControlFile } from './await-checkpoint.ts'

export interface DataRewind {
  readonly database: string
  readonly upstream: string
  readonly to: DatabaseAddress
  readonly host: string | null
  readonly dataDirectory: string
  readonly binDirectory: string
  readonly asOwner: readonly string[]
  readonly slot: string
}

export function rewindDataArguments({ to, ...rest }: DataRewind): JsonRecord {
  return { ...rest, toHost: to.host, toPort: to.port, bars: false }
}

function markOf(run: string): string {
  return `pgdeck: rewound, run ${run}\n`
}

/** It says so, and exits with 0, also where it can’t tell two histories apart. */
const NOT_DONE = /no rewind required/i

export const rewindDataKind: StepKind = {
  kind: 'rewind-data',
  async run(args, tools) {
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    const { signal } = tools
    const dataDirectory = textArgument(args, 'dataDirectory')
    const { rewinding, settings } = rebuildPathsOf(dataDirectory, tools.run)
    if (!(await existsOnHost(reach, rewinding, signal))) {
      const down = await stopDatabaseKind.verify(args, tools)
      if (down.result !== 'yes')
        throw new ActionError(
          `${textArgument(args, 'database')} is not seen to be stopped, so its data is not touched: ${down.why}`,
        )
      await runOrFail(reach, ['mv', '--', dataDirectory, rewinding], 'putting the data aside', { signal })
    }
    if (!(await existsOnHost(reach, settings, signal))) await keepSettings(rewinding, settings, reach, signal)
    const conninfo = await upstreamConninfo(
      {
        database: textArgument(args, 'database'),
        upstream: textArgument(args, 'upstream'),
        to: { host: textArgument(args, 'toHost'), port: numberArgument(args, 'toPort') },
        folders: [settings],
      },
      reach,
      tools,
    )
    try {
      await rewound(args, rewinding, conninfo, reach, tools)
      await requireCopiedFrom(copyOriginIn(args), rewinding, reach, signal, 'rewind')
    } catch (error) {
      // Back to its name, so that it can be rebuilt there; and nothing but a standby can come of it.
      await runOrFail(reach, ['touch', `${rewinding}/standby.signal`], 'keeping it from being a primary', { signal })
      await copyConfigFiles(settings, rewinding, reach, signal)
      await runOrFail(reach, ['mv', '--', rewinding, dataDirectory], 'putting the data back', { signal })
      throw error
    }
    await copyConfigFiles(settings, rewinding, reach, signal)
    await configureAsStandby(
      rewinding,
      { conninfo, slot: textArgument(args, 'slot'), mark: markOf(tools.run) },
      reach,
      signal,
    )
    await runOrFail(reach, ['mv', '--', rewinding, dataDirectory], 'putting the data back', { signal })
    await runOrFail(reach, ['rm', '-rf', '--', settings], 'tidying up', { signal })
  },
  async verify(args, tools): Promise<Verification> {
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    const dataDirectory = textArgument(args, 'dataDirectory')
    const file = await reach.readFile(`${dataDirectory}/standby.signal`, { signal: tools.signal })
    if (file?.text === markOf(tools.run))
      return { result: 'yes', evidence: `${dataDirectory} was rewound, and would start as a standby` }
    return { result: 'not-yet', why: `${dataDirectory} was not rewound yet` }
  },
}

/** pg_rewind brings the settings of the other server along. Complete when it has its name. */
async function keepSettings(from: string, settings: string, reach: HostConnection, signal: AbortSignal): Promise<void> {
  const part = `${settings}.part`
  await runOrFail(reach, ['rm', '-rf', '--', part], 'tidying up', { signal })
  await runOrFail(reach, ['mkdir', '-m', '700', '--', part], 'keeping its own settings', { signal })
  await copyConfigFiles(from, part, reach, signal)
  await runOrFail(reach, ['mv', '--', part, settings], 'keeping its own settings', { signal })
}

const WHO = `SELECT pg_catalog.concat_ws(' ', system_identifier, pg_catalog.current_setting('port'),
  (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())) FROM pg_catalog.pg_control_system()`

/** Throws OtherServer where its host is led to another server than the one that was planned, before anything is changed. */
async function requireRewindFrom(
  args: JsonRecord,
  place: string,
  reach: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  const origin = copyOriginIn(args)
  if (!origin) return
  const psql = [...textListArgument(args, 'asOwner'), `${textArgument(args, 'binDirectory')}/psql`]
  if ((await programVersion(reach, psql, tools)) === null) {
    tools.writeOutput('there is no psql beside pg_rewind: whose data it fetched is looked at afterwards')
    return
  }
  const words = ['-XAtq', '--no-password', '-d', `${place} dbname=postgres`, '-c', WHO]
  const [system = '', port, timeline] = (await runOrFail(reach, [...psql, ...words], 'psql', { signal: tools.signal }))
    .trim()
    .split(' ')
  requireOriginAnswer({ systemIdentifier: system, port: Number(port), timeline: Number(timeline) }, origin)
}

/** It ends an unclean server's recovery by itself, which it can’t do with the signal of a standby in place. */
async function rewound(
  args: JsonRecord,
  folder: string,
  conninfo: string,
  reach: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  const { signal } = tools
  const asOwner = textListArgument(args, 'asOwner')
  await awaitTimelineInControlFile(textArgument(args, 'upstream'), tools)
  await runOrFail(reach, ['rm', '-f', '--', `${folder}/standby.signal`], 'preparing pg_rewind', { signal })
  const program = [...asOwner, `${textArgument(args, 'binDirectory')}/pg_rewind`, '-D', folder]
  const login = { dataDirectory: textArgument(args, 'dataDirectory'), asOwner, conninfo }
  await withPassfile(login, reach, tools, async (place) => {
    const onOutput = (text: string) => tools.writeOutput(text)
    await requireRewindFrom(args, place, reach, tools)
    const argv = ['env', 'LC_ALL=C', ...program, '--source-server', `${place} dbname=postgres`]
    const { exitCode, stdout, stderr } = await reach.run(argv, { signal, onOutput })
    if (exitCode === 0 && NOT_DONE.test(`${stdout}\n${stderr}`)) {
      const hint = 'Rebuild it: pgdeck do rebuild-replica.'
      throw new ActionError('pg_rewind found no difference, though the histories differ: nothing was rewound', hint)
    }
    if (exitCode === 0) return
    const last =
      stderr
        .trim()
        .split('\n')
        .findLast((line) => /error|fatal/i.test(line)) ?? stderr.trim()
    throw new ActionError(
      `pg_rewind ended with ${exitCode ?? '?'}: ${clean(last)}`,
      'Its data may be unusable, and would start as a standby at most: rebuild it (pgdeck do rebuild-replica).',
    )
  })
}
