// Where a database left an older timeline, by its own history: what a standby may have and still follow it.

import { messageOf } from '../../model/values/fault.ts'
import { type Lsn, parseLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox } from '../definition/action.ts'

/**
 * - `at`: it left that timeline there.
 * - `none`: that timeline is not in its history.
 * - `unknown`: its history can't be read by this role (REPLICATION, a line in pg_hba.conf), or not now.
 */
export type TimelineFork =
  | { readonly kind: 'at'; readonly lsn: Lsn }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string }

/** Where `database` left the timeline `before`. Never throws. */
export async function timelineForkOf(
  database: string,
  before: number,
  tools: Pick<ActionToolbox, 'replication'>,
): Promise<TimelineFork> {
  try {
    const session = await tools.replication(database)
    try {
      const { timeline } = await session.identify()
      const end = (await session.history(timeline)).find((each) => each.timeline === before)?.end ?? null
      const lsn = parseLsn(end)
      return lsn === null ? { kind: 'none' } : { kind: 'at', lsn }
    } finally {
      await session.close()
    }
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) }
  }
}
