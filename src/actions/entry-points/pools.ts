// The pools of a PgBouncer as its console shows them, and the commands that let their clients wait and continue.

import { setTimeout } from 'node:timers/promises'
import { poolName } from '../../io/entry-points/pooler-console.ts'
import { tellsWholePause } from '../../model/entry-points/pooler-version.ts'
import { FaultError, messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** One database of a PgBouncer. */
export interface Pool {
  readonly name: string
  /** False: the console takes no such name in a command, or the name can't be shown. It is neither paused nor led. */
  readonly isNameable: boolean
  /** Where it leads to; null: to a Unix socket of the pooler's host. */
  readonly host: string | null
  readonly port: number
  readonly isPaused: boolean
  readonly isDisabled: boolean
  /** Its own pool_mode; null: that of the pooler. */
  readonly mode: string | null
}

/** Which pool is meant. */
export interface PoolPlace {
  /** Name of the pooler in the configuration. */
  readonly pooler: string
  /** Name of the database in the pooler. */
  readonly pool: string
}

type Tools = Pick<ActionToolbox, 'entryPoints'>
type Row = Readonly<Record<string, unknown>>

/** PgBouncer's own, which is its console. */
const CONSOLE = 'pgbouncer'

/** Returns its pools. Throws FaultError. `outlives`: also if the run was stopped. */
export async function readPools(pooler: string, { entryPoints }: Tools, outlives = false): Promise<readonly Pool[]> {
  const rows = await entryPoints.command<Row>(pooler, 'SHOW DATABASES', { outlives })
  return rows.map(poolIn).filter(({ name }) => name !== CONSOLE)
}

/** Returns that pool; null if the pooler has none of this name. Throws FaultError. */
export async function readPool({ pooler, pool }: PoolPlace, tools: Tools, outlives = false): Promise<Pool | null> {
  const pools = await readPools(pooler, tools, outlives)
  return pools.find(({ name, isNameable }) => isNameable && name === pool) ?? null
}

function poolIn(row: Row): Pool {
  const name = wordOf(row.name) ?? ''
  return {
    name,
    isNameable: name === row.name && isNameable(name),
    host: wordOf(row.host),
    port: Number(row.port ?? 0),
    isPaused: Number(row.paused ?? 0) !== 0,
    isDisabled: Number(row.disabled ?? 0) !== 0,
    mode: wordOf(row.pool_mode),
  }
}

/** Whether the console can be told a name. */
export function isNameable(name: string): boolean {
  return name !== '' && name === clean(name) && !name.includes('"')
}

/**
 * Whether all of the pooler is paused, by PAUSE without a name, which SHOW DATABASES does not show; false where it does not tell:
 * before 1.20. Throws FaultError.
 */
export async function isWholePaused(pooler: string, { entryPoints }: Tools): Promise<boolean> {
  const [row] = await entryPoints.command<Row>(pooler, 'SHOW VERSION')
  // An error would end the session that has paused a pool.
  if (!tellsWholePause(String(row?.version ?? ''))) return false
  const rows = await entryPoints.command<Row>(pooler, 'SHOW STATE')
  return rows.some(({ key, value }) => key === 'paused' && value === 'yes')
}

/** Returns the settings of a pooler by name. Throws FaultError. */
export async function readPoolerSettings(pooler: string, { entryPoints }: Tools): Promise<ReadonlyMap<string, string>> {
  const rows = await entryPoints.command<Row>(pooler, 'SHOW CONFIG')
  return new Map(rows.map(({ key, value }) => [String(key), String(value ?? '')]))
}

export interface PoolUse {
  /** Sessions with a server, of every kind. */
  readonly servers: number
  /** Of those the ones in which a client is in a transaction. */
  readonly active: number
  readonly clients: number
  readonly waiting: number
}

/** Returns how a pool is used now. `beside`: while its PAUSE is not over. Throws FaultError. */
export async function readPoolUse(
  { pooler, pool }: PoolPlace,
  { entryPoints }: Tools,
  beside = false,
): Promise<PoolUse> {
  const all = await entryPoints.command<Row>(pooler, 'SHOW POOLS', { beside })
  const rows = all.filter(({ database }) => database === pool)
  const sum = (isMeant: (column: string) => boolean) =>
    rows
      .flatMap((row) => Object.entries(row).filter(([column]) => isMeant(column)))
      .reduce((all, [, n]) => all + Number(n), 0)
  return {
    servers: sum((column) => column.startsWith('sv_')),
    active: sum((column) => column === 'sv_active'),
    clients: sum((column) => column === 'cl_active'),
    waiting: sum((column) => column === 'cl_waiting'),
  }
}

/**
 * Returns the addresses that a pooler remembers for a DNS name, with the time for which it uses them; none for an address,
 * and for a pooler that does not tell.
 */
export async function keptAddresses(
  pooler: string,
  host: string | null,
  { entryPoints }: Tools,
): Promise<readonly { readonly address: string; readonly seconds: number }[]> {
  if (host === null) return []
  const rows = await entryPoints.command<Row>(pooler, 'SHOW DNS_HOSTS').catch((): readonly Row[] => [])
  return rows.flatMap(({ hostname, ttl, addrs }) => {
    const seconds = Number(ttl ?? 0)
    if (hostname !== host || !(seconds > 0)) return []
    const addresses = clean(String(addrs ?? '')).split(',')
    // Each with a port that means nothing: `10.0.0.5:0`, `[fd00::5]:0`.
    return addresses.map((each) => ({ address: each.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''), seconds }))
  })
}

/** The commands as a person would type them. Throws an Error for a name that the console can't be told. */
export function pauseCommand(pool: string): string {
  return `PAUSE ${poolName(pool)}`
}

export function resumeCommand(pool: string): string {
  return `RESUME ${poolName(pool)}`
}

const TRY_AGAIN_MS = 500

/**
 * Lets the clients of a pool continue, also if the run was stopped. Tries again while the pooler or the way to it is away, as
 * long as the tools have patience. Resolves to what was done, and does nothing where the pool is not paused. Throws FaultError.
 */
export async function resumePool(place: PoolPlace, tools: Tools & Pick<ActionToolbox, 'writeOutput'>): Promise<string> {
  const began = performance.now()
  for (let tries = 1; ; tries++) {
    try {
      return await resumed(place, tools)
    } catch (error) {
      if (!mayPass(error) || tools.entryPoints.patienceMs(began) <= 0) throw stillPaused(place, error)
      if (tries === 1) tools.writeOutput(`${named(place)} is not resumed yet; pgdeck tries again: ${messageOf(error)}`)
      // Not the wait of the tools, which ends with the run.
      await setTimeout(TRY_AGAIN_MS)
    }
  }
}

/** Also where the pooler shows no such pool: one that it has removed comes back paused with the next client. */
async function resumed(place: PoolPlace, tools: Tools): Promise<string> {
  const found = await readPool(place, tools, true)
  if (found && !found.isPaused) return notPaused(place, tools)
  try {
    await tools.entryPoints.command(place.pooler, resumeCommand(place.pool), { outlives: true })
    return `${named(place)} was resumed`
  } catch (error) {
    const message = error instanceof FaultError ? error.fault.message : ''
    if (/is not paused/.test(message)) return notPaused(place, tools)
    if (/no such database/.test(message)) return `${place.pooler} has no database ${place.pool}`
    throw error
  }
}

/** Throws FaultError where that says nothing of the process that has the paused pool. */
async function notPaused(place: PoolPlace, { entryPoints }: Tools): Promise<string> {
  if (!(await entryPoints.leavesForAnother(place.pooler))) return `${named(place)} is not paused`
  throw new FaultError({
    code: 'protocol',
    message: `the session that paused it is gone, and the process of ${place.pooler} that answers now has not paused it`,
    hint: null,
  })
}

/** Of a pool that was there when the plan was made. */
export function unusedText({ pooler, pool }: PoolPlace): string {
  return `${pooler} has no database ${pool} any more: nobody uses it`
}

function named({ pooler, pool }: PoolPlace): string {
  return `${pool} at ${pooler}`
}

/** A user that may not is not asked for again; a program for the password that failed is. */
function mayPass(error: unknown): boolean {
  return error instanceof FaultError && (error.fault.code !== 'auth' || error.fault.reason === 'no-password')
}

function stillPaused({ pooler, pool }: PoolPlace, error: unknown): FaultError {
  const why = error instanceof FaultError ? error.fault : null
  return new FaultError(
    {
      code: why?.code ?? 'protocol',
      message: `${pool} at ${pooler} may still be paused (on its console: ${resumeCommand(pool)};): ${why?.message ?? messageOf(error)}`,
      hint: `Its clients wait. On the console of ${pooler}: ${resumeCommand(pool)};`,
    },
    { cause: error },
  )
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? clean(value) : null
}
