// The check `poolers`: what the consoles tell before the primary moves, and which clients will not just wait.

import type { PoolerConfig } from '../../config/config.ts'
import type { Fault } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type Pool, resumeCommand } from './pools.ts'

/** What was read of one pooler, or why nothing was. */
export type PoolFindings =
  | { readonly config: PoolerConfig; readonly fault: Fault }
  | {
      readonly config: PoolerConfig
      /** The settings of the pooler, by name. */
      readonly settings: ReadonlyMap<string, string>
      /** Those that the configuration means. */
      readonly pools: readonly Pool[]
      /** Those that the plan pauses. */
      readonly paused: readonly Pool[]
      /** Why pgdeck can't see where a pool leads, one sentence each. */
      readonly unseen: readonly string[]
      readonly pauses: boolean
    }

/** A client that waits longer than this is sent away by the pooler; a switchover takes a part of a minute. */
const SHORT_WAIT_SECONDS = 60

/** Fails where a pool can't be paused, which may be overruled: then its clients see errors. */
export function poolFindingsCheck(findings: readonly PoolFindings[]): PreflightCheck {
  return {
    id: 'poolers',
    mayOverride: true,
    run(): PreflightResult {
      const all = findings.flatMap(resultsOf)
      const worst = (['fail', 'warn', 'pass'] as const).find((result) => all.some((each) => each.result === result))
      const shown = all.filter(({ result }) => result === worst)
      if (worst === undefined) return null
      const hint = shown.find((each) => each.hint !== null)?.hint ?? null
      return { result: worst, message: shown.map(({ message }) => message).join('; '), hint }
    },
  }
}

type Result = NonNullable<PreflightResult>

function resultsOf(found: PoolFindings): readonly Result[] {
  const { id, database } = found.config.spec
  if ('fault' in found) {
    const message = `pgdeck can’t pause the pools of ${id}: ${found.fault.message}`
    return [{ result: 'fail', message, hint: found.fault.hint ?? 'Overruled: their clients see errors meanwhile.' }]
  }
  const { pools, paused, unseen, settings, pauses } = found
  if (pools.length === 0) {
    const what = database === null ? 'no database' : `no database ${database}`
    return [warning(`${id} has ${what} (SHOW DATABASES): nothing is paused there`, 'Check "database" of the pooler.')]
  }
  const more = unseen.map((why) => warning(why, 'Its clients continue without that proof.'))
  return pauses ? [...ofPausing(found.config, pools, paused, settings), ...more] : more
}

function ofPausing(
  { spec, connection }: PoolerConfig,
  pools: readonly Pool[],
  paused: readonly Pool[],
  settings: ReadonlyMap<string, string>,
): readonly Result[] {
  const { id } = spec
  const results: Result[] = []
  if (paused.length > 0 && !isAdmin(connection.user, settings))
    results.push({
      result: 'fail',
      message: `${connection.user} may not pause the pools of ${id}: it is not in "admin_users"`,
      hint: `Put it into admin_users (pgbouncer.ini), then: RELOAD. Overruled: the plan stops at the pause.`,
    })
  for (const pool of pools.filter(({ isPaused }) => isPaused))
    results.push(
      warning(
        `${pool.name} at ${id} is paused already: pgdeck leaves it paused, and its clients wait`,
        `On the console of ${id}, before or after: ${resumeCommand(pool.name)};`,
      ),
    )
  const left = pools
    .filter((pool) => !pool.isPaused && !pool.isDisabled && !paused.includes(pool))
    .map(({ name }) => name)
  if (left.length > 0)
    results.push(
      warning(
        `${listText(left)} at ${id} gives each client a server session of its own (pool_mode session): not paused, because a pause would wait until they leave; their sessions end`,
        'Use pool_mode transaction where the application can.',
      ),
    )
  const waits = Number(settings.get('query_wait_timeout') ?? 0)
  if (paused.length > 0 && waits > 0 && waits < SHORT_WAIT_SECONDS)
    results.push(
      warning(
        `${id} sends clients away that wait longer than ${waits} s (query_wait_timeout)`,
        `Raise it for the switchover: SET query_wait_timeout = 120; on the console of ${id}.`,
      ),
    )
  if (results.length > 0 || paused.length === 0) return results
  const names = listText(paused.map(({ name }) => name))
  return [{ result: 'pass', message: `clients of ${names} at ${id} wait meanwhile`, hint: null }]
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
