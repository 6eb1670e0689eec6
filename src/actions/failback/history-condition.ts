// The condition of an old primary's history: whether it ends where the new primary's history began, or differs from it.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import { formatLsn, type Lsn, parseLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { readControlFile } from '../hosts/control-file.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { streamingFrom } from '../steps/repoint-standbys.ts'
import { timelineHistoryOf } from './timeline-history.ts'

export type HistoryCondition =
  /** It replicates from the acting primary already. */
  | { readonly kind: 'follows'; readonly why: string }
  /** The acting primary has everything that it wrote: it can follow as it is. */
  | { readonly kind: 'behind'; readonly why: string }
  /** It has, or may have, WAL that the acting primary never received. */
  | { readonly kind: 'differs'; readonly why: string; readonly timeline: number | null }
  /** Both wrote on the same timeline: no program can distinguish the two histories. */
  | { readonly kind: 'same-timeline'; readonly why: string }
  /** Its control file can't be read from here. */
  | { readonly kind: 'unknown'; readonly why: string }

const LIMIT_MS = 8_000

/** Only reads. Never throws: a failure gives `unknown` with the reason. */
export async function historyConditionOf(
  view: DatabaseView,
  actingPrimary: DatabaseView,
  service: DatabaseService,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<HistoryCondition> {
  const session = streamingFrom(clusterView, view.id, actingPrimary.id)
  if (session.streams) return { kind: 'follows', why: session.words }
  const connection = tools.host(service.host)
  if (service.lacks) return { kind: 'unknown', why: service.lacks.why }
  if (!connection || service.dataDirectory === null) return { kind: 'unknown', why: 'pgdeck has no access to its host' }
  try {
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const control = await readControlFile(connection, service.dataDirectory, signal)
    if (!control) return { kind: 'unknown', why: 'pgdeck can’t read the format of its control file' }
    const { state, timeline, checkpointLsn } = control
    const now = actingPrimary.timeline
    if (now === null) return { kind: 'unknown', why: `the timeline of ${actingPrimary.name} is unknown` }
    if (timeline >= now)
      return {
        kind: 'same-timeline',
        why: `both are on timeline ${timeline}: ${actingPrimary.name} became a primary without a new timeline`,
      }
    const fork = await endOf(timeline, now, actingPrimary.id, tools)
    if (fork === null)
      return { kind: 'differs', timeline, why: `timeline ${timeline} is not in the history of ${actingPrimary.name}` }
    const at = `${actingPrimary.name} left timeline ${timeline} at ${formatLsn(fork)}`
    if (state !== 'shut down')
      return {
        kind: 'differs',
        timeline,
        why: `${at}; ${view.name} did not shut down cleanly (${state}), so it may have written more`,
      }
    if (checkpointLsn < fork)
      return {
        kind: 'behind',
        why: `${at}; ${view.name} shut down cleanly before that, at ${formatLsn(checkpointLsn)}`,
      }
    return { kind: 'differs', timeline, why: `${at}; ${view.name} wrote until ${formatLsn(checkpointLsn)}` }
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) }
  }
}

/** Returns where that timeline ended in the history of its successor; null if it is not part of it. */
async function endOf(timeline: number, now: number, actingId: string, tools: ActionToolbox): Promise<Lsn | null> {
  const entry = (await timelineHistoryOf(actingId, now, tools)).find((each) => each.timeline === timeline)
  return entry ? parseLsn(entry.end) : null
}
