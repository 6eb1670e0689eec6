// A run of 0.1.0 is confirmed again when it is resumed: its journal names the systems of its databases but no servers.

import type { PlanningView } from '../../actions/definition/action.ts'
import { NotConfirmedError } from '../../model/runs/action-error.ts'
import { whyNotConfirmed } from '../../model/runs/confirmation.ts'
import type { Run } from '../../model/runs/run.ts'
import type { RunConsent } from './executor-options.ts'
import { appendOrClose, type RunLog } from './log/run-log.ts'
import { serverOfReading, whyServerNotAccepted } from './servers/accepted-servers.ts'
import { databasesTouchedBy } from './servers/same-servers.ts'

/** What the user gives when a run is confirmed again. */
export type Reconfirmation = Pick<RunConsent, 'answer' | 'givenBy'>

/** Whether the journal does not name the servers that the run was planned on. */
export function hasNoServers({ plan, servers }: Run): boolean {
  return plan.basis.nodes.every(({ identity }) => identity === undefined) && Object.keys(servers).length === 0
}

/** Throws NotConfirmedError if the run must be confirmed again and was not. */
export function requireReconfirmed(run: Run, anew: Reconfirmation | undefined): void {
  if (!hasNoServers(run)) return
  const doubt = anew ? whyNotConfirmed(run.plan, anew.answer) : 'no confirmation'
  if (doubt === null) return
  throw new NotConfirmedError(
    `not confirmed, nothing was changed: run ${run.id} does not record which servers it was planned on, so you have to confirm it again (${doubt})`,
    `Check that each dsn leads to the intended server, then: pgdeck do --resume ${run.id} --confirm ${run.plan.confirm}`,
  )
}

/** Returns the log of such a run with the confirmation and the current servers, which the run may act on from now on. */
export async function withCurrentServers(
  runLog: RunLog,
  clusterView: PlanningView,
  who: Run['who'],
  anew: Reconfirmation,
): Promise<RunLog> {
  const run = runLog.run()
  let noted = await appendOrClose(runLog, { type: 'confirmed', who, how: anew.givenBy })
  for (const view of clusterView.picture.databases.filter(({ id }) => databasesTouchedBy(run).has(id))) {
    const server = view.problem === null ? serverOfReading(view) : null
    if (!server || whyServerNotAccepted(run, view.id, server) !== null) continue
    const { identity } = server
    noted = await appendOrClose(noted, { type: 'server-noted', step: null, database: view.id, identity, onHost: null })
  }
  return noted
}
