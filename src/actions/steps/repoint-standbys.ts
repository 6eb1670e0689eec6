// Points standbys at another upstream, one after the other, each with its slot; done when all of them stream from there.

import { linkBetween } from '../../model/picture/neighbours.ts'
import { isFlowing } from '../../model/picture/status.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { bytesBetween } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import {
  numberArgument,
  optionalTextArgument,
  recordListArgument,
  textArgument,
  textListArgument,
} from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { addressForOthers, type DatabaseAddress } from '../hosts/address.ts'
import { ensurePhysicalSlot } from '../repoint/physical-slots.ts'
import type { RepointMethod } from '../repoint/repoint-method.ts'
import { setUpstream } from '../repoint/set-upstream.ts'
import { verifyLasting } from './verify-lasting.ts'

/** A standby with the way to it. */
export interface RepointedStandby extends RepointMethod {
  readonly id: string
}

export function repointStandbysArguments(
  upstream: string,
  to: DatabaseAddress,
  followers: readonly RepointedStandby[],
  before: DatabaseAddress | null,
): JsonRecord {
  const listed = followers.map(({ id, method, host, dataDirectory, reload, slot }) => ({
    id,
    way: method,
    host,
    dataDirectory,
    reload,
    slot,
  }))
  return {
    upstream,
    host: to.host,
    port: to.port,
    followers: listed,
    beforeHost: before?.host ?? null,
    beforePort: before?.port ?? 0,
  }
}

export const repointStandbysKind: StepKind = {
  kind: 'repoint-standbys',
  async run(args, tools) {
    await all(
      args,
      { host: textArgument(args, 'host'), port: numberArgument(args, 'port') },
      tools,
      textArgument(args, 'upstream'),
    )
  },
  async verify(args, tools): Promise<Verification> {
    const sight = await tools.refresh()
    const upstream = textArgument(args, 'upstream')
    const ids = recordListArgument(args, 'followers').map((each) => textArgument(each, 'id'))
    const states = ids.map((id) => streamingFrom(sight, id, upstream))
    const missing = states.filter(({ streams }) => !streams)
    if (missing.length > 0) return { result: 'not-yet', why: missing.map(({ words }) => words).join('; ') }
    const evidence = states.length === 0 ? 'no other standby is to follow' : states.map(({ words }) => words).join('; ')
    const broken = () => ids.map((id) => streamingFrom(tools.view(), id, upstream)).find(({ streams }) => !streams)
    return verifyLasting({ result: 'yes', evidence }, ids, 'standby', tools, () => broken()?.words ?? null)
  },
  async undo(args, tools) {
    const host = optionalTextArgument(args, 'beforeHost')
    if (host === null) throw new Error('where they followed before is not known')
    refuseWayBack(
      await tools.refresh(),
      textArgument(args, 'upstream'),
      { host, port: numberArgument(args, 'beforePort') },
      tools,
    )
    await all(args, { host, port: numberArgument(args, 'beforePort') }, tools, null)
    return `pointed at ${host}:${numberArgument(args, 'beforePort')} again`
  },
}

/** Throws ActError where they could not follow there any more: that way back would only cut them off. */
function refuseWayBack(
  sight: PlanningView,
  upstream: string,
  { host, port }: DatabaseAddress,
  tools: ActionToolbox,
): void {
  const now = findDatabase(sight, upstream)
  const before = sight.picture.databases.find(({ id }) => {
    const place = addressForOthers(id, tools)
    return place.host === host && place.port === port
  })
  const stay = `they stay with ${now?.name ?? upstream}`
  if (!before || before.problem !== null || before.timeline === null)
    throw new ActionError(`${before?.name ?? `${host}:${port}`}, which they followed before, can’t be read: ${stay}`)
  if (now?.timeline != null && before.timeline < now.timeline)
    throw new ActionError(`${before.name} is on timeline ${before.timeline}, ${now.name} on ${now.timeline}: ${stay}`)
}

/** `upstream`: where their slots are made; null makes none. */
async function all(
  args: JsonRecord,
  to: DatabaseAddress,
  tools: ActionToolbox,
  upstream: string | null,
): Promise<void> {
  for (const each of recordListArgument(args, 'followers')) {
    const slot = optionalTextArgument(each, 'slot')
    if (slot !== null && upstream !== null) await ensurePhysicalSlot(upstream, slot, tools)
    const way = textArgument(each, 'way') === 'file' ? 'file' : 'sql'
    const standby = textArgument(each, 'id')
    const place = {
      host: optionalTextArgument(each, 'host'),
      dataDirectory: optionalTextArgument(each, 'dataDirectory'),
      reload: textListArgument(each, 'reload'),
    }
    await setUpstream({ standby, way, ...place, to, slot }, tools)
    tools.writeOutput(`${standby} was pointed at ${to.host}:${to.port}`)
  }
}

/** Whether a standby is seen to stream from that database, and that in words. */
export function streamingFrom(
  sight: PlanningView,
  standby: string,
  upstream: string,
): { readonly streams: boolean; readonly words: string } {
  const { picture } = sight
  const link = linkBetween(picture, upstream, standby)
  const name = databaseName(sight, standby)
  const source = databaseName(sight, upstream)
  const isSeen = link !== null && (link.sender !== null || link.ambiguousSenders.length > 0)
  if (!isSeen || !isFlowing(link.state)) {
    return { streams: false, words: `${name} does not stream from ${source} (${link?.state ?? 'no connection'})` }
  }
  const { flushedLsn = null, sentLsn = null } = link.sender ?? {}
  const behind = flushedLsn === null || sentLsn === null ? '?' : formatBytes(bytesBetween(sentLsn, flushedLsn))
  return { streams: true, words: `${name} streams from ${source}, ${behind} behind` }
}

/** `yes` where the standby that is seen to stream from there still does some seconds later: `words` say that it does. */
export function verifyKeepsStreaming(
  words: string,
  standby: string,
  upstream: string,
  tools: ActionToolbox,
): Promise<Verification> {
  return verifyLasting({ result: 'yes', evidence: words }, [standby], 'standby', tools, () => {
    const now = streamingFrom(tools.view(), standby, upstream)
    return now.streams ? null : now.words
  })
}
