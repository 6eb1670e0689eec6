// Checks before a standby is removed for good: what depends on it.

import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby } from '../../model/picture/roles.ts'
import { areSameSystem } from '../../model/replication/mirrored-pair.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { sessionsOf } from '../definition/stop-impact.ts'

/** Fails while other standbys replicate from it: they would lose their upstream for good. */
export function noCascadingStandbys(view: DatabaseView): PreflightCheck {
  return {
    id: 'standbys-below',
    mayOverride: true,
    run({ picture }): PreflightResult {
      const below = standbysOf(picture, view.id).map(({ name }) => name)
      if (below.length === 0) return { result: 'pass', message: `no standby replicates from ${view.name}`, hint: null }
      return {
        result: 'fail',
        message: `${below.join(', ')} replicates from ${view.name}`,
        hint: 'Point them at another upstream first: pgdeck do follow.',
      }
    },
  }
}

/** Warns if application servers use it. */
export function notUsedByServers(view: DatabaseView): PreflightCheck {
  return {
    id: 'servers',
    mayOverride: false,
    run({ picture }): PreflightResult {
      const users = picture.servers.filter(({ databaseId }) => databaseId === view.id).map(({ name }) => name)
      const sessions = sessionsOf(view)
      if (users.length === 0 && sessions === 0)
        return { result: 'pass', message: 'it has no client sessions', hint: null }
      const who = users.length > 0 ? `${users.join(', ')} uses it, ` : ''
      return {
        result: 'warn',
        message: sessions === null ? `${who}its sessions are unknown` : `${who}${sessions} sessions would end`,
        hint: 'Point them at another database first.',
      }
    },
  }
}

/** Warns if no standby would be left for a failover. */
export function anotherStandbyRemains(view: DatabaseView): PreflightCheck {
  return {
    id: 'last-standby',
    mayOverride: false,
    run({ picture }): PreflightResult {
      const others = picture.databases.filter(
        (each) => each.id !== view.id && isReadableStandby(each) && areSameSystem(picture, each, view),
      )
      if (others.length > 0)
        return { result: 'pass', message: `${others.map(({ name }) => name).join(', ')} can take over`, hint: null }
      return {
        result: 'warn',
        message: 'no other standby could take over',
        hint: 'Build another one first.',
      }
    },
  }
}
