// The loss of a failover as text that promises no more than was read.

import type { FailoverEstimate } from '../picture/picture.ts'
import { formatAge, formatBytes, formatSeconds } from '../values/units.ts'

export type LossEstimate = Pick<FailoverEstimate, 'lossBytes' | 'lossSeconds' | 'lossBound' | 'basisAgeMs'>

/** The exception to the guarantee of synchronous standbys, which can't be read from outside. */
export const UNLESS_SYNC_COMMIT_OFF = 'if no session switched synchronous_commit off'

/** `12.4 MB / 3.1 s`, `0 B`; `?` if unknown. */
export function lossFigure({ lossBytes, lossSeconds }: LossEstimate): string {
  if (lossBytes === null) return '?'
  return lossBytes === 0 || lossSeconds === null
    ? formatBytes(lossBytes)
    : `${formatBytes(lossBytes)} / ${formatSeconds(lossSeconds)}`
}

/** The text after "a failover would": short enough for a banner, with the uncertainty first so that it is not cut off. */
export function lossPhrase(loss: LossEstimate): string {
  if (loss.lossBound === 'none-confirmed') return 'lose no confirmed commit (sync)'
  if (loss.lossBound === 'shared-storage') return 'lose nothing inside the cluster (shared storage)'
  if (loss.lossBytes === null || loss.lossBound === null) return 'lose an unknown amount'
  if (loss.lossBound === 'at-most') return `lose at most ${lossFigure(loss)}, as read`
  if (loss.lossBound === 'as-read') return `lose ${lossFigure(loss)}${loss.lossBytes === 0 ? '' : ' of commits'}`
  const seen = `last seen ${formatAge(loss.basisAgeMs)} ago`
  return loss.lossBytes === 0 ? `lose an unknown amount, ${seen}` : `lose at least ${lossFigure(loss)}, ${seen}`
}

/** The age in a sentence of a plan: `last seen 42 s before this plan`. */
export const BEFORE_PLAN = 'before this plan'

/**
 * The same where there is room: the figure, its age, and what it does not count. A plan is read later than it is made, so its ages end
 * with `BEFORE_PLAN`. `name`: the primary's.
 */
export function lossSentence(loss: LossEstimate, name: string, since: 'ago' | typeof BEFORE_PLAN): string {
  const age = `${formatAge(loss.basisAgeMs)} ${since}`
  const needsNoBytes = loss.lossBound === 'none-confirmed' || loss.lossBound === 'shared-storage'
  switch (loss.lossBytes === null && !needsNoBytes ? null : loss.lossBound) {
    case 'shared-storage':
      return 'nothing inside the cluster: its instances share one storage'
    case 'none-confirmed':
      return `no confirmed commit, ${UNLESS_SYNC_COMMIT_OFF}: they waited for synchronous standbys, last seen ${age}`
    case 'at-least':
      return loss.lossBytes === 0
        ? `unknown: what ${name} wrote after it was last seen ${age}`
        : `at least ${lossFigure(loss)}, last seen ${age}; what ${name} wrote after that is unknown`
    case 'at-most':
      return `at most ${lossFigure(loss)} of commits, as read ${age}: the archive may hold some of that`
    case 'as-read':
      return `${lossFigure(loss)} of commits, as read ${age}`
    default:
      return `unknown: how much it lacks of what ${name} wrote last`
  }
}
