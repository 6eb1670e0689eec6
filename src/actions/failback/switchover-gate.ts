// The gate before a switchover that was planned while its candidate was not a standby yet: every check of one, on what is seen now.

import { PlanProblem, type Tools } from '../definition/action.ts'
import { sceneOf } from '../definition/participants.ts'
import { textOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { switchoverDraft } from '../promotion/switchover-draft.ts'

export const readyToSwitch: StepKind = {
  kind: 'ready-to-switch',
  onlyLooks: true,
  run: async () => {},
  async verify(args, tools): Promise<Seen> {
    const problems = await whyNotReady(textOf(args, 'target'), tools)
    if (problems.length > 0) return { seen: 'not-yet', why: problems.join('; ') }
    return { seen: 'yes', evidence: 'every check of a switchover passes, or only warns' }
  },
}

async function whyNotReady(target: string, tools: Tools): Promise<readonly string[]> {
  const sight = await tools.look()
  const scene = sceneOf(sight, target)
  if (!scene) return [`${target} is watched no longer`]
  try {
    const draft = await switchoverDraft(scene, sight, { action: 'switchover', target, input: {} }, tools)
    const findings = await Promise.all(
      draft.checks.map(async ({ id, run }) => {
        // As when a plan is made: what can't be found out warns.
        const finding = await Promise.resolve(run(sight, draft, tools)).catch((error: unknown) => {
          tools.say(`${id}: not known: ${error instanceof Error ? error.message : String(error)}`)
          return null
        })
        return finding?.result === 'fail' ? [`${id}: ${finding.message}`] : []
      }),
    )
    return findings.flat()
  } catch (error) {
    if (error instanceof PlanProblem) return [error.message]
    throw error
  }
}
