// The servers of one step: its effect counts only on servers that it may act on, and a server that it restarted is
// journalled.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { findDatabase } from '../../../actions/definition/target.ts'
import { serverOnHost } from '../../../actions/hosts/server-on-host.ts'
import { isSameServer } from '../../../model/measured/server-identity.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { restartsOf } from '../../../profiles/step-kinds.ts'
import type { RunLog } from '../log/run-log.ts'
import { acceptedServer, serverOfReading, whyServerNotAccepted } from './accepted-servers.ts'
import { textsInJson } from './same-servers.ts'

/** Names a database of the step behind which another server is read, in one sentence; null if there is none. */
export function otherServerInStep(
  run: Run,
  { args, changes }: PlannedStep,
  { picture }: Pick<PlanningView, 'picture'>,
): string | null {
  const named = textsInJson([args, changes])
  for (const view of picture.databases) {
    const server = named.has(view.id) && view.problem === null ? serverOfReading(view) : null
    const why = server && whyServerNotAccepted(run, view.id, server)
    if (why !== null) return why
  }
  return null
}

/**
 * Journals the servers that the step stopped or started, before the step ends: later steps and a resume accept only
 * those.
 */
export async function recordStepServer(
  { log, tools }: StepRecording,
  step: PlannedStep,
  currentView: () => PlanningView | Promise<PlanningView> = () => tools.view(),
): Promise<void> {
  const restarted = restartsOf(step)
  if (restarted.length === 0) return
  const now = await currentView()
  for (const { database } of restarted) await recordServerOf(database, { log, tools }, step, now)
}

interface StepRecording {
  readonly log: RunLog
  readonly tools: ActionToolbox
}

async function recordServerOf(
  database: string,
  { log, tools }: StepRecording,
  step: PlannedStep,
  now: PlanningView,
): Promise<void> {
  const run = log.run()
  const view = findDatabase(now, database)
  const server = view?.problem === null ? serverOfReading(view) : null
  const before = acceptedServer(run, database)
  const isNew = server !== null && !(before && isSameServer(before, server.identity))
  const isAccepted = server !== null && whyServerNotAccepted(run, database, server) === null
  const onHost = await serverOnHost(database, tools)
  const identity = isNew && isAccepted ? server.identity : null
  if (identity !== null || onHost !== null)
    await log.append({ type: 'server-noted', step: step.id, database, identity, onHost })
}
