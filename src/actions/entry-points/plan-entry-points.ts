// What an act that moves the primary does with poolers and addresses: clients wait, are led to the new primary, continue; and a
// write through each address proves it.

import type { PoolerConfig } from '../../config/config.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import type { Impact, PlannedStep } from '../../model/runs/plan.ts'
import { FaultError } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import { leadPoolKind } from './lead-pool.ts'
import { pausePoolKind } from './pause-pool.ts'
import { planAddresses } from './plan-addresses.ts'
import { type PlannedPool, type PoolFindings, poolFindingsCheck } from './pool-findings.ts'
import { poolStepIds } from './pool-step-ids.ts'
import { isNameable, isWholePaused, type Pool, readPoolerSettings, readPools } from './pools.ts'
import { resumePoolKind } from './resume-pool.ts'
import { type MovedPrimary, poolLeadings } from './where-pools-lead.ts'

export interface EntryPointPlan {
  /** Before the primary is stopped, or the manager is asked: clients wait. */
  readonly hold: readonly PlannedStep[]
  /** When the new primary takes writes: pools lead there, and their clients continue. */
  readonly release: readonly PlannedStep[]
  /** The same for pools that only a person leads: behind what must not wait for one. */
  readonly byHand: readonly PlannedStep[]
  /** At the end: users reach it. */
  readonly proof: readonly PlannedStep[]
  readonly checks: readonly PreflightCheck[]
}

export const NO_ENTRY_POINTS: EntryPointPlan = { hold: [], release: [], byHand: [], proof: [], checks: [] }

/** For a restart: clients of a primary wait; those of a standby are not led elsewhere. */
export async function planPrimaryRestart(view: DatabaseView, tools: ActionToolbox): Promise<EntryPointPlan> {
  return isWritable(view) ? planEntryPoints({ primary: view, target: view, pauses: true }, tools) : NO_ENTRY_POINTS
}

/** Reads the consoles of all poolers that lead to the primary, and plans the steps. `prefix`: of the ids of its steps. */
export async function planEntryPoints(moved: MovedPrimary, tools: ActionToolbox, prefix = ''): Promise<EntryPointPlan> {
  const { poolers = [] } = tools.config
  const leading = poolers.filter(({ spec }) => spec.expects === 'primary')
  const read = await Promise.all(leading.map((pooler) => readPooler(pooler, moved, tools)))
  const addresses = await planAddresses(moved, tools, prefix)
  const acted = read.flatMap((each) => ('pools' in each ? each.pools : each.led)).filter(isActedOn)
  const ids = poolStepIds(acted, prefix)
  const plans = acted.map((each) => planPool(each, ids(each), moved, tools))
  // Nobody waits for what is only to be done for others, and least of all for a person.
  const inOrder = plans.toSorted((one, other) => one.turn - other.turn)
  const ends = (those: typeof plans) => those.flatMap(({ lead, resume }) => [...lead, ...resume])
  return {
    hold: plans.flatMap(({ pause }) => pause),
    release: ends(inOrder.filter(({ turn }) => turn !== BY_HAND)),
    byHand: ends(inOrder.filter(({ turn }) => turn === BY_HAND)),
    proof: addresses.steps,
    checks: [...(leading.length === 0 ? [] : [poolFindingsCheck(read, moved.pauses)]), ...addresses.checks],
  }
}

/** The cost with the clients that wait meanwhile. */
export function withWaiting(impact: Impact, { hold }: EntryPointPlan): Impact {
  const pools = hold.flatMap((step) => {
    const args = pausePoolKind.argsOf(step)
    return args ? [`${args.pool} at ${args.pooler}`] : []
  })
  if (pools.length === 0) return impact
  return { ...impact, statement: `${impact.statement} Clients of ${listText(pools)} wait meanwhile.` }
}

async function readPooler(config: PoolerConfig, moved: MovedPrimary, tools: ActionToolbox): Promise<PoolFindings> {
  const { id, database } = config.spec
  try {
    const settings = await readPoolerSettings(id, tools)
    const isWhole = await isWholePaused(id, tools)
    const meant = (await readPools(id, tools))
      .filter(({ name }) => database === null || name === database)
      .map((pool) => (isWhole ? { ...pool, isPaused: true } : pool))
    const leadingOf = poolLeadings(config, moved, tools)
    const pools = await Promise.all(
      meant.map(async (pool): Promise<PlannedPool> => {
        const leading = await leadingOf(pool)
        // One that the configuration names is meant even where pgdeck can't see it; of all others only what is known to lead there.
        const isMeant = leading.kind === 'moved' || (leading.kind === 'unseen' && database !== null)
        const isPaused = moved.pauses && isMeant && isPausable(pool, settings)
        return { config, pool, leading, isPaused }
      }),
    )
    return { config, settings, pools, isWhole }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    const isMoved = moved.primary?.id !== moved.target.id
    return { config, fault: error.fault, isMoved, led: isMoved ? await ledWithoutConsole(config, moved, tools) : [] }
  }
}

/** A console that is slow now may answer when its pools are led: they are known from before, or by the configuration. */
async function ledWithoutConsole(
  config: PoolerConfig,
  moved: MovedPrimary,
  tools: ActionToolbox,
): Promise<readonly PlannedPool[]> {
  const leadingOf = poolLeadings(config, moved, tools)
  const pools = await Promise.all(
    lastSeenPools(config, tools).map(async (pool) => ({
      config,
      pool,
      leading: await leadingOf(pool),
      isPaused: false,
    })),
  )
  return pools.filter(isActedOn)
}

/** The pools as they were read last; without a reading that of the configuration, of which nothing else is known. */
function lastSeenPools({ spec }: PoolerConfig, tools: ActionToolbox): readonly Pool[] {
  const seen = tools
    .view()
    .picture.entryPoints.flatMap((view) => (view.kind === 'pooler' && view.id === spec.id ? view.databases : []))
    .filter(({ name }) => spec.database === null || name === spec.database)
  const named = spec.database === null ? [] : [{ name: spec.database, host: null, port: 0, disabled: false }]
  return (seen.length > 0 ? seen : named).map(({ name, host, port, disabled }) => {
    return { name, host, port, isNameable: isNameable(name), isPaused: false, isDisabled: disabled, mode: null }
  })
}

function isPausable(pool: Pool, settings: ReadonlyMap<string, string>): boolean {
  const mode = pool.mode ?? settings.get('pool_mode') ?? ''
  return pool.isNameable && !pool.isPaused && !pool.isDisabled && mode !== 'session'
}

function isActedOn({ pool, leading, isPaused }: PlannedPool): boolean {
  return isPaused || (pool.isNameable && leading.kind === 'moved' && leading.by !== null)
}

const BY_HAND = 2

/** A pool is resumed directly behind what leads it to the new primary. */
function planPool(
  { config, pool, leading, isPaused }: PlannedPool,
  id: string,
  { target }: MovedPrimary,
  tools: ActionToolbox,
) {
  const place = { pooler: config.spec.id, pool: pool.name }
  const by = leading.kind === 'moved' ? leading.by : null
  const to = { target: { id: target.id, name: target.name }, ...addressForOthers(target.id, tools) }
  return {
    turn: by === null ? 0 : by.kind === 'person' ? BY_HAND : 1,
    pause: isPaused ? [pausePoolKind.plan({ id: `pause-${id}`, ...place, seconds: config.pauseMs / 1000 })] : [],
    lead: by === null ? [] : [leadPoolKind.plan({ id: `${id}-lead`, ...place, ...to, by })],
    resume: isPaused ? [resumePoolKind.plan({ id: `resume-${id}`, ...place, holds: `pause-${id}` })] : [],
  }
}
