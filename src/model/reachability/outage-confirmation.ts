// Whether an unreachable primary is down for others too, before another one is promoted.

import type { Picture } from '../picture/picture.ts'
import { isRefusal } from '../values/fault.ts'
import { type Observation, observationsByOthers } from './reachability-matrix.ts'

/**
 * - `seen`: another host or server received something from it after this host lost it: this host may be cut off. -
 * `down`: all others that can tell have lost it too, or it refuses connections from here. A cut network looks the same:
 * only its own host can prove that it is stopped. - `unknown`: no other can tell. - `reachable`: it answers this host.
 */
export interface OutageConfirmation {
  readonly verdict: 'seen' | 'down' | 'unknown' | 'reachable'
  /** One sentence with the evidence, for the check `primary-down-by-others`. */
  readonly sentence: string
  readonly observations: readonly Observation[]
}

/** A standby may lose it some polls earlier than this host. One that was cut off long before proves nothing. */
const EARLIER_MS = 120_000

function isOlder({ kind, at }: Observation, outage: number): boolean {
  return kind === 'standby' && at !== null && at < outage - EARLIER_MS
}

/** Returns what others observe of that primary. Readings older than the outage do not count. */
export function confirmPrimaryOutage(picture: Picture, id: string): OutageConfirmation {
  const primary = picture.databases.find((view) => view.id === id)
  const observations = primary ? observationsByOthers(picture, id) : []
  if (!primary) return { verdict: 'unknown', sentence: `${id} is not watched`, observations }
  const { name, problem } = primary
  if (!problem) {
    const verdict = primary.readAt === null ? 'unknown' : 'reachable'
    const sentence = verdict === 'unknown' ? `${name} has not answered yet` : `${name} answers this host`
    return { verdict, sentence, observations }
  }
  // A walreceiver that stays connected without a message newer than the outage may not have noticed it yet.
  const witness = observations.find(
    (one) => one.status === 'ok' && one.isFromTarget && one.at !== null && one.at > problem.since,
  )
  if (witness) {
    const sentence = `${witness.from} still sees ${name}: ${witness.evidence}; this host may be cut off from it`
    return { verdict: 'seen', sentence, observations }
  }
  const lost = observations.filter((one) => one.status === 'fails' && !isOlder(one, problem.since))
  const clinging = observations.find(({ status, kind }) => status === 'ok' && kind === 'standby')
  if (clinging) {
    const sentence = `${clinging.from} is still connected to ${name} but has received nothing since this host lost it`
    return { verdict: 'unknown', sentence, observations }
  }
  if (lost.length > 0) {
    const who = lost.map(({ from }) => from).join(', ')
    return { verdict: 'down', sentence: `${who} lost ${name} too`, observations }
  }
  if (isRefusal(problem)) {
    return { verdict: 'down', sentence: `${name} refuses connections from here`, observations }
  }
  return { verdict: 'unknown', sentence: `no other observer can tell whether ${name} is up`, observations }
}
