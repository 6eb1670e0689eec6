// What an act that moves the primary does with poolers and addresses: clients wait, are led to the new primary, continue; and a
// write through each address proves it.

import type { PoolerConfig } from '../../config/config.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import type { Impact, PlannedStep } from '../../model/runs/plan.ts'
import { isSameAddress } from '../../model/values/address.ts'
import { FaultError } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import { leadPoolKind, type PoolLead, whyNotSeen } from './lead-pool.ts'
import { pausePoolKind } from './pause-pool.ts'
import { planAddresses } from './plan-addresses.ts'
import { type PoolFindings, poolFindingsCheck } from './pool-findings.ts'
import { type Pool, readPoolerSettings, readPools } from './pools.ts'
import { resumePoolKind } from './resume-pool.ts'

export interface MovedPrimary {
  /** null: unknown. */
  readonly primary: DatabaseView | null
  /** The same as `primary` where that is only restarted. */
  readonly target: DatabaseView
  /** False: nobody can write now, so that nobody has to wait. */
  readonly pauses: boolean
}

export interface EntryPointPlan {
  /** Before the primary is stopped, or the manager is asked: clients wait. */
  readonly hold: readonly PlannedStep[]
  /** When the new primary takes writes: pools lead there, and their clients continue. */
  readonly release: readonly PlannedStep[]
  /** At the end: users reach it. */
  readonly proof: readonly PlannedStep[]
  readonly checks: readonly PreflightCheck[]
}

export const NO_ENTRY_POINTS: EntryPointPlan = { hold: [], release: [], proof: [], checks: [] }

/** For a restart: clients of a primary wait; those of a standby are not led elsewhere. */
export async function planPrimaryRestart(view: DatabaseView, tools: ActionToolbox): Promise<EntryPointPlan> {
  return isWritable(view) ? planEntryPoints({ primary: view, target: view, pauses: true }, tools) : NO_ENTRY_POINTS
}

/** Reads the consoles of all poolers that lead to the primary, and plans the steps. `prefix`: of the ids of its steps. */
export async function planEntryPoints(moved: MovedPrimary, tools: ActionToolbox, prefix = ''): Promise<EntryPointPlan> {
  const { poolers = [] } = tools.config
  const leading = poolers.filter(({ spec }) => spec.expects === 'primary')
  const plans = await Promise.all(leading.map((pooler) => planPooler(pooler, moved, tools, prefix)))
  const addresses = await planAddresses(moved, tools, prefix)
  return {
    hold: plans.flatMap(({ hold }) => hold),
    release: [...plans.flatMap(({ lead }) => lead), ...plans.flatMap(({ resume }) => resume)],
    proof: addresses.steps,
    checks: [
      ...(leading.length === 0 ? [] : [poolFindingsCheck(plans.map(({ findings }) => findings))]),
      ...addresses.checks,
    ],
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

interface PoolerPlan {
  readonly hold: readonly PlannedStep[]
  readonly lead: readonly PlannedStep[]
  readonly resume: readonly PlannedStep[]
  readonly findings: PoolFindings
}

async function planPooler(
  config: PoolerConfig,
  moved: MovedPrimary,
  tools: ActionToolbox,
  prefix: string,
): Promise<PoolerPlan> {
  const pooler = config.spec.id
  try {
    const settings = await readPoolerSettings(pooler, tools)
    const { database } = config.spec
    const pools = (await readPools(pooler, tools)).filter(({ name }) => database === null || name === database)
    const ids = (pool: Pool) => `${prefix}${pooler}${database === null ? `-${pool.name}` : ''}`
    const isPausable = (pool: Pool) =>
      moved.pauses && !pool.isPaused && !pool.isDisabled && modeOf(pool, settings) !== 'session'
    const paused = pools.filter(isPausable)
    const leads = await Promise.all(pools.map(async (pool) => leadOf(`${ids(pool)}-lead`, pool, config, moved, tools)))
    const unseen = leads.flatMap((lead) => (lead && 'unseen' in lead ? [lead.unseen] : []))
    const place = (pool: Pool) => ({ pooler, pool: pool.name })
    return {
      hold: paused.map((pool) =>
        pausePoolKind.plan({ id: `pause-${ids(pool)}`, ...place(pool), seconds: config.pauseMs / 1000 }),
      ),
      lead: leads.flatMap((lead) => (lead && !('unseen' in lead) ? [leadPoolKind.plan(lead)] : [])),
      resume: paused.map((pool) =>
        resumePoolKind.plan({ id: `resume-${ids(pool)}`, ...place(pool), holds: `pause-${ids(pool)}` }),
      ),
      findings: { config, settings, pools, paused, unseen, pauses: moved.pauses },
    }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    return { hold: [], lead: [], resume: [], findings: { config, fault: error.fault } }
  }
}

/** How the pool comes to lead to the new primary; null: nothing to do. */
async function leadOf(
  id: string,
  { name, host, port, isDisabled }: Pool,
  { spec, repoint }: PoolerConfig,
  { primary, target }: MovedPrimary,
  tools: ActionToolbox,
): Promise<PoolLead | { readonly unseen: string } | null> {
  if (isDisabled) return null
  const to = addressForOthers(target.id, tools)
  const common = { id, pooler: spec.id, pool: name, target: { id: target.id, name: target.name }, ...to }
  const named = `${name} at ${spec.id}`
  if (host === null) return { unseen: `${named} leads to a Unix socket, which pgdeck can’t follow` }
  if (primary !== null && isItself({ host, port }, primary, tools)) {
    if (primary.id === target.id) return null
    if (repoint === null) return { ...common, by: { kind: 'person' } }
    const access = tools.host(repoint.host)?.accessKind
    if (access === undefined) return { ...common, by: { kind: 'person' } }
    return { ...common, by: { kind: 'command', host: repoint.host, argv: repoint.command, access } }
  }
  // Without a primary nothing answers there, and that says nothing of what pgdeck can see.
  const why =
    primary === null || primary.problem !== null ? null : await whyNotSeen(placeOf(spec.id, host, port, target), tools)
  if (why !== null) return { unseen: `where ${named} leads by ${host}:${port} is not seen from here: ${why}` }
  return { ...common, by: { kind: 'waits' } }
}

function placeOf(pooler: string, host: string, port: number, { id }: DatabaseView) {
  return { kind: 'pool', pooler, host, port, as: id } as const
}

/** Whether the pooler names that database by an address of its own. */
function isItself({ host, port }: { host: string; port: number }, view: DatabaseView, tools: ActionToolbox): boolean {
  const others = addressForOthers(view.id, tools)
  return [others, view].some((address) => address.port === port && isSameAddress(address.host, host))
}

function modeOf({ mode }: Pool, settings: ReadonlyMap<string, string>): string {
  return mode ?? settings.get('pool_mode') ?? ''
}
