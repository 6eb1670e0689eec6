// Checks before a standby is taken out for good: who depends on it.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { parseSyncStandbys } from '../../model/replication/sync-standbys.ts'
import type { CheckCode, Finding } from '../definition/action.ts'
import { isReadStandby, isTwin } from '../definition/participants.ts'

/** Fails while others replicate from it: they would be left behind for good. */
export function nobodyBelow(view: DatabaseView): CheckCode {
  return {
    id: 'standbys-below',
    mayOverride: true,
    run({ picture }): Finding {
      const below = picture.databases.filter(({ upstreamId }) => upstreamId === view.id).map(({ name }) => name)
      if (below.length === 0) return { result: 'pass', message: `nobody replicates from ${view.name}`, hint: null }
      return {
        result: 'fail',
        message: `${below.join(', ')} replicates from ${view.name}`,
        hint: 'Let them follow another one first: pgdeck do follow.',
      }
    },
  }
}

/** Warns of application servers that use it. */
export function nobodyUses(view: DatabaseView): CheckCode {
  return {
    id: 'servers',
    mayOverride: false,
    run({ picture }): Finding {
      const users = picture.servers.filter(({ databaseId }) => databaseId === view.id).map(({ name }) => name)
      const sessions = view.problem ? 0 : (view.pulse?.sessions.total ?? 0)
      if (users.length === 0 && sessions === 0)
        return { result: 'pass', message: 'nobody is connected to it', hint: null }
      const who = users.length > 0 ? `${users.join(', ')} uses it, ` : ''
      return {
        result: 'warn',
        message: `${who}${sessions} sessions would be cut`,
        hint: 'Point them at another database first.',
      }
    },
  }
}

/** Warns where nothing would be left to take over. */
export function anotherIsLeft(view: DatabaseView): CheckCode {
  return {
    id: 'last-standby',
    mayOverride: false,
    run({ picture }): Finding {
      const others = picture.databases.filter(
        (each) => each.id !== view.id && isReadStandby(each) && isTwin(picture, each, view),
      )
      if (others.length > 0)
        return { result: 'pass', message: `${others.map(({ name }) => name).join(', ')} can take over`, hint: null }
      return {
        result: 'warn',
        message: 'no other standby is left that could take over',
        hint: 'Build another one first.',
      }
    },
  }
}

/** Fails where commits of its upstream wait for it, or for more standbys than are left. */
export function commitsDontWait(view: DatabaseView, upstream: DatabaseView | null): CheckCode {
  return {
    id: 'sync-standbys',
    mayOverride: true,
    run({ picture }): Finding {
      const setting = upstream?.pulse?.synchronousStandbyNames
      const wanted = setting === undefined ? null : parseSyncStandbys(setting)
      if (!wanted || !upstream) return { result: 'pass', message: 'no commit waits for it', hint: null }
      const left = picture.databases.filter(
        (each) => each.upstreamId === upstream.id && each.id !== view.id && isReadStandby(each),
      ).length
      const message = `synchronous_standby_names of ${upstream.name} is '${setting}': commits wait for ${wanted.count}, ${left} would be left`
      if (left >= wanted.count) return { result: 'pass', message, hint: null }
      return {
        result: 'fail',
        message: `${message}: every commit would hang`,
        hint: `On ${upstream.name}, first: ALTER SYSTEM SET synchronous_standby_names = …; SELECT pg_reload_conf();`,
      }
    },
  }
}
