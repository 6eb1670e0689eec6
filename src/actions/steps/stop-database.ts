// Stops PostgreSQL of one database on its host, and keeps it from coming back as a primary: the fence.

import { ActError } from '../../model/operation/failure.ts'
import type { JsonRecord } from '../../model/operation/plan.ts'
import { clean } from '../../model/text.ts'
import type { Tools } from '../action.ts'
import { flagOf, optionalText, textOf, textsOf } from '../arguments.ts'
import { postmasterOn } from '../hosts/postmaster.ts'
import type { Service } from '../hosts/service.ts'
import { bar, unbar } from '../hosts/standby-signal.ts'
import { sceneOf, unreadTwins, writableTwins } from '../promotion/scene.ts'
import type { Seen, StepKind } from '../step.ts'
import { databaseOf } from '../target.ts'

/** `bars`: it is also kept from starting as a primary, by a standby.signal. `wasUp`: taken back, it is started again. */
export function stopArguments(
  database: string,
  { host, stop, start, dataDirectory }: Service,
  bars: boolean,
  wasUp = true,
): JsonRecord {
  return { database, host, stop: stop ?? [], start: start ?? [], dataDirectory, bars, wasUp }
}

const LIMIT_MS = 150_000

export const stopDatabase: StepKind = {
  kind: 'stop-database',
  async run(args, tools) {
    const database = textOf(args, 'database')
    const reach = tools.host(optionalText(args, 'host'))
    if (!reach) throw new ActError(`nothing leads into the host of ${database}`, 'Stop it there by hand.')
    if ((await isDown(args, tools)).seen !== 'yes') {
      const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
      const options = { signal, onOutput: (text: string) => tools.say(text), survivesLoss: true }
      const { exitCode, stderr } = await reach.run(textsOf(args, 'stop'), options)
      const down = await isDown(args, tools)
      if (exitCode !== 0 && down.seen !== 'yes') {
        throw new ActError(
          `stopping ${database} ended with ${exitCode}: ${clean(stderr.trim())}`,
          'Look at it on its host.',
        )
      }
    }
    // Only once it is down: it would else be stopped as a standby, without a word to its own standbys.
    const dataDirectory = optionalText(args, 'dataDirectory')
    if (flagOf(args, 'bars') && dataDirectory !== null) await bar(reach, dataDirectory, tools)
  },
  async verify(args, tools) {
    const down = await isDown(args, tools)
    const dataDirectory = optionalText(args, 'dataDirectory')
    const reach = tools.host(optionalText(args, 'host'))
    if (down.seen !== 'yes' || !flagOf(args, 'bars') || dataDirectory === null || !reach) return down
    const signal = await reach.readFile(`${dataDirectory}/standby.signal`, { signal: tools.signal })
    if (!signal) return { seen: 'not-yet', why: `${down.evidence}, but it would start as a primary` }
    return { seen: 'yes', evidence: `${down.evidence}; if it is started it comes up as a standby` }
  },
  async undo(args, tools) {
    const database = textOf(args, 'database')
    const sight = await tools.look()
    const scene = sceneOf(sight, database)
    const [other] = scene ? writableTwins(sight, scene.target) : []
    if (other) throw new ActError(`${other.name} takes writes: starting ${database} could make two that do`)
    if (scene?.target.problem === null) return `${database} runs: it was not stopped, or is back`
    const unread = scene ? unreadTwins(sight, scene.target) : []
    // One whose promotion was sent and not answered may be a primary by now.
    if (unread.length > 0)
      throw new ActError(
        `whether these take writes is not known: ${unread.map(({ name }) => name).join(', ')}; starting ${database} could make two that do`,
        `Look at them on their hosts, then: pgdeck do unfence ${database}`,
      )
    const reach = tools.host(optionalText(args, 'host'))
    const start = textsOf(args, 'start')
    if (!reach || start.length === 0)
      throw new ActError(`it is not known how ${database} is started`, 'Start it on its host.')
    const dataDirectory = optionalText(args, 'dataDirectory')
    if (flagOf(args, 'bars') && dataDirectory !== null) await unbar(reach, dataDirectory, tools)
    if (!flagOf(args, 'wasUp')) return `${database} is as it was before: down, and a primary when it is started`
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const { exitCode, stderr } = await reach.run(start, { signal, survivesLoss: true })
    if (exitCode !== 0) throw new ActError(`starting ${database} ended with ${exitCode}: ${clean(stderr.trim())}`)
    return `${database} was started again`
  },
}

/** Down: nothing listens where it listened, or its host says that no postmaster runs. Silence alone is no proof. */
async function isDown(args: JsonRecord, tools: Tools): Promise<Seen> {
  const id = textOf(args, 'database')
  const view = databaseOf(await tools.look(), id)
  if (!view) throw new ActError(`${id} is watched no longer`)
  if (view.problem === null) return { seen: 'not-yet', why: `${view.name} still answers` }
  const byHost = await postmasterOn(placeOf(args), tools)
  if (byHost === 'running') return { seen: 'not-yet', why: `${view.name} does not answer, but its postmaster runs` }
  if (byHost !== null) return { seen: 'yes', evidence: `no postmaster runs on its host (${byHost})` }
  if (view.problem.code === 'refused')
    return { seen: 'yes', evidence: `nothing listens on ${view.host}:${view.port} any more` }
  return { seen: 'not-yet', why: `${view.problem.message}; that does not show that it is stopped` }
}

function placeOf(args: JsonRecord) {
  return { host: optionalText(args, 'host'), dataDirectory: optionalText(args, 'dataDirectory') }
}
