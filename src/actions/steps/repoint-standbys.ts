// Points standbys at another upstream, one after the other, each with its slot, until all of them stream from there.

import { linkBetween } from '../../model/picture/neighbours.ts'
import { isFlowing } from '../../model/picture/status.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { bytesBetween } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { addressForOthers, type DatabaseAddress } from '../hosts/address.ts'
import { laterFollowerText } from '../repoint/later-replay.ts'
import { ensurePhysicalSlot } from '../repoint/physical-slots.ts'
import type { RepointMethod } from '../repoint/repoint-method.ts'
import { setUpstream } from '../repoint/set-upstream.ts'
import { verifyLasting } from './verify-lasting.ts'
import { WHY_NOT_STREAMING } from './why-not-streaming.ts'

/** A standby with the method to re-point it. */
export interface RepointedStandby extends RepointMethod {
  readonly id: string
}

const form = () =>
  arg.form({
    upstream: arg.text(),
    /** The address of the upstream as the standbys reach it. */
    host: arg.text(),
    port: arg.number(),
    followers: arg.list(
      arg.form({
        id: arg.text(),
        way: arg.oneOf('sql', 'file', 'manual'),
        host: arg.optionalText(),
        dataDirectory: arg.optionalText(),
        reload: arg.texts(),
        slot: arg.optionalText(),
      }),
    ),
    /** The previous upstream; null and 0 if unknown. */
    beforeHost: arg.optionalText(),
    beforePort: arg.number(),
  })
type Args = arg.Of<typeof form>

/** Standbys that one step re-points, with the texts of its plan. */
export interface Repointing extends StepTexts {
  readonly upstream: string
  readonly to: DatabaseAddress
  readonly followers: readonly RepointedStandby[]
  /** null if unknown. */
  readonly before: DatabaseAddress | null
}

export const repointStandbysKind = defineStep({
  kind: 'repoint-standbys',
  version: 1,
  args: form,
  explainedBy: WHY_NOT_STREAMING,
  plan({ upstream, to, followers, before, ...texts }: Repointing): StepPlan<Args> {
    const listed = followers.map(({ id, method, host, dataDirectory, reload, slot }) => {
      return { id, way: method, host, dataDirectory, reload, slot }
    })
    const former = { beforeHost: before?.host ?? null, beforePort: before?.port ?? 0 }
    return { ...texts, args: { upstream, host: to.host, port: to.port, followers: listed, ...former } }
  },
  async run(args, tools) {
    await repointAll(args.followers, { host: args.host, port: args.port }, tools, args.upstream)
  },
  async verify(args, tools): Promise<Verification> {
    const clusterView = await tools.refresh()
    const upstream = args.upstream
    const ids = args.followers.map((each) => each.id)
    const states = await Promise.all(ids.map((id) => followingState(clusterView, id, args, tools)))
    const missing = states.filter(({ state }) => state === 'missing')
    if (missing.length > 0) return { result: 'not-yet', why: missing.map(({ words }) => words).join('; ') }
    const evidence =
      states.length === 0 ? 'no other standby is in the plan' : states.map(({ words }) => words).join('; ')
    const streaming = states.flatMap(({ id, state }) => (state === 'streams' ? [id] : []))
    const broken = () =>
      streaming.map((id) => streamingFrom(tools.view(), id, upstream)).find(({ streams }) => !streams)
    return verifyLasting({ result: 'yes', evidence }, ids, 'standby', tools, () => broken()?.words ?? null)
  },
  async undo(args, tools) {
    const host = args.beforeHost
    if (host === null) throw new Error('their former upstream is unknown')
    const to = { host, port: args.beforePort }
    refuseWayBack(await tools.refresh(), args.upstream, to, tools)
    await repointAll(args.followers, to, tools, null)
    return `pointed at ${host}:${to.port} again`
  },
})

/** Whether a standby streams from its new upstream, or is pointed there and streams as soon as it replays. */
async function followingState(
  clusterView: PlanningView,
  id: string,
  { upstream, host, port }: Args,
  tools: ActionToolbox,
): Promise<{ readonly id: string; readonly state: 'streams' | 'later' | 'missing'; readonly words: string }> {
  const { streams, words } = streamingFrom(clusterView, id, upstream)
  if (streams) return { id, state: 'streams', words }
  const later = await laterFollowerText(findDatabase(clusterView, id), { host, port }, tools)
  return later === null ? { id, state: 'missing', words } : { id, state: 'later', words: later }
}

/** Throws ActionError if the standbys could not follow the old upstream any more: undo would only cut them off. */
function refuseWayBack(
  clusterView: PlanningView,
  upstream: string,
  { host, port }: DatabaseAddress,
  tools: ActionToolbox,
): void {
  const now = findDatabase(clusterView, upstream)
  const before = clusterView.picture.databases.find(({ id }) => {
    const place = addressForOthers(id, tools)
    return place.host === host && place.port === port
  })
  const stay = `they stay with ${now?.name ?? upstream}`
  if (!before || before.problem !== null || before.timeline === null)
    throw new ActionError(`${before?.name ?? `${host}:${port}`}, which they followed before, is not readable: ${stay}`)
  if (now?.timeline != null && before.timeline < now.timeline)
    throw new ActionError(`${before.name} is on timeline ${before.timeline}, ${now.name} on ${now.timeline}: ${stay}`)
}

/** `upstream`: the database on which their slots are created; null creates none. */
async function repointAll(
  followers: Args['followers'],
  to: DatabaseAddress,
  tools: ActionToolbox,
  upstream: string | null,
): Promise<void> {
  for (const { id: standby, way: method, slot, host, dataDirectory, reload } of followers) {
    if (slot !== null && upstream !== null) await ensurePhysicalSlot(upstream, slot, tools)
    const change = method === 'file' ? 'file' : 'sql'
    await setUpstream({ standby, method: change, host, dataDirectory, reload, to, slot }, tools)
    tools.writeOutput(`${standby} was pointed at ${to.host}:${to.port}`)
  }
}

/** Returns whether readings show that a standby streams from that database, with the evidence as text. */
export function streamingFrom(
  clusterView: PlanningView,
  standby: string,
  upstream: string,
): { readonly streams: boolean; readonly words: string } {
  const { picture } = clusterView
  const link = linkBetween(picture, upstream, standby)
  const name = databaseName(clusterView, standby)
  const source = databaseName(clusterView, upstream)
  const isSeen = link !== null && (link.sender !== null || link.ambiguousSenders.length > 0)
  if (!isSeen || !isFlowing(link.state)) {
    return { streams: false, words: `${name} does not stream from ${source} (${link?.state ?? 'no connection'})` }
  }
  const { flushedLsn = null, sentLsn = null } = link.sender ?? {}
  const behind = flushedLsn === null || sentLsn === null ? '?' : formatBytes(bytesBetween(sentLsn, flushedLsn))
  return { streams: true, words: `${name} streams from ${source}, ${behind} behind` }
}

/** `yes` if the standby still streams from there some seconds later; `words` is the evidence then. */
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
