// Checks of roles before a standby is promoted: the target, and other primaries.

import { isSameServer } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadAsPrimary } from '../../model/picture/roles.ts'
import { keepAdviceText } from '../../model/split-brain/advice.ts'
import { formatAge } from '../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type PromotionParticipants, writableOfSameSystem } from '../definition/participants.ts'
import { findDatabase } from '../definition/target.ts'

/** Fails unless the target is known to be in recovery. */
export function targetIsStandby(target: string): PreflightCheck {
  return {
    id: 'target-is-standby',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, target)
      const { name = target, pulse = null, problem = null, timeline = null } = view ?? {}
      if (problem || !pulse) {
        const why = problem?.message ?? 'it has not answered yet'
        return { result: 'fail', message: `the state of ${name} is unknown: ${why}`, hint: problem?.hint ?? null }
      }
      if (isReadAsPrimary({ pulse })) {
        return { result: 'fail', message: `${name} is already writable`, hint: 'There is nothing to promote.' }
      }
      return { result: 'pass', message: `${name} is in recovery, on timeline ${timeline ?? '?'}`, hint: null }
    },
  }
}

/**
 * Fails while another server of the same system is writable, unless the plan stops that server first. Warns of servers
 * that can't be read.
 */
export function noOtherPrimary(
  { target, primary, isPrimaryUp }: PromotionParticipants,
  stopsIt: boolean,
): PreflightCheck {
  // A second entry for the server that is stopped is not another primary.
  const isPrimary = ({ id, identity }: DatabaseView) =>
    id === primary?.id || (identity !== null && primary?.identity != null && isSameServer(identity, primary.identity))
  return {
    id: 'no-other-primary',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const writable = writableOfSameSystem(clusterView, target)
      const others = writable.filter((view) => !stopsIt || !isPrimary(view))
      if (others.length > 0) {
        const names = others.map(({ name }) => name).join(', ')
        const split = clusterView.picture.splitBrains.find(({ members }) =>
          members.some(({ id }) => id === others[0]?.id),
        )
        return {
          result: 'fail',
          message: `${names} is writable`,
          hint: split
            ? `End the split brain first: ${keepAdviceText(split)}.`
            : 'Stop it first: pgdeck do switchover does that, cleanly.',
        }
      }
      const unread = clusterView.picture.databases.filter(({ id, problem, readAt }) => {
        return id !== target.id && id !== primary?.id && (problem !== null || readAt === null)
      })
      if (unread.length > 0) {
        const names = unread.map(
          ({ name, problem }) =>
            `${name} (${problem ? `unread for ${formatAge(clusterView.now - problem.since)}` : 'never read'})`,
        )
        return {
          result: 'warn',
          message: `whether these are writable is unknown: ${names.join(', ')}`,
          hint: 'Check them on their hosts.',
        }
      }
      const stopped = isPrimaryUp && stopsIt ? `only ${primary?.name} is writable, and this plan stops it first` : null
      return {
        result: 'pass',
        message: stopped ?? 'no other database with this system identifier is writable',
        hint: null,
      }
    },
  }
}
