// The check that standbys that get a lower value have replayed that their primary runs with it: only then they start.

import { listText } from '../../model/values/text.ts'
import { behindPrimary } from '../checks/behind-primary.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type ChangedNode, futureNumber, isRequiredSetting, presentNumber, type WantedSetting } from './changed-node.ts'

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
      const behind = await behindPrimary(lowered, primary.id, tools)
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
