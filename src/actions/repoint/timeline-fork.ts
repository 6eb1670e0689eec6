// Finds where a database left an older timeline, by its history files: up to there a standby may have WAL and still
// follow it.

import { messageOf } from '../../model/values/fault.ts'
import { type Lsn, parseLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox } from '../definition/action.ts'

/**
 * - `at`: it left that timeline there. - `none`: that timeline is not in its history. - `unknown`: this role can't read
 * its history (REPLICATION, a line in pg_hba.conf), or not now.
 */
export type TimelineFork =
  | { readonly kind: 'at'; readonly lsn: Lsn }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string }

/** Returns where `database` left the timeline `before`. Never throws. */
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
