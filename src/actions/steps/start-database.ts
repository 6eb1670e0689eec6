// Starts PostgreSQL of one database on its host: as a primary only while no other server of its system is writable.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import { promotionParticipants, writableOfSameSystem } from '../definition/participants.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { type DatabaseService, manualStartCommand } from '../hosts/service.ts'
import { createStandbySignal, removeStandbySignal } from '../hosts/standby-signal.ts'
import { verifyLasting } from './verify-lasting.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    host: arg.optionalText(),
    start: arg.texts(),
    dataDirectory: arg.optionalText(),
    /** True: the standby.signal of a fence is removed. False: it is written. */
    asPrimary: arg.flag(),
  })
type Args = arg.Of<typeof form>

interface DatabaseStart {
  readonly view: DatabaseView
  readonly service: DatabaseService
  /** True: the standby.signal of a fence is removed, so that the server may start as a primary. */
  readonly asPrimary: boolean
}

const LIMIT_MS = 150_000

export const startDatabaseKind = defineStep({
  kind: 'start-database',
  version: 1,
  args: form,
  plan: planStart,
  restarts: ({ database }) => ({ database, to: 'started' }),
  async run(args, tools) {
    const database = args.database
    const clusterView = await tools.refresh()
    const participants = promotionParticipants(clusterView, database)
    if (participants?.target.problem === null) return
    const asPrimary = args.asPrimary
    const [other] = participants ? writableOfSameSystem(clusterView, participants.target) : []
    if (asPrimary && other)
      throw new ActionError(
        `${other.name} is writable: starting ${database} could make two writable databases`,
        'Start it as a standby: --set as=standby.',
      )
    const connection = tools.host(args.host)
    if (!connection) throw new ActionError(`pgdeck has no access to the host of ${database}`, 'Start it there by hand.')
    const dataDirectory = args.dataDirectory
    if (dataDirectory !== null) {
      if (!asPrimary) await createStandbySignal(connection, dataDirectory, tools)
      else if (!(await removeStandbySignal(connection, dataDirectory, tools)))
        tools.writeOutput('it has a standby.signal of its own, not of a fence: it starts as a standby')
    } else if (!asPrimary) {
      throw new ActionError(
        `the data directory of ${database} is unknown, so pgdeck can’t keep it from starting as a primary`,
        'Set "dataDirectory" for its host.',
      )
    }
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
    const { exitCode, stderr } = await connection.run(args.start, options)
    if (exitCode !== 0)
      throw new ActionError(
        `starting ${database} ended with ${exitCode}: ${clean(stderr.trim())}`,
        'Check its log on its host.',
      )
  },
  async verify(args, tools): Promise<Verification> {
    const view = findDatabase(await tools.refresh(), args.database)
    if (!view || view.problem) return { result: 'not-yet', why: view?.problem?.message ?? 'it is no longer watched' }
    const seen: Verification = {
      result: 'yes',
      evidence: `${view.name} answers, as a ${isWritable(view) ? 'primary' : 'standby'} on timeline ${view.timeline ?? '?'}`,
    }
    return verifyLasting(seen, [view.id], null, tools)
  },
})

function planStart({ view, service, asPrimary }: DatabaseStart): StepPlan<Args> {
  const { control: leads, start, dataDirectory } = service
  const how = leads !== 'manual' && start !== null ? leads : 'manual'
  const signal = `${dataDirectory ?? 'the data directory'}/standby.signal`
  const file = shellCommandLine([asPrimary ? 'rm' : 'touch', signal])
  const command = how === 'manual' ? manualStartCommand(service) : shellCommandLine(start ?? [])
  return {
    id: 'start',
    args: { database: view.id, host: service.host, start: start ?? [], dataDirectory, asPrimary },
    title: `start ${view.name}`,
    how,
    where: service.host ?? view.host,
    detail: `${file}${asPrimary ? '  # only if a fence made it' : ''}\n${command}`,
    verify: `${view.name} answers`,
    ifStopped: `${view.name} may be starting.`,
    changes: [view.id],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
  }
}
