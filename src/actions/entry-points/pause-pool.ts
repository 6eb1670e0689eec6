// Pauses one pool of a PgBouncer: its clients wait from then on, and the transactions that are open may end before.

import { ActionError } from '../../model/runs/action-error.ts'
import { FaultError, messageOf } from '../../model/values/fault.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import {
  isWholePaused,
  type PoolPlace,
  pauseCommand,
  readPool,
  readPoolUse,
  resumeCommand,
  resumePool,
  unusedText,
} from './pools.ts'

const form = () =>
  arg.form({
    pooler: arg.text(),
    pool: arg.text(),
    /** How long it waits for open transactions. */
    seconds: arg.number(),
  })
type Args = arg.Of<typeof form>

export interface PoolPause extends PoolPlace {
  readonly id: string
  readonly seconds: number
}

export const pausePoolKind = defineStep({
  kind: 'pause-pool',
  version: 1,
  args: form,
  plan: ({ id, pooler, pool, seconds }: PoolPause): StepPlan<Args> => ({
    id,
    args: { pooler, pool, seconds },
    title: `pause ${pool} at ${pooler}: its clients wait`,
    how: 'sql',
    where: pooler,
    detail: `${pauseCommand(pool)}; -- on the console of ${pooler}; it waits up to ${seconds} s for open transactions`,
    verify: `SHOW DATABASES has it as paused, and SHOW POOLS no session of it with a server`,
    undo: `${resumeCommand(pool)}; before anything else is undone`,
    ifStopped: `${pool} is resumed first: its clients continue.`,
    maySkip: true,
    deadlineSeconds: 15,
  }),
  holdsUsers: true,
  async begin(args, tools) {
    const { pooler, pool } = args
    const isPaused = (await readPool(args, tools))?.isPaused === true
    if (!isPaused && !(await isWholePaused(pooler, tools))) return
    throw new ActionError(
      isPaused
        ? `${pool} at ${pooler} is paused already, not by this run`
        : `all of ${pooler} is paused already (PAUSE without a name), not by this run`,
      'Find out who has paused it, and let them resume it. Skipping the step leaves it paused.',
    )
  },
  async run(args, tools) {
    const { pooler, pool } = args
    // An unknown name would become a paused database of that name where the pooler has an entry for all others.
    if ((await readPool(args, tools)) === null) return
    const began = performance.now()
    try {
      const paused = tools.entryPoints.command(pooler, pauseCommand(pool), { limitMs: args.seconds * 1000 })
      await tellingProgress(paused, args, tools)
    } catch (error) {
      const isOver = performance.now() - began >= args.seconds * 1000 - 500
      const open = isOver ? await openTransactions(args, tools) : null
      await resumePool(args, tools)
      if (open === null) throw error
      throw new ActionError(
        `${pool} at ${pooler} could not be paused: ${open} did not end within ${args.seconds} s; its clients continue`,
        'End what is open there (view 4), or raise "pauseTimeout" of the pooler, and try again. Skipping the pause continues without it: clients see errors.',
      )
    }
  },
  async verify(args, tools): Promise<Verification> {
    const found = await readPool(args, tools)
    const named = `${args.pool} at ${args.pooler}`
    // The pooler removes one that came out of its entry for all names, when it has no clients.
    if (found === null) return { result: 'yes', evidence: unusedText(args) }
    if (!found.isPaused) return { result: 'not-yet', why: `${named} is not paused` }
    const { servers, waiting } = await readPoolUse(args, tools)
    if (servers > 0) return { result: 'not-yet', why: `sessions of ${named} with a server that are left: ${servers}` }
    const wait = waiting === 1 ? '1 client waits' : `${waiting} clients wait`
    return { result: 'yes', evidence: `${named} is paused, without a session with a server; ${wait}` }
  },
  undo: (args, tools) => resumePool(args, tools),
})

const TELL_MS = 2_000

/** Says every two seconds what it waits for. Throws what the command throws. */
async function tellingProgress(paused: Promise<unknown>, args: Args, tools: ActionToolbox): Promise<void> {
  let isOver = false
  const ended = paused.finally(() => {
    isOver = true
  })
  ended.catch(() => {})
  for (;;) {
    await Promise.race([ended, tools.wait(TELL_MS).catch(() => ended)])
    if (isOver) return void (await ended)
    const open = await openTransactions(args, tools)
    tools.writeOutput(`waiting for ${open} of ${args.pool} at ${args.pooler}`)
  }
}

async function openTransactions(args: Args, tools: ActionToolbox): Promise<string> {
  try {
    const { active } = await readPoolUse(args, tools, true)
    return active === 1 ? '1 open transaction' : `${active} open transactions`
  } catch (error) {
    return `its transactions (${error instanceof FaultError ? error.fault.message : messageOf(error)})`
  }
}
