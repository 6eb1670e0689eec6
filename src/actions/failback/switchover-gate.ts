// The checks before a switchover that was planned before its candidate was a standby: each runs on the current
// readings.

import { messageOf } from '../../model/values/fault.ts'
import { type ActionToolbox, PlanError } from '../definition/action.ts'
import { promotionParticipants } from '../definition/participants.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { switchoverDraft } from '../promotion/switchover-draft.ts'

const form = () => arg.form({ target: arg.text() })
type Args = arg.Of<typeof form>

export interface SwitchoverGate extends Args {
  readonly targetName: string
  readonly actingName: string
}

export const switchoverGateKind = defineStep({
  kind: 'ready-to-switch',
  version: 1,
  args: form,
  plan: ({ target, targetName, actingName }: SwitchoverGate): StepPlan<Args> => ({
    id: 'ready',
    args: { target },
    title: `check that ${targetName} can take over from ${actingName}`,
    how: 'sql',
    where: targetName,
    detail: `pgdeck do switchover ${target} --dry-run`,
    verify: 'every check of a switchover',
    ifStopped: `${targetName} follows ${actingName}, which is the primary.`,
    deadlineSeconds: 60,
  }),
  isReadOnly: true,
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const problems = await whyNotReady(args.target, tools)
    if (problems.length > 0) return { result: 'not-yet', why: problems.join('; ') }
    return { result: 'yes', evidence: 'every check of a switchover passes, or only warns' }
  },
})

/** Users who see errors are no danger for the data, and nobody can overrule a check in the middle of a run. */
const USERS_CHECK = 'poolers'

async function whyNotReady(target: string, tools: ActionToolbox): Promise<readonly string[]> {
  const clusterView = await tools.refresh()
  const participants = promotionParticipants(clusterView, target)
  if (!participants) return [`${target} is no longer watched`]
  try {
    const draft = await switchoverDraft(participants, clusterView, { action: 'switchover', target, input: {} }, tools)
    const findings = await Promise.all(
      draft.checks.map(async ({ id, run }) => {
        // As in planning: what can't be determined warns.
        const finding = await Promise.resolve(run(clusterView, draft, tools)).catch((error: unknown) => {
          tools.writeOutput(`${id}: unknown: ${messageOf(error)}`)
          return null
        })
        if (finding?.result === 'fail' && id === USERS_CHECK) {
          tools.writeOutput(`${id}: ${finding.message}`)
          return []
        }
        return finding?.result === 'fail' ? [`${id}: ${finding.message}`] : []
      }),
    )
    return findings.flat()
  } catch (error) {
    if (error instanceof PlanError) return [error.message]
    throw error
  }
}
