// What a change of roles costs, for the person who decides: bytes, seconds, sessions, servers, what is left behind.

import type { Danger, Impact } from '../../model/operation/plan.ts'
import { formatBytes, formatSeconds } from '../../model/quantity.ts'
import type { Sight } from '../action.ts'
import type { Scene } from './scene.ts'

/** `data-loss` where bytes are lost over the limit, or nobody knows how many. */
export function dangerOf({ isPrimaryUp, prospect }: Scene, { config }: Sight): Danger {
  if (isPrimaryUp) return 'outage'
  const bytes = prospect.estimate?.lossBytes ?? null
  return bytes === null || bytes > config.spec.thresholds.replicationLagBytes.warning ? 'data-loss' : 'outage'
}

/** Of promoting the target where its primary is gone. */
export function lossImpact(scene: Scene, sight: Sight): Impact {
  const { target, primary, prospect } = scene
  const { lossBytes, lossSeconds, writableInSeconds } = prospect.estimate ?? {
    lossBytes: null,
    lossSeconds: null,
    writableInSeconds: null,
  }
  const name = primary?.name ?? 'the old primary'
  const loses =
    lossBytes === null
      ? `how much of what ${name} took is lost is not known`
      : lossBytes === 0
        ? 'nothing is lost, by what was last seen'
        : `${formatBytes(lossBytes)} of commits${lossSeconds === null ? '' : ` (${formatSeconds(lossSeconds)})`} are lost for good`
  const soon = writableInSeconds === null ? '' : ` in about ${formatSeconds(writableInSeconds)}`
  return {
    lossBytes,
    lossSeconds,
    writableInSeconds,
    sessionsCut: 0,
    serversAffected: serversOf(scene, sight),
    orphans: orphansOf(scene, sight),
    statement: `${target.name} becomes the primary${soon}; ${loses}. ${name} must not take writes again before it is rewound or rebuilt.`,
  }
}

/** Of stopping the primary first: nothing is lost, and nobody serves until the target takes writes. */
export function stopImpact(scene: Scene, sight: Sight): Impact {
  const { target, primary, prospect } = scene
  const seconds = prospect.estimate?.writableInSeconds ?? null
  const sessionsCut = primary?.pulse?.sessions.total ?? null
  return {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: seconds === null ? null : seconds + STOP_SECONDS,
    sessionsCut,
    serversAffected: serversOf(scene, sight),
    orphans: orphansOf(scene, sight),
    statement: `${primary?.name ?? '?'} is stopped, ${target.name} becomes the primary; nothing is lost. Nobody takes writes between the two.`,
  }
}

/** A shutdown checkpoint, its way to the standby, and looking for it. */
const STOP_SECONDS = 3

function serversOf({ target, primary }: Scene, { picture }: Sight): readonly string[] {
  return picture.servers
    .filter(({ databaseId }) => databaseId === primary?.id || databaseId === target.id)
    .map(({ name }) => name)
}

function orphansOf({ primary, followers, target, upstream }: Scene, { picture }: Sight): readonly string[] {
  const logical = picture.slots.filter(({ databaseId, type }) => databaseId === primary?.id && type === 'logical')
  const unread = picture.databases.filter((view) => {
    return view.upstreamId === primary?.id && view !== target && view !== upstream && !followers.includes(view)
  })
  return [
    ...logical.map(({ name }) => `logical slot ${name} of ${primary?.name}: its consumer needs a new one`),
    ...unread.map(({ name }) => `${name}, which can’t be read, still points to ${primary?.name}`),
  ]
}
