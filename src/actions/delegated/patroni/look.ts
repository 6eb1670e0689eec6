// Looks for a request in what Patroni itself shows now.

import type { ManagerDetails } from '../../../model/managers/detection/manager-details.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import type { ManagerLook } from '../definition/manager-acts.ts'
import { patroniConfigOf } from './addresses.ts'
import { readConfigOf } from './call.ts'
import { includesPatch } from './config-patch.ts'
import { type PatroniRequest, readPatroniRequest } from './request.ts'
import { RUNS_WELL } from './running-leader.ts'

/** `start failed`, `stopped` and `crashed` last. */
const BUSY = /^(?:(?:re)?starting|stopping|creating|initializing|running custom|doing crash recovery)\b/i

export async function lookAtPatroni(stored: JsonRecord, tools: ActionToolbox): Promise<ManagerLook> {
  const request = readPatroniRequest(stored)
  if (request.goal === 'config') return lookAtConfig(request, tools)
  const { picture } = await tools.refresh()
  const { manager } = picture
  const details = manager?.kind === 'patroni' ? (manager.details ?? null) : null
  if (!details?.areMembersCurrent) return { state: 'none', words: 'it does not tell its members now' }
  switch (request.goal) {
    case 'leader':
      return leaderLook(request, details)
    case 'member':
      return memberLook(request, details)
    case 'scheduled': {
      const planned = details.scheduledSwitchover
      const isOurs = planned !== null && planned.at === Date.parse(request.at ?? '') && planned.to === request.name
      return isOurs
        ? { state: 'done', words: `a switchover to ${request.name} is scheduled for ${request.at}` }
        : { state: 'none', words: 'this switchover is not scheduled' }
    }
    case 'cancelled':
      return details.scheduledSwitchover === null
        ? { state: 'done', words: 'no switchover is scheduled' }
        : { state: 'none', words: 'a switchover is scheduled' }
    case 'paused':
      return manager?.paused
        ? { state: 'done', words: 'all agents are paused' }
        : { state: 'none', words: 'it is not paused' }
    case 'resumed':
      return manager?.paused === false
        ? { state: 'done', words: 'it is not paused' }
        : { state: 'none', words: 'it is paused' }
  }
}

/** Without a leader a switchover is under way, and a failover is still to be asked for. */
function leaderLook({ name, path }: PatroniRequest, { leaders }: ManagerDetails): ManagerLook {
  const [first, second] = leaders
  if (first === undefined) return { state: path === '/failover' ? 'none' : 'open', words: 'nobody leads now' }
  if (second !== undefined) return { state: 'open', words: `its agents name ${leaders.join(' and ')} as the leader` }
  return first === name ? { state: 'done', words: `${first} leads` } : { state: 'none', words: `${first} leads` }
}

function memberLook({ name }: PatroniRequest, { members }: ManagerDetails): ManagerLook {
  const member = members.find((each) => each.name === name)
  const state = member?.state ?? 'unknown'
  const words = `${name} is ${state}`
  if (RUNS_WELL.test(state)) return { state: 'done', words }
  return BUSY.test(state) ? { state: 'open', words } : { state: 'none', words }
}

async function lookAtConfig({ addresses, body }: PatroniRequest, tools: ActionToolbox): Promise<ManagerLook> {
  const config = patroniConfigOf(tools.config)
  if (!config) return { state: 'none', words: 'the config has no Patroni' }
  const now = await readConfigOf(addresses, config, tools.signal)
  return includesPatch(now, JSON.parse(body ?? '{}'))
    ? { state: 'done', words: 'its dynamic configuration has it' }
    : { state: 'none', words: 'its dynamic configuration does not have it' }
}
