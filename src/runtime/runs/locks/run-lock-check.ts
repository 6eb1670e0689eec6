// The check before every action that locks the cluster: whether another run has it, as its servers show.

import type {
  ActionToolbox,
  PlanningView,
  PreflightCheck,
  PreflightResult,
} from '../../../actions/definition/action.ts'
import { lockHoldersSql } from '../../../io/postgres/run-lock-sql.ts'
import { holdsClusterLock, type LockHolder, lockHoldersText } from '../../../model/runs/lock/cluster-run.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { hintedRuns } from './host-lock-hint.ts'
import { overrideHint } from './lock-acquisition.ts'
import { RUN_LOCK_CHECK } from './lock-request.ts'
import { type LockServer, serversToLock } from './lock-servers.ts'

const LIMIT_MS = 4_000
const HOLDERS = `SELECT ${lockHoldersSql()} AS holders`

/** Fails while another run has the cluster. The user may overrule it with a reason. `folder`: the state directory. */
export function runLockCheck(folder: string): PreflightCheck {
  return {
    id: RUN_LOCK_CHECK,
    mayOverride: true,
    async run(view, draft, tools): Promise<PreflightResult> {
      const hinted = await hintedRuns(folder, view)
      const { seen, unknown } = await seenOnServers(view, draft.target?.id ?? null, tools)
      if (seen.length > 0 || hinted.length > 0) {
        const who = seen.length > 0 ? lockHoldersText(seen) : hinted.join('; ')
        return { result: 'fail', message: `another run holds this cluster: ${who}`, hint: overrideHint() }
      }
      if (unknown.length === 0) return null
      return {
        result: 'warn',
        message: `whether another run holds this cluster is unknown: ${unknown.join('; ')}`,
        hint: null,
      }
    },
  }
}

async function seenOnServers(view: PlanningView, target: string | null, tools: ActionToolbox) {
  const seen: { readonly holder: LockHolder; readonly server: string }[] = []
  const unknown: string[] = []
  const ask = async ({ ids, name }: LockServer) => {
    try {
      const [row] = await tools.sql<{ holders: readonly LockHolder[] }>(ids[0] ?? '', {
        text: HOLDERS,
        limitMs: LIMIT_MS,
      })
      seen.push(...(row?.holders ?? []).filter(holdsClusterLock).map((holder) => ({ holder, server: name })))
    } catch (error) {
      unknown.push(`${name}: ${messageOf(error)}`)
    }
  }
  await Promise.all(serversToLock(view, target).map(ask))
  return { seen, unknown }
}
