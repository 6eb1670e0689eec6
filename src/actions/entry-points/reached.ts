// Compares the server that a new session reached with the one that is meant.

import { isSameServer } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import type { SessionPlace, SessionServer } from '../definition/entry-point-tools.ts'
import { findDatabase } from '../definition/target.ts'

/**
 * `elsewhere`: what was reached instead, in words, and the id of that database (null: none of the cluster). `fault`: no session
 * was opened.
 */
export type Reached =
  | { readonly kind: 'meant'; readonly view: DatabaseView }
  | { readonly kind: 'elsewhere'; readonly words: string; readonly database: string | null }
  | { readonly kind: 'fault'; readonly fault: Fault }

/** Opens a session there and compares its server with the newest reading of `database`, writable. */
export async function reachedThrough(
  place: SessionPlace,
  database: string,
  tools: ActionToolbox,
  write: string | null = null,
): Promise<Reached> {
  try {
    const found = await tools.entryPoints.sessionAt(place, null)
    const view = await tools.refresh()
    const meant = findDatabase(view, database)
    const isMeant = meant?.identity && isSameServer(meant.identity, found.server.identity)
    if (!meant || !isMeant || found.isStandby) return { kind: 'elsewhere', ...serverFound(found, view) }
    // Nothing is written before it is known to be the one.
    if (write !== null) await tools.entryPoints.sessionAt(place, write)
    return { kind: 'meant', view: meant }
  } catch (error) {
    if (error instanceof FaultError) return { kind: 'fault', fault: error.fault }
    throw error
  }
}

/** `db-1, a standby`, or what is known of a server that is none of the cluster. */
function serverFound({ server, isStandby }: SessionServer, { picture }: PlanningView) {
  const { identity } = server
  const known = picture.databases.find((view) => view.identity && isSameServer(view.identity, identity))
  const role = isStandby ? 'a standby' : 'a primary'
  if (known) return { words: `${known.name}, ${role}`, database: known.id }
  const place = `system ${identity.systemIdentifier}, port ${identity.port}`
  return { words: `${role} that is none of this cluster (${place})`, database: null }
}
