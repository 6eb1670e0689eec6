// The check that standbys that get a lower value have replayed that their primary runs with it: only then they start.

import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type ChangedNode, futureNumber, isRequiredSetting, presentNumber, type WantedSetting } from './changed-node.ts'

/** So long a standby that has just connected again may take. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 500

const WRITTEN = 'SELECT pg_catalog.pg_current_wal_flush_lsn()::pg_catalog.text AS lsn'
const REPLAYED = 'SELECT pg_catalog.pg_last_wal_replay_lsn() >= $1::pg_catalog.pg_lsn AS done'

/**
 * Fails if a standby whose value is lowered has not replayed what its primary had written at the begin of the check. By
 * its pg_control the primary then still runs with more, and the standby would not start.
 */
export function standbysHaveReplayed(
  nodes: readonly ChangedNode[],
  wanted: WantedSetting,
  [primary]: readonly ChangedNode[],
): PreflightCheck {
  return {
    id: 'replayed',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (!isRequiredSetting(wanted.name) || !primary) return null
      const lowered = nodes.filter((node) => !node.isPrimary && isLowered(node, wanted))
      if (lowered.length === 0) return null
      const [written] = await tools.sql<{ lsn: string }>(primary.id, { text: WRITTEN })
      const behind = await stillBehind(lowered, written?.lsn ?? null, tools)
      if (behind.length === 0)
        return { result: 'pass', message: `the standbys know that ${primary.name} runs with no more`, hint: null }
      const who = listText(behind.map(({ name }) => name))
      return {
        result: 'fail',
        message: `${who} has not replayed what ${primary.name} wrote since it runs with less: it would not start`,
        hint: 'Wait until its replay has caught up (view 2), or resume it if it is paused.',
      }
    },
  }
}

function isLowered(node: ChangedNode, wanted: WantedSetting): boolean {
  const [now, then] = [presentNumber(node), futureNumber(node, wanted)]
  return now !== null && then !== null && then < now
}

async function stillBehind(
  nodes: readonly ChangedNode[],
  lsn: string | null,
  tools: ActionToolbox,
): Promise<readonly ChangedNode[]> {
  let behind = nodes
  for (let waited = 0; ; waited += PAUSE_MS) {
    const done = await Promise.all(
      behind.map(
        async ({ id }) => (await tools.sql<{ done: boolean | null }>(id, { text: REPLAYED, values: [lsn] }))[0],
      ),
    )
    behind = behind.filter((_each, index) => done[index]?.done !== true)
    if (behind.length === 0 || waited >= PATIENCE_MS) return behind
    await tools.wait(PAUSE_MS)
  }
}
