// A database with the commands of its host, and the role in which it would start.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadAsStandby } from '../../model/picture/roles.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { inspectableHost } from '../hosts/server-on-host.ts'
import { type DatabaseService, databaseServiceOf } from '../hosts/service.ts'
import { startFilesOf } from '../hosts/start-files.ts'
import type { ExpectedRole } from './start-checks.ts'

export interface Startable {
  readonly service: DatabaseService
  readonly expected: ExpectedRole
}

/** Its files decide; where they can't be read, a standby by its last reading counts as one. */
export async function startableOf(view: DatabaseView, tools: ActionToolbox): Promise<Startable> {
  const known = await databaseServiceOf(view.id, tools)
  const folder = inspectableHost(view.id, tools)?.dataDirectory ?? null
  // A host may have a command to start PostgreSQL and none to stop it.
  const access = known.start === null ? null : (tools.host(known.host)?.accessKind ?? null)
  const control = known.control === 'manual' && access !== null ? access : known.control
  const files = await startFilesOf({ ...known, control, dataDirectory: folder }, tools)
  return {
    service: { ...known, control, dataDirectory: files === null ? null : folder },
    expected: { role: files?.role ?? (isReadAsStandby(view) ? 'as-standby' : null), files },
  }
}
