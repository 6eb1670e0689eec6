// What the check `poolers` says of pools whose clients will not just wait. The rows are as PgBouncer 1.18 gives them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox, Draft, PlanningView } from '../../../src/actions/definition/action.ts'
import { pausePoolKind } from '../../../src/actions/entry-points/pause-pool.ts'
import { type PoolFindings, poolFindingsCheck } from '../../../src/actions/entry-points/pool-findings.ts'
import { keptAddresses, type Pool, readPools, resumePool } from '../../../src/actions/entry-points/pools.ts'
import { resumePoolKind } from '../../../src/actions/entry-points/resume-pool.ts'
import type { PoolLeading } from '../../../src/actions/entry-points/where-pools-lead.ts'
import type { PoolerConfig } from '../../../src/config/config.ts'
import { resolveEntryPoints } from '../../../src/config/entry-points.ts'
import type { PlannedStep } from '../../../src/model/runs/plan.ts'
import { FaultError } from '../../../src/model/values/fault.ts'

const SETTINGS = {
  admin_users: 'postgres, admin',
  auth_type: 'md5',
  pool_mode: 'transaction',
  query_wait_timeout: '120',
}

function configOf(user: string, database?: string, hosts = '10.0.0.21:6432'): PoolerConfig {
  const pooler = {
    name: 'pool-1',
    dsn: `postgresql://${user}@${hosts}/pgbouncer`,
    expects: 'primary' as const,
    pauseTimeout: 30_000,
    ...(database === undefined ? {} : { database }),
  }
  const { poolers } = resolveEntryPoints(
    { poolers: [pooler], proxies: [], addresses: [], hosts: [] } as unknown as Parameters<typeof resolveEntryPoints>[0],
    { folder: '/', env: {} },
  )
  return poolers?.[0] ?? assert.fail('no pooler')
}

/** Reads the pools out of rows of SHOW DATABASES. */
async function poolsIn(...rows: readonly object[]): Promise<readonly Pool[]> {
  const own = { name: 'pgbouncer', host: null, port: 6432, pool_mode: 'statement', paused: 0, disabled: 0 }
  return readPools('pool-1', {
    entryPoints: { command: async () => [own, ...rows] },
  } as unknown as Pick<ActionToolbox, 'entryPoints'>)
}

const ORDERS = {
  name: 'orders',
  host: '10.0.0.5',
  port: 5432,
  database: 'orders',
  pool_mode: null,
  paused: 0,
  disabled: 0,
}

const LEADS: PoolLeading = { kind: 'moved', by: { kind: 'waits', mover: 'known' } }

interface Situation {
  readonly pools: readonly Pool[]
  /** Those that the plan pauses; absent: all. */
  readonly paused?: readonly Pool[]
  readonly leading?: PoolLeading
  readonly user?: string
  readonly settings?: Readonly<Record<string, string>>
  /** What the configuration names. */
  readonly database?: string
  readonly pauses?: boolean
  readonly hosts?: string
  readonly steps?: readonly PlannedStep[]
}

async function resultOf(findings: PoolFindings, pauses: boolean, steps: readonly PlannedStep[] = []) {
  const check = poolFindingsCheck([findings], pauses)
  const result = await check.run({} as PlanningView, { steps } as unknown as Draft, {} as ActionToolbox)
  return result ? `${result.result}: ${result.message}` : null
}

/** The steps of a plan that pauses these, with others before they are resumed. */
function stepsOf(pools: readonly Pool[], between: readonly object[] = []): readonly PlannedStep[] {
  const named = pools.filter(({ isNameable }) => isNameable)
  const place = ({ name }: Pool) => ({ pooler: 'pool-1', pool: name })
  return [
    ...named.map((pool) => pausePoolKind.plan({ id: `pause-${pool.name}`, ...place(pool), seconds: 30 })),
    ...between.map((step) => ({ args: {}, how: 'local', ...step }) as PlannedStep),
    ...named.map((pool) => resumePoolKind.plan({ id: `resume-${pool.name}`, ...place(pool), holds: '' })),
  ]
}

async function found({ pools, paused = pools, leading = LEADS, user = 'admin', settings, ...more }: Situation) {
  const config = configOf(user, more.database, more.hosts)
  const planned = pools.map((pool) => ({ config, pool, leading, isPaused: paused.includes(pool) }))
  const all = new Map(Object.entries({ ...SETTINGS, ...settings }))
  const steps = more.steps ?? stepsOf(paused)
  return (await resultOf({ config, settings: all, pools: planned, isWhole: false }, more.pauses ?? true, steps)) ?? ''
}

describe('the check of poolers', () => {
  test('passes where clients wait', async () => {
    const pools = await poolsIn(ORDERS)
    assert.deepEqual(
      pools.map(({ name, host, mode }) => [name, host, mode]),
      [['orders', '10.0.0.5', null]],
    )
    assert.equal(await found({ pools }), 'pass: clients of orders at pool-1 wait meanwhile')
  })

  test('fails for a user that may not pause', async () => {
    const pools = await poolsIn(ORDERS)
    assert.match(await found({ pools, user: 'stats' }), /^fail: stats may not pause .* "admin_users"/)
    assert.match(await found({ pools, user: 'stats', settings: { auth_type: 'any' } }), /^pass/)
  })

  test('fails where clients would wait for a person', async () => {
    const pools = await poolsIn(ORDERS)
    const leading: PoolLeading = { kind: 'moved', by: { kind: 'person', hasAddress: true } }
    assert.match(
      await found({ pools, leading }),
      /^fail: pgbouncer.ini of pool-1 names the primary itself for orders: clients wait until a person has edited it, for 60 s at most, and see errors then/,
    )
    assert.match(
      await found({ pools, leading, paused: [], pauses: false }),
      /^warn: orders at pool-1 leads to the lost primary until a person has edited pgbouncer.ini/,
    )
    const lacking: PoolLeading = { kind: 'moved', by: { kind: 'person', hasAddress: false } }
    assert.match(
      await found({ pools, leading: lacking }),
      /^fail: the configuration has no address of the new primary that pool-1 can use: clients of orders wait/,
    )
  })

  test('warns of clients that are not paused, or not for long', async () => {
    const sessions = await poolsIn({ ...ORDERS, pool_mode: 'session' })
    assert.match(
      await found({ pools: sessions, paused: [] }),
      /^warn: orders at pool-1 gives each client a server session/,
    )
    const isPaused = await poolsIn({ ...ORDERS, paused: 1 })
    assert.match(await found({ pools: isPaused, paused: [] }), /^warn: orders at pool-1 is paused already/)
    const pools = await poolsIn(ORDERS)
    assert.match(
      await found({ pools, settings: { query_wait_timeout: '80' } }),
      /^warn: pool-1 sends clients away that wait longer than 80 s .* may wait 90 s/,
    )
    assert.match(await found({ pools: [] }), /^warn: pool-1 has no database/)
  })

  test('counts the pauses of all pools, and what the manager may take', async () => {
    const one = await poolsIn(ORDERS)
    const asked = stepsOf(one, [{ id: 'ask-manager', kind: 'ask-manager', deadlineSeconds: 180 }])
    assert.match(await found({ pools: one, steps: asked }), /longer than 120 s .* they may wait 210 s/)
    const many = await poolsIn(...['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...ORDERS, name })))
    assert.match(await found({ pools: many }), /longer than 120 s .* they may wait 210 s/)
  })

  test('fails where clients would wait for a person who stops or starts the server', async () => {
    const pools = await poolsIn(ORDERS)
    const byHand = { kind: 'stop-database', how: 'manual', deadlineSeconds: 600 }
    const steps = stepsOf(pools, [
      { id: 'stop', ...byHand },
      { id: 'start', ...byHand },
    ])
    assert.equal(
      await found({ pools, steps }),
      'fail: clients of orders at pool-1 wait until a person has carried out stop and start, for 60 s at most, and see errors then',
    )
    const behind = [...stepsOf(pools), { id: 'return', args: {}, ...byHand } as unknown as PlannedStep]
    assert.match(await found({ pools, steps: behind }), /^pass/)
  })

  test('says all that is wrong, the failures first', async () => {
    const pools = await poolsIn(ORDERS, { ...ORDERS, name: 'held', paused: 1 })
    assert.match(
      await found({ pools, paused: pools.slice(0, 1), user: 'stats' }),
      /^fail: stats may not pause the pools of pool-1: .*; held at pool-1 is paused already/,
    )
  })

  test('warns of a name that the console can’t be told', async () => {
    for (const name of ['or"ders', 'or\u200bders']) {
      const pools = await poolsIn({ ...ORDERS, name })
      assert.deepEqual(
        pools.map(({ isNameable }) => isNameable),
        [false],
      )
      assert.match(
        await found({ pools, paused: [] }),
        /^warn: or"?ders at pool-1 can’t be paused: the console takes no such name/,
      )
    }
  })

  test('warns of pools that lead elsewhere, a few by their names', async () => {
    const leading: PoolLeading = { kind: 'elsewhere', words: 'db-2, a standby' }
    const pools = await poolsIn(ORDERS)
    assert.equal(
      await found({ pools, paused: [], leading }),
      'warn: pools of pool-1 that do not lead to the primary: orders (db-2, a standby)',
    )
    const many = await poolsIn(...Array.from({ length: 9 }, (_, index) => ({ ...ORDERS, name: `shop-${index}` })))
    assert.match(await found({ pools: many, paused: [], leading }), / and 4 more$/)
  })

  test('warns of a pool that pgdeck can’t follow, and that it is paused only where the configuration names it', async () => {
    const leading: PoolLeading = { kind: 'unseen', why: 'it leads to a Unix socket' }
    const pools = await poolsIn(ORDERS)
    const why = 'warn: where orders at pool-1 leads is not seen from here: it leads to a Unix socket'
    assert.equal(await found({ pools, leading, database: 'orders' }), why)
    assert.equal(await found({ pools, leading, paused: [] }), `${why}; it is not paused`)
  })

  test('warns of an address of which nothing says what moves it, also where nobody has to wait', async () => {
    const leading: PoolLeading = { kind: 'moved', by: { kind: 'waits', mover: 'unknown' } }
    const pools = await poolsIn(ORDERS)
    const why =
      'warn: pgdeck does not know what moves the address by which pools of pool-1 reach the primary: orders (10.0.0.5:5432); nobody moves it if it is one of the server itself'
    assert.equal(await found({ pools, leading }), why)
    assert.equal(await found({ pools, leading, paused: [], pauses: false }), why)
  })

  test('fails where the pooler may be several processes, and only warns where nobody waits', async () => {
    const pools = await poolsIn(ORDERS)
    const settings = { so_reuseport: '1' }
    const why = 'pool-1 may be several processes (so_reuseport is 1): a command on its console reaches one of them'
    assert.equal(await found({ pools, settings }), `fail: ${why}`)
    assert.match(await found({ pools, hosts: '10.0.0.21:6432,10.0.0.22:6432' }), /^fail: .*its dsn has several hosts/)
    const leading: PoolLeading = {
      kind: 'moved',
      by: { kind: 'command', host: 'app-1', argv: ['repoint'], access: 'ssh' },
    }
    assert.equal(await found({ pools, settings, leading, paused: [], pauses: false }), `warn: ${why}`)
    assert.equal(await found({ pools, settings, paused: [], pauses: false }), '')
  })

  test('fails for a console that does not answer, and only warns where nobody can write now', async () => {
    const fault = { code: 'refused', message: '10.0.0.21:6432 refused', hint: null } as const
    const config = configOf('admin')
    const findings = { config, fault, led: [], isMoved: true }
    const failed = 'fail: pgdeck can’t pause the pools of pool-1: 10.0.0.21:6432 refused'
    assert.equal(await resultOf(findings, true), `${failed}; they are neither paused nor led to the new primary`)
    assert.equal(await resultOf({ ...findings, isMoved: false }, true), `${failed}; their clients see errors meanwhile`)
    const [pool] = await poolsIn(ORDERS)
    assert.ok(pool)
    const led = [{ config, pool, leading: LEADS, isPaused: false }]
    assert.match(
      (await resultOf({ ...findings, led }, false)) ?? '',
      /^warn: pgdeck can’t see where the pools of pool-1 lead: .* refused; orders is led to the new primary/,
    )
    assert.ok(poolFindingsCheck([findings], true).mayOverride)
  })
})

describe('what a pooler keeps of a DNS name', () => {
  const kept = (host: string | null) =>
    keptAddresses('pool-1', host, {
      entryPoints: {
        command: async () => [
          { hostname: 'db.example.net', ttl: 14, addrs: '10.0.0.5:0,[fd00::5]:0' },
          { hostname: 'old.example.net', ttl: 0, addrs: '10.0.0.6:0' },
        ],
      },
    } as unknown as Pick<ActionToolbox, 'entryPoints'>)

  test('is looked at only while it is used', async () => {
    assert.deepEqual(await kept('db.example.net'), [
      { address: '10.0.0.5', seconds: 14 },
      { address: 'fd00::5', seconds: 14 },
    ])
    assert.deepEqual(await kept('old.example.net'), [])
    assert.deepEqual(await kept('10.0.0.5'), [])
    assert.deepEqual(await kept(null), [])
  })
})

describe('a resume', () => {
  /** `patience`: how often it may be tried again. */
  const resuming = (
    code: 'refused' | 'auth',
    failures: number,
    { patience = Number.POSITIVE_INFINITY, isPaused = true, others = 0 } = {},
  ) => {
    let asked = 0
    let left = others
    const said: string[] = []
    const command = async () => {
      if (asked++ < failures) throw new FaultError({ code, message: code, hint: null })
      return [{ ...ORDERS, paused: isPaused ? 1 : 0 }]
    }
    const tools = {
      entryPoints: { command, patienceMs: () => patience - asked, leavesForAnother: async () => left-- > 0 },
      writeOutput: (text: string) => said.push(text),
    } as unknown as Pick<ActionToolbox, 'entryPoints' | 'writeOutput'>
    return { asked: () => asked, said, resume: () => resumePool({ pooler: 'pool-1', pool: 'orders' }, tools) }
  }

  test('is tried again while the console is away, and that is told once', async () => {
    const { resume, said } = resuming('refused', 4)
    assert.equal(await resume(), 'orders at pool-1 was resumed')
    assert.deepEqual(said, ['orders at pool-1 is not resumed yet; pgdeck tries again: refused'])
  })

  test('is given up with the command when no patience is left', async () => {
    const { resume, asked } = resuming('refused', 99, { patience: 3 })
    await assert.rejects(resume, /orders at pool-1 may still be paused .*RESUME "orders"/)
    assert.equal(asked(), 3)
  })

  test('is not tried again by a user that may not', async () => {
    const { resume, asked } = resuming('auth', 99)
    await assert.rejects(resume, /RESUME "orders"/)
    assert.equal(asked(), 1)
  })
  test('is not over where another process of the pooler has not paused the pool', async () => {
    assert.equal(await resuming('refused', 0, { isPaused: false }).resume(), 'orders at pool-1 is not paused')
    const { resume, said } = resuming('refused', 0, { isPaused: false, others: 1 })
    assert.equal(await resume(), 'orders at pool-1 is not paused')
    assert.match(said.join(), /the process of pool-1 that answers now has not paused it/)
    const gone = resuming('refused', 0, { isPaused: false, others: 99, patience: 2 })
    await assert.rejects(gone.resume, /orders at pool-1 may still be paused .*RESUME "orders"/)
  })
})
