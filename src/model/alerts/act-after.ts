// What can be done about an alert at once: the actions whose keys, pressed on the alert, plan them.

import { promotionProposal } from '../failover/proposal.ts'
import { managerBlockFor } from '../managers/manager-guard.ts'
import type { Alert, DatabaseView, Picture, ServerView } from '../picture/picture.ts'
import { isPrimary, isWritable } from '../picture/roles.ts'
import { isDown } from '../picture/status.ts'
import { type LockRoot, lockRootSession, lockRootText } from '../sessions/lock-waits.ts'

export interface AlertAct {
  readonly action: 'promote' | 'start' | 'terminate-session'
  /** Its key, unless the user has another one. */
  readonly key: string
  /** As the text after "key:". */
  readonly does: string
}

/** The session at the root of the waits that this alert is about; null without one that can be ended. */
export function rootOfAlert({ rule, subject }: Pick<Alert, 'rule' | 'subject'>, picture: Picture): LockRoot | null {
  if (rule !== 'lock-waits') return null
  const pulse = picture.databases.find(({ id }) => id === subject.owner)?.pulse
  return pulse ? lockRootSession(pulse) : null
}

/** Alerts that a promotion ends: about a server or database, or about all users. */
const OF_NODES: ReadonlySet<Alert['rule']> = new Set<Alert['rule']>(['database-inactive', 'server-inactive'])
const OF_USERS: ReadonlySet<Alert['rule']> = new Set<Alert['rule']>(['nobody-serves', 'read-only-serves'])

/** The standby whose promotion is proposed for this alert; null if none is. */
export function proposalOfAlert({ rule, subject }: Pick<Alert, 'rule' | 'subject'>, picture: Picture): string | null {
  if (OF_USERS.has(rule)) return promotionProposal(picture, null)
  return OF_NODES.has(rule) ? promotionProposal(picture, subject.owner) : null
}

/** Returns the action; null where another view has to be looked at first. */
export function actAfter(alert: Pick<Alert, 'rule' | 'subject'>, picture: Picture): AlertAct | null {
  const root = rootOfAlert(alert, picture)
  if (root) {
    const does = `a plan to terminate ${lockRootText({ ...root, others: 0 })}, behind which the others wait`
    return { action: 'terminate-session', key: 'K', does }
  }
  const candidate = proposalOfAlert(alert, picture)
  if (candidate === null) return null
  const name = picture.databases.find(({ id }) => id === candidate)?.name ?? candidate
  return { action: 'promote', key: 'P', does: `a plan to promote ${name}, with what is lost` }
}

/** Returns the start of what is down; null where its plan would be refused anyway. `startable`: ids of servers with a command for it. */
export function startAfter(
  { rule, subject }: Pick<Alert, 'rule' | 'subject'>,
  picture: Picture,
  startable: ReadonlySet<string>,
): AlertAct | null {
  if (!OF_NODES.has(rule) || managerBlockFor(picture, 'start', subject.owner)?.result === 'fail') return null
  const database = picture.databases.find(({ id }) => id === subject.owner)
  const server = picture.servers.find(({ id }) => id === subject.owner)
  const name = database ? startableDatabase(database, picture) : server && startableServer(server, picture, startable)
  return name ? { action: 'start', key: 'R', does: `a plan to start ${name} again` } : null
}

/** Not a primary that another one has replaced, nor one that is up and refuses pgdeck. */
function startableDatabase(view: DatabaseView, { databases }: Picture): string | null {
  const isReplaced = isPrimary(view) && databases.some((other) => other.id !== view.id && isWritable(other))
  return view.status === 'inactive' && !isReplaced ? view.name : null
}

/** A server can't serve without its database. */
function startableServer(view: ServerView, { databases }: Picture, startable: ReadonlySet<string>): string | null {
  const database = databases.find(({ id }) => id === view.databaseId)
  return view.status === 'inactive' && startable.has(view.id) && !(database && isDown(database)) ? view.name : null
}
