// Starts PostgreSQL of one database on its host: never as a primary while another server of its system is writable.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable, roleWord } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { requireHost } from '../hosts/host-programs.ts'
import { type DatabaseService, manualStartCommand } from '../hosts/service.ts'
import { createStandbySignal, removeStandbySignal } from '../hosts/standby-signal.ts'
import { readStartFiles, type StartRole, startRoleText } from '../hosts/start-files.ts'
import { startServer } from '../hosts/start-server.ts'
import { requireNoOtherPrimary } from './no-other-primary.ts'
import { streamingFrom } from './repoint-standbys.ts'
import { wasStoppedBy } from './stop-database.ts'
import { verifyLasting } from './verify-lasting.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    host: arg.optionalText(),
    start: arg.texts(),
    dataDirectory: arg.optionalText(),
    /** `primary`: the standby.signal of a fence is removed. `standby`: it is written. `as-found`: its files stay. */
    as: arg.oneOf('primary', 'standby', 'as-found'),
    /** The role that its files gave it when the run was planned; null: unknown. */
    found: arg.oneOf('as-primary', 'as-standby', 'recovering').nullable(),
    /** Ids of databases that were accepted as silent: the plan could not tell whether they are writable, and was overruled. */
    unread: arg.texts(),
  })
type Args = arg.Of<typeof form>

interface DatabaseStart {
  /** Absent: `start`. */
  readonly id?: string
  readonly view: DatabaseView
  readonly service: DatabaseService
  readonly as: Args['as']
  /** Absent: unknown. */
  readonly found?: StartRole | null
  /** Those about which a check of the plan is overruled. Absent: none. */
  readonly unread?: readonly DatabaseView[]
}

export const startDatabaseKind = defineStep({
  kind: 'start-database',
  version: 3,
  // Version 0.1.0 wrote or removed the file in any case.
  upgrades: {
    1: ({ asPrimary, ...args }) => ({ ...args, as: asPrimary === true ? 'primary' : 'standby', found: null }),
    2: (args) => ({ ...args, unread: [] }),
  },
  // Another database that falls silent later was not overruled.
  staysAsConfirmed: true,
  args: form,
  plan: planStart,
  restarts: ({ database }) => ({ database, to: 'started' }),
  async run(args, tools) {
    const { database, dataDirectory } = args
    const clusterView = await tools.refresh()
    if (findDatabase(clusterView, database)?.problem === null) return
    const connection = requireHost(args.host, tools)
    if (dataDirectory === null && args.as === 'standby') {
      throw new ActionError(
        `the data directory of ${database} is unknown, so pgdeck can’t keep it from starting as a primary`,
        'Set "dataDirectory" for its host.',
      )
    }
    if (dataDirectory !== null && args.as === 'standby') await createStandbySignal(connection, dataDirectory, tools)
    else if ((await roleOnHost(args, tools)) !== 'as-standby')
      requireNoOtherPrimary({ ...args, isStoppedHere: wasStoppedBy(tools, database) }, clusterView)
    if (dataDirectory !== null && args.as === 'primary') {
      if (!(await removeStandbySignal(connection, dataDirectory, tools)))
        tools.writeOutput('it has a standby.signal of its own, not of a fence: it starts as a standby')
    }
    await startServer({ database, start: args.start, dataDirectory }, connection, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const view = findDatabase(await tools.refresh(), args.database)
    if (!view || view.problem) return { result: 'not-yet', why: view?.problem?.message ?? 'it is no longer watched' }
    const role = isWritable(view) ? 'primary' : 'standby'
    const first: Verification = { result: 'yes', evidence: `${view.name} answers, as a ${role}` }
    const lasting = await verifyLasting(first, [view.id], null, tools)
    return lasting.result === 'yes' ? { ...lasting, evidence: evidenceNow(args.database, tools.view()) } : lasting
  },
})

/** Throws if the files are no longer those of the plan. A primary whose role is as planned is judged by the caller. */
async function roleOnHost(
  { database, host, dataDirectory, as, found }: Args,
  tools: ActionToolbox,
): Promise<StartRole | null> {
  if (as !== 'as-found') return 'as-primary'
  if (dataDirectory === null) return found
  const { role } = await readStartFiles(requireHost(host, tools), dataDirectory, tools.signal)
  if (found === null || found === role) return role
  throw new ActionError(
    `${database} would start as a ${startRoleText(role)} now; it was a ${startRoleText(found)} by its files when this was planned`,
    'Plan again.',
  )
}

/** Role, timeline and upstream, as read now. */
function evidenceNow(database: string, clusterView: PlanningView): string {
  const view = findDatabase(clusterView, database)
  if (!view) return `${database} answers`
  const text = `${view.name} answers, as a ${roleWord(view) ?? 'server'} on timeline ${view.timeline ?? '?'}`
  if (isWritable(view)) return `${text}, and is writable`
  const upstream = findDatabase(clusterView, view.upstreamId)
  if (!upstream) return `${text}; it receives no WAL from a watched database yet`
  const { streams, words } = streamingFrom(clusterView, database, upstream.id)
  return `${text}; ${streams ? words : `${words}: it catches up, or can’t follow`}`
}

function planStart({ id = 'start', view, service, as, found = null, unread = [] }: DatabaseStart): StepPlan<Args> {
  const { control: leads, start, dataDirectory } = service
  const how = leads !== 'manual' && start !== null ? leads : 'manual'
  const command = how === 'manual' ? manualStartCommand(service) : shellCommandLine(start ?? [])
  return {
    id,
    args: {
      database: view.id,
      host: service.host,
      start: start ?? [],
      dataDirectory,
      as,
      found,
      unread: unread.map((each) => each.id),
    },
    title: how === 'manual' ? `start ${view.name} by hand: pgdeck has no access to its host` : `start ${view.name}`,
    how,
    where: service.host ?? view.host,
    detail: [...signalLines(as, dataDirectory), command].join('\n'),
    verify: `${view.name} answers, and still does some seconds later`,
    ifStopped: `${view.name} may be starting.`,
    changes: [view.id],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
  }
}

function signalLines(as: Args['as'], dataDirectory: string | null): readonly string[] {
  if (as === 'as-found') return []
  const signal = `${dataDirectory ?? 'the data directory'}/standby.signal`
  const line = shellCommandLine([as === 'primary' ? 'rm' : 'touch', signal])
  return [as === 'primary' ? `${line}  # only if a fence made it` : line]
}
