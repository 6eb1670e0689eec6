// What repmgr shows of a request: its process on the host, its events, its daemons.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { listText } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { findDatabase } from '../../definition/target.ts'
import type { ManagerLook } from '../definition/manager-acts.ts'
import { daemonsThat, readDaemons, seeDaemons } from './daemons.ts'
import { isRunning } from './program.ts'
import { EVENTS, type RepmgrRequest, repmgrRequest, VERBS } from './request.ts'
import { type RepmgrNode, readRepmgrNode } from './tables.ts'

/** Throws FaultError, or ActionError where repmgr itself can't be asked. */
export async function lookAtRepmgr(stored: JsonRecord, tools: ActionToolbox): Promise<ManagerLook> {
  const request = repmgrRequest(stored)
  const { call, node, readers } = request
  if (call === 'pause' || call === 'resume') return daemonsSeen(request, tools)
  if (call === 'restart') return restartSeen(request, tools)
  const runs = await isRunning(request, tools)
  if (runs) {
    const words = `repmgr ${VERBS[call]} is running there`
    // A copy is followed by the start and the registration, which pgdeck asks for.
    return call === 'clone' ? { state: 'unfinished', words } : { state: 'open', words, isThis: true }
  }
  const event = EVENTS[call] ?? ''
  const row = await readRepmgrNode(node, event, readers, tools)
  if (!row && call === 'unregister') return { state: 'done', words: `repmgr.nodes has no node ${node}` }
  if (!row) return { state: 'failed', words: `repmgr.nodes has no node ${node}` }
  const details = row.details === null || row.details === '' ? '' : `: ${row.details}`
  // One that was registered again has events of before.
  if (call !== 'unregister' && row.done > request.done) {
    const why = notAsAsked(request, row)
    if (why !== null) return { state: 'open', words: why, isThis: true }
    return { state: 'done', words: `${event}${details}${await leftPaused(request, tools)}` }
  }
  if (row.failed > request.failed)
    return { state: 'failed', words: `${event} has failed${details}${await leftPaused(request, tools)}` }
  if (runs === null)
    throw new ActionError(
      `whether repmgr ${VERBS[call]} still runs on ${request.host} is unknown`,
      'Look there with ps, which pgdeck needs too.',
    )
  return { state: 'none', words: `repmgr.events has no newer ${event}` }
}

function notAsAsked({ call, upstream, node }: RepmgrRequest, row: RepmgrNode): string | null {
  if (!row.active) return `repmgr.nodes has node ${node} as not active`
  if (call === 'switchover' || call === 'promote')
    return row.type === 'primary' ? null : `repmgr.nodes has node ${node} as a ${row.type}`
  if (call === 'follow' && row.upstream !== upstream)
    return `repmgr.nodes has node ${row.upstream ?? '?'} as its upstream`
  return null
}

/** A switchover that failed may leave the daemons paused: then nothing fails over by itself. */
async function leftPaused(request: RepmgrRequest, tools: ActionToolbox): Promise<string> {
  if (request.wasPaused || (request.call !== 'switchover' && request.call !== 'promote')) return ''
  const daemons = await readDaemons(request, tools).catch(() => null)
  if (daemons === null) return '; whether repmgrd is still paused is unknown'
  const left = daemonsThat(daemons, true)
  return left.length === 0 ? '' : `; repmgrd is still paused beside ${listText(left)}: pgdeck do resume-manager`
}

async function daemonsSeen(request: RepmgrRequest, tools: ActionToolbox): Promise<ManagerLook> {
  const daemons = await readDaemons(request, tools)
  const wanted = request.call === 'pause'
  const others = daemonsThat(daemons, !wanted)
  const word = (paused: boolean) => (paused ? 'paused' : 'not paused')
  if (others.length > 0) return { state: 'none', words: `repmgrd is ${word(!wanted)} beside ${listText(others)}` }
  const those = daemonsThat(daemons, wanted)
  if (those.length === 0) return { state: 'failed', words: 'no repmgrd runs that could be paused or resumed' }
  return { state: 'done', words: `repmgrd is ${word(wanted)} beside ${listText(those)}` }
}

async function restartSeen(request: RepmgrRequest, tools: ActionToolbox): Promise<ManagerLook> {
  const view = findDatabase(await tools.refresh(), request.database)
  if (!view || view.problem) return { state: 'unfinished', words: 'PostgreSQL is down' }
  if (view.startedAt === null || view.startedAt === request.startedAt)
    return { state: 'none', words: 'PostgreSQL was not started since' }
  const left = request.wasPaused ? [] : daemonsThat((await seeDaemons(request, tools)).daemons, true)
  if (left.length > 0) return { state: 'unfinished', words: `repmgrd is still paused beside ${listText(left)}` }
  return { state: 'done', words: `repmgr has ${view.name} up` }
}
