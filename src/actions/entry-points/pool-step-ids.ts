// The ids of the steps for pools: short words for the command line, and each of them once.

import type { PoolerConfig } from '../../config/config.ts'
import type { Pool } from './pools.ts'

interface PoolOf {
  readonly config: Pick<PoolerConfig, 'spec'>
  readonly pool: Pick<Pool, 'name'>
}

/** `pool-1`, or `pool-1-orders` where the configuration names no database; with a number behind one that is there already. */
export function poolStepIds<Each extends PoolOf>(pools: readonly Each[], prefix: string): (pool: Each) => string {
  const ids = new Map<Each, string>()
  const taken = new Set<string>()
  for (const each of pools) {
    const { id, database } = each.config.spec
    const word = each.pool.name.replace(/[^\p{L}\p{N}_.-]/gu, '_')
    const wanted = `${prefix}${id}${database === null ? `-${word}` : ''}`
    let free = wanted
    for (let number = 2; taken.has(free); number++) free = `${wanted}-${number}`
    taken.add(free)
    ids.set(each, free)
  }
  return (pool) => ids.get(pool) ?? prefix
}
