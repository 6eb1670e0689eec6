// Checks before a database is started: that it is down, and that it can't become a second primary.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isFromTarget } from '../../model/values/fault.ts'
import { formatAge } from '../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { unreadOfSameSystem, writableOfSameSystem } from '../definition/participants.ts'

/** Fails if it answers, also if it only refuses this role. */
export function isDownNow(view: DatabaseView): PreflightCheck {
  return {
    id: 'is-down',
    mayOverride: false,
    run(): PreflightResult {
      if (!view.problem) return { result: 'fail', message: `${view.name} answers: it runs`, hint: null }
      if (isFromTarget(view.problem))
        return { result: 'fail', message: `${view.name} is up: ${view.problem.message}`, hint: view.problem.hint }
      return { result: 'pass', message: view.problem.message, hint: null }
    },
  }
}

/**
 * As `no-other-primary` of a promotion, but a server that can't be read blocks: pgdeck would create the second primary
 * itself. `instead`: how it is started as a standby.
 */
export function noOtherPrimaryRuns(view: DatabaseView, instead: string): PreflightCheck {
  return {
    id: 'no-other-primary',
    mayOverride: true,
    run(clusterView): PreflightResult {
      const others = writableOfSameSystem(clusterView, view)
      if (others.length > 0) {
        return {
          result: 'fail',
          message: `${others.map(({ name }) => name).join(', ')} is writable`,
          hint: instead,
        }
      }
      const unread = unreadOfSameSystem(clusterView, view)
      if (unread.length === 0)
        return { result: 'pass', message: 'no other database with this system identifier is writable', hint: null }
      const names = unread.map(
        ({ name, problem }) =>
          `${name} (unread for ${formatAge(clusterView.now - (problem?.since ?? clusterView.now))})`,
      )
      return {
        result: 'fail',
        message: `whether these are writable is unknown: ${names.join(', ')}`,
        hint: 'Check them on their hosts, then overrule this with what you saw.',
      }
    },
  }
}
