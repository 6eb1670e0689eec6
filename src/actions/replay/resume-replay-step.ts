// Lets a standby apply what it has received, and sees that it is still there, as a standby, some seconds later.

import { recoveryTargetText, resumeEndsRecovery } from '../../model/replication/replay-pause.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { isWritableDatabase } from '../definition/participants.ts'
import { textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { sqlCallKind } from '../steps/sql-call.ts'
import { verifyLasting } from '../steps/verify-lasting.ts'

/** Takes the arguments of `sql-call`. */
export const resumeReplayKind: StepKind = {
  kind: 'resume-replay',
  async run(args, tools) {
    await requireNoTarget(args, tools)
    await sqlCallKind.run(args, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const database = textArgument(args, 'database')
    const view = findDatabase(await tools.refresh(), database)
    if (view && isWritableDatabase(view))
      return {
        result: 'never',
        why: `${view.name} has become a primary: its recovery ended`,
        hint: `Where another one takes writes: pgdeck do fence ${database}`,
      }
    return verifyLasting(await sqlCallKind.verify(args, tools), [database], 'standby', tools)
  },
}

/** The last look: resuming at a recovery target ends recovery, and below the settings of the primary the server. */
async function requireNoTarget(args: JsonRecord, tools: ActionToolbox): Promise<void> {
  const view = findDatabase(await tools.refresh(), textArgument(args, 'database'))
  const position = view?.pulse?.position
  if (position?.kind !== 'standby' || !view) return
  const { recoveryTarget } = position
  if (recoveryTarget && resumeEndsRecovery(position))
    throw new ActionError(
      `${view.name} has a recovery target: ${recoveryTargetText(recoveryTarget)}`,
      'Nothing was resumed.',
    )
  if (view.replayPause?.reason === 'settings')
    throw new ActionError(`replay of ${view.name} is paused ${view.replayPause.text}`, 'Nothing was resumed.')
}
