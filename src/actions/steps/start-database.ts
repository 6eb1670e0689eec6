// Starts PostgreSQL of one database on its host: as a primary only while nobody else of its system takes writes.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { clean } from '../../model/values/text.ts'
import { isWritable, sceneOf, writableTwins } from '../definition/participants.ts'
import { flagOf, optionalText, textOf, textsOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { databaseOf } from '../definition/target.ts'
import { bar, unbar } from '../hosts/standby-signal.ts'
import { staying } from './verify-lasting.ts'

export interface Start {
  readonly database: string
  readonly host: string | null
  readonly start: readonly string[]
  readonly dataDirectory: string | null
  /** What a fence put there is taken away; else it is put there. */
  readonly asPrimary: boolean
}

export function startArguments(args: Start): JsonRecord {
  return { ...args }
}

const LIMIT_MS = 150_000

export const startDatabase: StepKind = {
  kind: 'start-database',
  restarts: (args) => optionalText(args, 'database'),
  async run(args, tools) {
    const database = textOf(args, 'database')
    const sight = await tools.look()
    const scene = sceneOf(sight, database)
    if (scene?.target.problem === null) return
    const asPrimary = flagOf(args, 'asPrimary')
    const [other] = scene ? writableTwins(sight, scene.target) : []
    if (asPrimary && other)
      throw new ActionError(
        `${other.name} takes writes: starting ${database} could make two that do`,
        'Start it as a standby: --set as=standby.',
      )
    const reach = tools.host(optionalText(args, 'host'))
    if (!reach) throw new ActionError(`nothing leads into the host of ${database}`, 'Start it there by hand.')
    const dataDirectory = optionalText(args, 'dataDirectory')
    if (dataDirectory !== null) {
      if (!asPrimary) await bar(reach, dataDirectory, tools)
      else if (!(await unbar(reach, dataDirectory, tools)))
        tools.say('it has a standby.signal that no fence made: it starts as a standby')
    } else if (!asPrimary) {
      throw new ActionError(
        `where the data of ${database} is is not known, so it can’t be kept from being a primary`,
        'Give its host "dataDirectory".',
      )
    }
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const options = { signal, onOutput: (text: string) => tools.say(text), survivesLoss: true }
    const { exitCode, stderr } = await reach.run(textsOf(args, 'start'), options)
    if (exitCode !== 0)
      throw new ActionError(
        `starting ${database} ended with ${exitCode}: ${clean(stderr.trim())}`,
        'Look at its log on its host.',
      )
  },
  async verify(args, tools): Promise<Seen> {
    const view = databaseOf(await tools.look(), textOf(args, 'database'))
    if (!view || view.problem) return { seen: 'not-yet', why: view?.problem?.message ?? 'it is watched no longer' }
    const seen: Seen = {
      seen: 'yes',
      evidence: `${view.name} answers, as a ${isWritable(view) ? 'primary' : 'standby'} on timeline ${view.timeline ?? '?'}`,
    }
    return staying(seen, [view.id], null, tools)
  },
}
