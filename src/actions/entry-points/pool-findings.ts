// The check `poolers`: what the consoles tell before the primary moves, and which clients will not just wait.

import type { PoolerConfig } from '../../config/config.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { formatEndpoint } from '../../model/values/address.ts'
import type { Fault } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { HOLD_FOR_PERSON_SECONDS } from '../definition/step-kind.ts'
import { clientWait } from './client-wait.ts'
import { type Pool, resumeCommand } from './pools.ts'
import type { PoolLeading } from './where-pools-lead.ts'

/** A pool that the configuration means, and what is done with it. */
export interface PlannedPool {
  readonly config: PoolerConfig
  readonly pool: Pool
  readonly leading: PoolLeading
  readonly isPaused: boolean
}

/** What was read of one pooler, or why nothing was. */
export type PoolFindings =
  | {
      readonly config: PoolerConfig
      readonly fault: Fault
      /** What is led all the same, by what is known without the console. */
      readonly led: readonly PlannedPool[]
      /** False: the primary is only restarted, so that nothing has to be led. */
      readonly isMoved: boolean
    }
  | {
      readonly config: PoolerConfig
      /** The settings of the pooler, by name. */
      readonly settings: ReadonlyMap<string, string>
      readonly pools: readonly PlannedPool[]
      /** All of it is paused, by a PAUSE without a name. */
      readonly isWhole: boolean
    }

const MOST_NAMED = 5

/**
 * Fails where a pool can't be paused, or its clients would wait for a person; both may be overruled. `pauses`: false where
 * nobody can write now.
 */
export function poolFindingsCheck(findings: readonly PoolFindings[], pauses: boolean): PreflightCheck {
  return {
    id: 'poolers',
    mayOverride: true,
    run(_view, { steps }): PreflightResult {
      const all = findings.flatMap((found) => resultsOf(found, pauses, steps))
      const worst = (['fail', 'warn', 'pass'] as const).find((result) => all.some((each) => each.result === result))
      if (worst === undefined) return null
      // Who overrules a failure must know of what else clients see.
      const shown = (['fail', 'warn'] as const).flatMap((result) => all.filter((each) => each.result === result))
      if (worst === 'pass') shown.push(...all)
      const hint = shown.find((each) => each.hint !== null)?.hint ?? null
      return { result: worst, message: shown.map(({ message }) => message).join('; '), hint }
    },
  }
}

type Result = NonNullable<PreflightResult>
type Read = Extract<PoolFindings, { readonly pools: unknown }>

function resultsOf(found: PoolFindings, pauses: boolean, steps: readonly PlannedStep[]): readonly Result[] {
  const { id, database } = found.config.spec
  if ('fault' in found) {
    const { message, hint } = found.fault
    const then = afterwards(found)
    // Nobody waits for a promotion of a lost primary because a pooler is away, too.
    if (!pauses)
      return [warning(`pgdeck can’t see where the pools of ${id} lead: ${message}; ${then}`, hint ?? BY_CONSOLE)]
    const failed = `pgdeck can’t pause the pools of ${id}: ${message}; ${then}`
    return [{ result: 'fail', message: failed, hint: hint ?? `Overruled: their clients see errors. ${BY_CONSOLE}` }]
  }
  if (found.pools.length === 0) {
    const what = database === null ? 'no database' : `no database ${database}`
    return [warning(`${id} has ${what} (SHOW DATABASES): nothing is paused there`, 'Check "database" of the pooler.')]
  }
  const more = [
    ...ofOthers(found),
    ...ofUnseen(found),
    ...ofUnknownMovers(found),
    ...ofProcesses(found, pauses),
    ...(pauses ? [] : ofPersons(found)),
  ]
  const ofPauses = pauses ? [...ofPausing(found), ...ofWaiting(found, steps)] : []
  const paused = found.pools.filter(({ isPaused }) => isPaused).map(({ pool }) => pool.name)
  if (more.length > 0 || ofPauses.length > 0 || paused.length === 0) return [...ofPauses, ...more]
  return [{ result: 'pass', message: `clients of ${namesText(paused)} at ${id} wait meanwhile`, hint: null }]
}

function afterwards({ led, isMoved }: Extract<PoolFindings, { readonly fault: unknown }>): string {
  if (!isMoved) return 'their clients see errors meanwhile'
  if (led.length === 0) return 'they are neither paused nor led to the new primary'
  return `${namesOf(led)} is led to the new primary by what is known of it, without a pause`
}

const BY_CONSOLE = 'Look at the pooler; where its pools lead, SHOW DATABASES on its console tells afterwards.'
const NOT_PROVEN = 'Its clients continue without that proof.'

/** Pools that lead to other servers: nothing is done with them. */
function ofOthers({ config, pools }: Read): readonly Result[] {
  const { id, database } = config.spec
  const others = pools.flatMap(({ pool, leading }) =>
    leading.kind === 'elsewhere' ? [`${pool.name} (${leading.words})`] : [],
  )
  if (others.length === 0) return []
  const hint =
    database === null
      ? 'They are neither paused nor led. If only one pool leads to the primary, name it as "database" of the pooler.'
      : 'It is neither paused nor led. Check "database" of the pooler, and where pgbouncer.ini leads it.'
  return [warning(`pools of ${id} that do not lead to the primary: ${namesText(others)}`, hint)]
}

function ofUnseen({ config, pools }: Read): readonly Result[] {
  const { id, database } = config.spec
  return pools.flatMap(({ pool, leading }) => {
    if (leading.kind !== 'unseen') return []
    const why = `where ${pool.name} at ${id} leads is not seen from here: ${leading.why}`
    if (database !== null) return [warning(why, NOT_PROVEN)]
    return [
      warning(
        `${why}; it is not paused`,
        `If it leads to the primary, name it as "database" of a pooler in the configuration.`,
      ),
    ]
  })
}

/** What the pools lead through may be an address of the server itself that pgdeck does not know: then nothing moves it. */
function ofUnknownMovers({ config, pools }: Read): readonly Result[] {
  const { id } = config.spec
  const unknown = pools.flatMap(({ pool, leading }) => {
    const isUnknown = leading.kind === 'moved' && leading.by?.kind === 'waits' && leading.by.mover === 'unknown'
    return isUnknown ? [`${pool.name} (${formatEndpoint(pool.host ?? config.spec.host, pool.port)})`] : []
  })
  if (unknown.length === 0) return []
  return [
    warning(
      `pgdeck does not know what moves the address by which pools of ${id} reach the primary: ${namesText(unknown)}; nobody moves it if it is one of the server itself`,
      'If something moves it, add it to "addresses". If pgbouncer.ini names the server itself, give the pooler "repoint" and "host".',
    ),
  ]
}

/** Where nobody waits: pools that are led by a person, late in the plan. */
function ofPersons({ config, pools }: Read): readonly Result[] {
  const { id } = config.spec
  const byPerson = pools.filter(({ leading }) => leading.kind === 'moved' && leading.by?.kind === 'person')
  if (byPerson.length === 0) return []
  const message = `${namesOf(byPerson)} at ${id} leads to the lost primary until a person has edited pgbouncer.ini: the plan has the new line`
  const hint = byPerson.every(({ leading }) => hasAddress(leading)) ? GIVE_REPOINT : GIVE_ADDRESS
  return [warning(message, hint)]
}

const GIVE_REPOINT = 'Give the pooler "repoint" and "host", or lead it through a proxy or a virtual address.'
const GIVE_ADDRESS = 'Give the host of the new primary its "address".'

/** Each process has pools of its own, and a command reaches one of them: the clients of the others see errors, or wait on. */
function ofProcesses({ config, pools, settings }: Read, pauses: boolean): readonly Result[] {
  const { connection, spec } = config
  const isCommanded = pools.some(
    ({ isPaused, leading }) => isPaused || (leading.kind === 'moved' && leading.by?.kind === 'command'),
  )
  const why =
    connection.endpoints.length > 1
      ? 'its dsn has several hosts'
      : settings.get('so_reuseport') === '1'
        ? 'so_reuseport is 1'
        : null
  if (!isCommanded || why === null) return []
  return [
    {
      result: pauses ? 'fail' : 'warn',
      message: `${spec.id} may be several processes (${why}): a command on its console reaches one of them`,
      hint: 'Give each process an entry of its own in "poolers", by a port or a unix_socket_dir of its own. Overrule it if there is one process.',
    },
  ]
}

function ofPausing({ config, pools, settings, isWhole }: Read): readonly Result[] {
  const { connection, spec } = config
  const { id } = spec
  const paused = pools.filter(({ isPaused }) => isPaused)
  const meant = pools.filter(
    ({ leading }) => leading.kind === 'moved' || (leading.kind === 'unseen' && spec.database !== null),
  )
  const results: Result[] = []
  if (paused.length > 0 && !isAdmin(connection.user, settings))
    results.push({
      result: 'fail',
      message: `${connection.user} may not pause the pools of ${id}: it is not in "admin_users"`,
      hint: `Put it into admin_users (pgbouncer.ini), then: RELOAD. Overruled: the plan stops at the pause.`,
    })
  for (const { pool } of meant) results.push(...ofUnpaused(id, pool, isWhole))
  const left = meant
    .filter(({ pool, isPaused }) => !isPaused && pool.isNameable && !pool.isPaused && !pool.isDisabled)
    .map(({ pool }) => pool.name)
  if (left.length > 0)
    results.push(
      warning(
        `${namesText(left)} at ${id} gives each client a server session of its own (pool_mode session): not paused, because a pause would wait until they leave; their sessions end`,
        'Use pool_mode transaction where the application can.',
      ),
    )
  return results
}

/** How long clients wait that are paused, and for whom. */
function ofWaiting({ config, pools, settings }: Read, steps: readonly PlannedStep[]): readonly Result[] {
  const { id } = config.spec
  const paused = pools.filter(({ isPaused }) => isPaused)
  const limit = Number(settings.get('query_wait_timeout') ?? 0)
  const end = `for ${limit > 0 ? Math.min(limit, HOLD_FOR_PERSON_SECONDS) : HOLD_FOR_PERSON_SECONDS} s at most, and see errors then`
  const results: Result[] = []
  const byPerson = paused.filter(({ leading }) => leading.kind === 'moved' && leading.by?.kind === 'person')
  const lacking = byPerson.filter(({ leading }) => !hasAddress(leading))
  if (byPerson.length > lacking.length)
    results.push({
      result: 'fail',
      message: `pgbouncer.ini of ${id} names the primary itself for ${namesOf(byPerson.filter((each) => !lacking.includes(each)))}: clients wait until a person has edited it, ${end}`,
      hint: `${GIVE_REPOINT} Overruled: keep the new line ready.`,
    })
  if (lacking.length > 0)
    results.push({
      result: 'fail',
      message: `the configuration has no address of the new primary that ${id} can use: clients of ${namesOf(lacking)} wait until a person has edited pgbouncer.ini, ${end}`,
      hint: `${GIVE_ADDRESS} Overruled: keep the new line ready.`,
    })
  const waits = paused.map((each) => ({ ...each, wait: clientWait({ pooler: id, pool: each.pool.name }, steps) }))
  const byHand = waits.filter(({ wait }) => wait !== null && wait.byHand.length > 0)
  if (byHand.length > 0)
    results.push({
      result: 'fail',
      message: `clients of ${namesOf(byHand)} at ${id} wait until a person has carried out ${listText([...new Set(byHand.flatMap(({ wait }) => wait?.byHand ?? []))])}, ${end}`,
      hint: 'Give the database a "host" with "ssh" or "local", so that pgdeck stops and starts it. Overruled: keep the commands ready.',
    })
  const needed = Math.max(0, ...waits.map(({ wait }) => wait?.seconds ?? 0))
  if (limit > 0 && limit < needed)
    results.push(
      warning(
        `${id} sends clients away that wait longer than ${limit} s (query_wait_timeout); they may wait ${needed} s`,
        `Raise it before: SET query_wait_timeout = ${Math.max(120, needed)}; on the console of ${id}. Or lower "pauseTimeout".`,
      ),
    )
  return results
}

function hasAddress(leading: PoolLeading): boolean {
  return leading.kind !== 'moved' || leading.by?.kind !== 'person' || leading.by.hasAddress
}

function ofUnpaused(id: string, pool: Pool, isWhole: boolean): readonly Result[] {
  if (!pool.isNameable)
    return [
      warning(
        `${pool.name} at ${id} can’t be paused: the console takes no such name; its clients see errors`,
        'Give the database another name in pgbouncer.ini.',
      ),
    ]
  if (!pool.isPaused) return []
  return [
    warning(
      `${pool.name} at ${id} is paused already: pgdeck leaves it paused, and its clients wait`,
      `On the console of ${id}, before or after: ${isWhole ? 'RESUME' : resumeCommand(pool.name)};`,
    ),
  ]
}

function namesOf(pools: readonly PlannedPool[]): string {
  return namesText(pools.map(({ pool }) => pool.name))
}

function namesText(names: readonly string[]): string {
  if (names.length <= MOST_NAMED) return listText(names)
  return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
}

function warning(message: string, hint: string): Result {
  return { result: 'warn', message, hint }
}

/** On a Unix socket PgBouncer also takes its own user as an administrator. */
function isAdmin(user: string, settings: ReadonlyMap<string, string>): boolean {
  if (settings.get('auth_type') === 'any' || user === 'pgbouncer') return true
  const names = (settings.get('admin_users') ?? '').split(',').map((name) => name.trim())
  return names.includes(user)
}
