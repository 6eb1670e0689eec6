// repmgr's daemons beside the nodes, as `repmgr service status` tells.

import { ActionError } from '../../../model/runs/action-error.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { askRepmgr, failureOf, type RepmgrPlace } from './program.ts'
import type { RepmgrRequest } from './request.ts'

export interface RepmgrDaemon {
  readonly node: string
  /** Whether its PostgreSQL answers repmgr. */
  readonly answers: boolean
  readonly runs: boolean
  readonly paused: boolean
}

/** Throws FaultError without access, ActionError where repmgr does not tell. */
export async function readDaemons(place: RepmgrPlace, tools: ActionToolbox): Promise<readonly RepmgrDaemon[]> {
  const answer = await askRepmgr(place, ['service', 'status', '--csv'], tools)
  const daemons = parseDaemons(answer.stdout)
  if (daemons.length > 0) return daemons
  const { why, hint } = failureOf(answer)
  throw new ActionError(`repmgr service status: ${why}`, hint)
}

export interface SeenDaemons {
  /** Where repmgr tells: it can be told there, too. */
  readonly place: RepmgrPlace
  readonly daemons: readonly RepmgrDaemon[]
}

/** Asks beside another node where the own one is down. Throws the error of the own one. */
export async function seeDaemons(
  request: RepmgrPlace & Pick<RepmgrRequest, 'elsewhere'>,
  tools: ActionToolbox,
): Promise<SeenDaemons> {
  let failure: unknown = null
  for (const place of [request, ...request.elsewhere]) {
    try {
      return { place, daemons: await readDaemons(place, tools) }
    } catch (error) {
      if (tools.signal.aborted) throw error
      failure ??= error
    }
  }
  throw failure
}

/** Lines of number, name, type, whether PostgreSQL runs, whether the daemon runs, its pid, whether it is paused, … */
export function parseDaemons(csv: string): readonly RepmgrDaemon[] {
  return csv.split('\n').flatMap((line) => {
    const found = /^\d+,(.*),(?:primary|standby|witness|unknown),(-?\d),(-?\d),-?\d+,(-?\d),/.exec(line.trim())
    if (!found) return []
    const [, node = '', answers, runs, paused] = found
    return [{ node: clean(node), answers: answers === '1', runs: runs === '1', paused: paused === '1' }]
  })
}

/** Whether repmgr as a whole is paused, and stays that. Of some that are paused the act resumes all. */
export function areAllPaused(daemons: readonly RepmgrDaemon[]): boolean {
  return daemonsThat(daemons, true).length > 0 && daemonsThat(daemons, false).length === 0
}

/** Names of those that run, and are paused or not. */
export function daemonsThat(daemons: readonly RepmgrDaemon[], paused: boolean): readonly string[] {
  return daemons.filter((each) => each.runs && each.paused === paused).map(({ node }) => node)
}
