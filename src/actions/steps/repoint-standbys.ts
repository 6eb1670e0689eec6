// Points standbys at another upstream, one after the other, each with its slot; done when all of them stream from there.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { bytesBetween } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { Sight, Tools } from '../definition/action.ts'
import { numberOf, optionalText, recordsOf, textOf, textsOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { databaseName, databaseOf } from '../definition/target.ts'
import { type Address, addressOf } from '../hosts/address.ts'
import { ensureSlot } from '../repoint/physical-slots.ts'
import type { FollowWay } from '../repoint/repoint-method.ts'
import { rewire } from '../repoint/set-upstream.ts'
import { staying } from './verify-lasting.ts'

/** A standby with the way to it. */
export interface Follower extends FollowWay {
  readonly id: string
}

export function repointArguments(
  upstream: string,
  to: Address,
  followers: readonly Follower[],
  before: Address | null,
): JsonRecord {
  const listed = followers.map(({ id, way, host, dataDirectory, reload, slot }) => ({
    id,
    way,
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

export const repointStandbys: StepKind = {
  kind: 'repoint-standbys',
  async run(args, tools) {
    await all(args, { host: textOf(args, 'host'), port: numberOf(args, 'port') }, tools, textOf(args, 'upstream'))
  },
  async verify(args, tools): Promise<Seen> {
    const sight = await tools.look()
    const upstream = textOf(args, 'upstream')
    const ids = recordsOf(args, 'followers').map((each) => textOf(each, 'id'))
    const states = ids.map((id) => attachment(sight, id, upstream))
    const missing = states.filter(({ streams }) => !streams)
    if (missing.length > 0) return { seen: 'not-yet', why: missing.map(({ words }) => words).join('; ') }
    const evidence = states.length === 0 ? 'no other standby is to follow' : states.map(({ words }) => words).join('; ')
    const broken = () => ids.map((id) => attachment(tools.sight(), id, upstream)).find(({ streams }) => !streams)
    return staying({ seen: 'yes', evidence }, ids, 'standby', tools, () => broken()?.words ?? null)
  },
  async undo(args, tools) {
    const host = optionalText(args, 'beforeHost')
    if (host === null) throw new Error('where they followed before is not known')
    refuseWayBack(await tools.look(), textOf(args, 'upstream'), { host, port: numberOf(args, 'beforePort') }, tools)
    await all(args, { host, port: numberOf(args, 'beforePort') }, tools, null)
    return `pointed at ${host}:${numberOf(args, 'beforePort')} again`
  },
}

/** Throws ActError where they could not follow there any more: that way back would only cut them off. */
function refuseWayBack(sight: Sight, upstream: string, { host, port }: Address, tools: Tools): void {
  const now = databaseOf(sight, upstream)
  const before = sight.picture.databases.find(({ id }) => {
    const place = addressOf(id, tools)
    return place.host === host && place.port === port
  })
  const stay = `they stay with ${now?.name ?? upstream}`
  if (!before || before.problem !== null || before.timeline === null)
    throw new ActionError(`${before?.name ?? `${host}:${port}`}, which they followed before, can’t be read: ${stay}`)
  if (now?.timeline != null && before.timeline < now.timeline)
    throw new ActionError(`${before.name} is on timeline ${before.timeline}, ${now.name} on ${now.timeline}: ${stay}`)
}

/** `upstream`: where their slots are made; null makes none. */
async function all(args: JsonRecord, to: Address, tools: Tools, upstream: string | null): Promise<void> {
  for (const each of recordsOf(args, 'followers')) {
    const slot = optionalText(each, 'slot')
    if (slot !== null && upstream !== null) await ensureSlot(upstream, slot, tools)
    const way = textOf(each, 'way') === 'file' ? 'file' : 'sql'
    const standby = textOf(each, 'id')
    const place = {
      host: optionalText(each, 'host'),
      dataDirectory: optionalText(each, 'dataDirectory'),
      reload: textsOf(each, 'reload'),
    }
    await rewire({ standby, way, ...place, to, slot }, tools)
    tools.say(`${standby} was pointed at ${to.host}:${to.port}`)
  }
}

/** Whether a standby is seen to stream from that database, and that in words. */
export function attachment(
  sight: Sight,
  standby: string,
  upstream: string,
): { readonly streams: boolean; readonly words: string } {
  const { picture } = sight
  const link = picture.links.find(({ downstreamId, upstreamId }) => downstreamId === standby && upstreamId === upstream)
  const name = databaseName(sight, standby)
  const source = databaseName(sight, upstream)
  if (!link?.sender || (link.state !== 'streaming' && link.state !== 'catchup')) {
    return { streams: false, words: `${name} does not stream from ${source} (${link?.state ?? 'no connection'})` }
  }
  const { flushedLsn, sentLsn } = link.sender
  const behind = flushedLsn === null || sentLsn === null ? '?' : formatBytes(bytesBetween(sentLsn, flushedLsn))
  return { streams: true, words: `${name} streams from ${source}, ${behind} behind` }
}

/** `yes` where the standby that is seen to stream from there still does some seconds later: `words` say that it does. */
export function staysAttached(words: string, standby: string, upstream: string, tools: Tools): Promise<Seen> {
  return staying({ seen: 'yes', evidence: words }, [standby], 'standby', tools, () => {
    const now = attachment(tools.sight(), standby, upstream)
    return now.streams ? null : now.words
  })
}
