// A run that 0.1.0 began: its journal holds the systems of its databases and no servers, so a person confirms those of now.

import type { PlanningView } from '../../actions/definition/action.ts'
import { NotConfirmedError } from '../../model/runs/action-error.ts'
import { whyNotConfirmed } from '../../model/runs/confirmation.ts'
import type { Run } from '../../model/runs/run.ts'
import type { RunConsent } from './executor-options.ts'
import { appendOrClose, type RunLog } from './log/run-log.ts'
import { serverOfReading, whyServerNotAccepted } from './servers/accepted-servers.ts'
import { databasesTouchedBy } from './servers/same-servers.ts'

/** What is given where a run has to be confirmed again. */
export type Reconfirmation = Pick<RunConsent, 'answer' | 'givenBy'>

/** Whether nothing in the journal tells which servers the run was planned on. */
export function hasNoServers({ plan, servers }: Run): boolean {
  return plan.basis.nodes.every(({ identity }) => identity === undefined) && Object.keys(servers).length === 0
}

/** Throws NotConfirmedError where the run has to be confirmed again and was not. */
export function requireReconfirmed(run: Run, anew: Reconfirmation | undefined): void {
  if (!hasNoServers(run)) return
  const doubt = anew ? whyNotConfirmed(run.plan, anew.answer) : 'no confirmation'
  if (doubt === null) return
  throw new NotConfirmedError(
    `not confirmed, nothing was changed: run ${run.id} does not record which servers it was planned on, so you have to confirm it again (${doubt})`,
    `Check that each dsn leads to the intended server, then: pgdeck do --resume ${run.id} --confirm ${run.plan.confirm}`,
  )
}

/** The book of such a run with the confirmation, and the servers of now that the run may act on from here on. */
export async function withCurrentServers(
  runLog: RunLog,
  sight: PlanningView,
  who: Run['who'],
  anew: Reconfirmation,
): Promise<RunLog> {
  const run = runLog.run()
  let noted = await appendOrClose(runLog, { type: 'confirmed', who, how: anew.givenBy })
  for (const view of sight.picture.databases.filter(({ id }) => databasesTouchedBy(run).has(id))) {
    const found = view.problem === null ? serverOfReading(view) : null
    if (!found || whyServerNotAccepted(run, view.id, found) !== null) continue
    const { identity } = found
    noted = await appendOrClose(noted, { type: 'server-noted', step: null, database: view.id, identity, onHost: null })
  }
  return noted
}
