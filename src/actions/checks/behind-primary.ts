// Which standbys have not replayed what their primary had written: its changed settings count for them only then.

import type { ActionToolbox } from '../definition/action.ts'

/** So long a standby that has just connected again may take. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 500

const WRITTEN = 'SELECT pg_catalog.pg_current_wal_flush_lsn()::pg_catalog.text AS lsn'
const REPLAYED = 'SELECT pg_catalog.pg_last_wal_replay_lsn() >= $1::pg_catalog.pg_lsn AS done'

/** Waits some seconds for those that are behind what the primary had written at the begin. Throws FaultError. */
export async function behindPrimary<Standby extends { readonly id: string }>(
  standbys: readonly Standby[],
  primary: string,
  tools: ActionToolbox,
): Promise<readonly Standby[]> {
  const [written] = await tools.sql<{ lsn: string }>(primary, { text: WRITTEN })
  const values = [written?.lsn ?? null]
  let behind = standbys
  for (let waited = 0; ; waited += PAUSE_MS) {
    const done = await Promise.all(
      behind.map(async ({ id }) => (await tools.sql<{ done: boolean | null }>(id, { text: REPLAYED, values }))[0]),
    )
    behind = behind.filter((_each, index) => done[index]?.done !== true)
    if (behind.length === 0 || waited >= PATIENCE_MS) return behind
    await tools.wait(PAUSE_MS)
  }
}
