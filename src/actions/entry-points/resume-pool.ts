// Resumes a pool that the same run has paused: its clients continue, with new sessions.

import { mayHaveEffect } from '../../model/runs/run.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { isWholePaused, type PoolPlace, readPool, readPoolUse, resumeCommand, resumePool, unusedText } from './pools.ts'

const form = () =>
  arg.form({
    pooler: arg.text(),
    pool: arg.text(),
    /** Id of the step that has paused it. */
    holds: arg.text(),
  })
type Args = arg.Of<typeof form>

export interface PoolResumption extends PoolPlace {
  readonly id: string
  /** Id of the step that has paused it. */
  readonly holds: string
}

export const resumePoolKind = defineStep({
  kind: 'resume-pool',
  version: 1,
  args: form,
  plan: ({ id, pooler, pool, holds }: PoolResumption): StepPlan<Args> => ({
    id,
    args: { pooler, pool, holds },
    title: `resume ${pool} at ${pooler}: its clients continue`,
    how: 'sql',
    where: pooler,
    detail: `${resumeCommand(pool)}; -- on the console of ${pooler}`,
    verify: 'SHOW DATABASES has it as not paused',
    undo: 'it stays resumed',
    ifStopped: `The clients of ${pool} continue.`,
    deadlineSeconds: 15,
  }),
  async run(args, tools) {
    if (!isOthers(args, tools)) await resumePool(args, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const named = `${args.pool} at ${args.pooler}`
    if (isOthers(args, tools)) return { result: 'yes', evidence: `${named} is not paused by this run` }
    const found = await readPool(args, tools)
    if (!found) return { result: 'yes', evidence: unusedText(args) }
    if (found.isPaused) return { result: 'not-yet', why: `${named} is paused` }
    if (await isWholePaused(args.pooler, tools))
      return { result: 'yes', evidence: `${named} is not paused by itself: ${wholeText(args)}` }
    const { clients, waiting } = await readPoolUse(args, tools)
    return { result: 'yes', evidence: `${named} is not paused: ${clients} clients at work, ${waiting} waiting` }
  },
  undo: async ({ pooler, pool }) => `${pool} at ${pooler} stays resumed`,
})

function wholeText({ pooler }: Args): string {
  return `all of ${pooler} is paused (PAUSE without a name), and its clients wait; on its console: RESUME;`
}

/** Whether the run has paused nothing, or let its clients go already: a pool that is paused all the same is that of somebody else. */
function isOthers({ holds }: Args, tools: ActionToolbox): boolean {
  const pause = tools.stepRecord(holds)
  return pause !== null && !mayHaveEffect(pause)
}
