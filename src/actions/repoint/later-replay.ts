// Standbys that replay later, on purpose or because somebody paused them: a walreceiver that ended starts again only when
// all received WAL is replayed, so they stream from another upstream only then.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { standbyPositionOf } from '../../model/picture/roles.ts'
import { furthestLsn } from '../../model/values/lsn.ts'
import { formatSeconds } from '../../model/values/units.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { repointConninfo } from '../hosts/primary-conninfo.ts'
import { currentPrimaryConninfo } from './set-upstream.ts'

/** A step waits for shorter delays. */
const LONG_DELAY_MS = 20_000

/** Returns what holds its replay, as text; null if nothing does that a step could not wait for. */
export function laterReplayText(view: DatabaseView): string | null {
  const position = standbyPositionOf(view)
  if (view.problem !== null || !position) return null
  if (position.pause !== 'not paused') return `replay of ${view.name} is paused`
  const delayMs = view.pulse?.applyDelayMs ?? 0
  return delayMs > LONG_DELAY_MS ? `${view.name} replays with a delay of ${formatSeconds(delayMs / 1000)}` : null
}

/** Paused replay holds it back in any case, a delay only while there is WAL to replay. */
function isHeldBack(view: DatabaseView): boolean {
  const position = standbyPositionOf(view)
  if (!position) return false
  const { pause, receivedLsn, replayedLsn, receiver } = position
  const received = furthestLsn(receivedLsn, receiver?.flushedLsn)
  return pause !== 'not paused' || received === null || replayedLsn === null || received > replayedLsn
}

/** Returns the evidence that it will stream from there once it has replayed what it received; null without it. */
export async function laterFollowerText(
  view: DatabaseView | null,
  to: DatabaseAddress,
  tools: ActionToolbox,
): Promise<string | null> {
  const why = view && isHeldBack(view) ? laterReplayText(view) : null
  if (!view || !why) return null
  const conninfo = await currentPrimaryConninfo(view.id, tools).catch(() => null)
  if (conninfo === null || repointConninfo(conninfo, to) !== conninfo) return null
  return `${view.name} is pointed at ${to.host}:${to.port} and streams from there only later: ${why}`
}

/** Warns of standbys that will not stream from the new primary when the run ends. */
export function standbysReplayNow(followers: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'followers-replay',
    mayOverride: false,
    run(): PreflightResult {
      const later = followers.flatMap((view) => laterReplayText(view) ?? [])
      if (later.length === 0) return null
      const message = `${later.join('; ')}: streams from the new primary only when it has replayed what it received`
      const hint = 'The run does not wait for that. If it uses a slot, the new primary retains WAL for it until then.'
      return { result: 'warn', message, hint }
    },
  }
}
