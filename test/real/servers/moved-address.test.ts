// Every act behind an address that moves to another real server, between plan and confirmation and before the step: refused, nothing changed.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { OtherServerError } from '../../../src/model/runs/action-error.ts'
import type { JournalEntry } from '../../../src/model/runs/run.ts'
import { actionsFor } from '../../../src/profiles/actions.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { openProxy, type TcpProxy, UNDISTURBED } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { hostOf, isPrimary, meanwhile } from '../acts/promoting.ts'
import { type TestCluster, withCluster } from '../embedded.ts'

/** What an act is asked to do. The databases are p, a primary, s and t, its standbys. */
interface Case {
  readonly target: string | null
  readonly input?: (site: Site) => Readonly<Record<string, string>>
  /** It can only be done once s was promoted and p is down. */
  readonly isAfterFailover?: boolean
  /** It acts by SQL or replication alone: also refused where every session but its own still leads to the right server. */
  readonly isBySession?: boolean
  readonly prepare?: (node: PostgresNode) => Promise<unknown>
  /** What happens once all servers were read. */
  readonly begin?: (site: Omit<Site, 'acting'>) => Promise<unknown>
  readonly tidy?: (node: PostgresNode) => Promise<unknown>
}

/** Needs an installation of the vendor's product; its plans are of other steps. */
const OF_THE_PRODUCT = 'of the product'
/** A manager carries them out, at addresses of its own. */
const OF_A_MANAGER = 'of a manager'
/** Nothing of a cluster is touched. */
const OF_PGDECK = 'of pgdeck'

const CASES: Readonly<Record<string, Case | typeof OF_THE_PRODUCT | typeof OF_A_MANAGER | typeof OF_PGDECK>> = {
  'pause-manager': OF_A_MANAGER,
  'resume-manager': OF_A_MANAGER,
  'cancel-switchover': OF_A_MANAGER,
  promote: { target: 's' },
  switchover: { target: 's' },
  follow: { target: 't', input: () => ({ upstream: 's' }) },
  fence: { target: 't' },
  unfence: { target: 'p', isAfterFailover: true, input: () => ({ as: 'standby' }) },
  'rebuild-replica': { target: 't' },
  failback: { target: 'p', isAfterFailover: true },
  decommission: { target: 't' },
  'build-read-only': OF_THE_PRODUCT,
  'ha-setup': OF_THE_PRODUCT,
  backup: { target: 'p', isBySession: true, input: ({ acting }) => ({ to: join(acting().folder, 'copy.tar') }) },
  'collect-logs': { target: 'p', input: ({ acting }) => ({ out: join(acting().folder, 'logs.tar.gz') }) },
  rename: OF_PGDECK,
  'cancel-query': { target: 'p', isBySession: true, input: ({ pid }) => ({ pid }) },
  'terminate-session': { target: 'p', isBySession: true, input: ({ pid }) => ({ pid }) },
  'add-hba-entry': { target: 'p', input: () => ({ line: 'host all app 192.0.2.7/32 scram-sha-256' }) },
  reload: { target: 'p', isBySession: true },
  checkpoint: { target: 'p', isBySession: true },
  'pause-replay': { target: 's', isBySession: true },
  'resume-replay': {
    target: 's',
    isBySession: true,
    prepare: async (node) => (await isPrimary(node)) || (await node.query('select pg_wal_replay_pause()')),
    tidy: async (node) => (await isPrimary(node)) || (await node.query('select pg_wal_replay_resume()')),
  },
  'create-slot': { target: 'p', isBySession: true, input: () => ({ slot: 'new_one' }) },
  'drop-slot': {
    target: 'p',
    isBySession: true,
    input: () => ({ slot: 'spare' }),
    prepare: async (node) =>
      (await isPrimary(node)) && node.query(`select pg_create_physical_replication_slot('spare')`),
    tidy: async (node) => (await isPrimary(node)) && node.query(`select pg_drop_replication_slot('spare')`),
  },
  start: {
    target: 't',
    begin: (site) => Promise.all(site.own.nodes.filter(isT).map((node) => node.kill())),
    tidy: async (node) => isT(node) && !node.isRunning() && (await node.start()),
  },
  stop: { target: 't' },
  restart: { target: 'p' },
  'rolling-restart': { target: null },
  'change-setting': { target: null, isBySession: true, input: () => ({ name: 'work_mem', value: '7MB' }) },
  'touch-file': { target: null },
}

/** Of the own cluster: the other one has one standby. */
const isT = ({ name }: PostgresNode) => name === 'standby-2'

interface Site {
  readonly own: TestCluster
  readonly others: TestCluster
  /** Of a client's session on p. */
  readonly pid: string
  readonly acting: () => Acting
}

const TRUST = `local all all trust
local replication all trust
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
`
// No checkpoint of its own in the middle of this.
const SETTINGS = { checkpoint_timeout: '1h' }
const ELSEWHERE = /leads to another (server|system)|another server answers/

/** What an act could have changed on a server. */
async function stateOf(node: PostgresNode): Promise<unknown> {
  const files = ['pg_hba.conf', 'postgresql.auto.conf'].map((name) =>
    readFileSync(join(node.dataDirectory, name), 'utf8'),
  )
  const signal = existsSync(join(node.dataDirectory, 'standby.signal'))
  const rows = node.isRunning()
    ? await node.query(`select pg_postmaster_start_time()::text as started, pg_conf_load_time()::text as loaded,
        pg_is_in_recovery() as standby, (select timeline_id from pg_control_checkpoint()) as timeline,
        case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as paused,
        case when not pg_is_in_recovery() then (select checkpoint_lsn::text from pg_control_checkpoint()) end as checkpoint,
        (select array_agg(slot_name::text order by 1) from pg_replication_slots where not temporary) as slots,
        (select count(*)::int from pg_stat_activity where application_name = 'a client' and state = 'active') as clients`)
    : []
  return { files, signal, rows }
}

class Addresses {
  readonly proxies: readonly TcpProxy[]
  readonly #move: (isMoved: boolean) => void

  constructor(proxies: readonly TcpProxy[], move: (isMoved: boolean) => void) {
    this.proxies = proxies
    this.#move = move
  }

  back(): void {
    this.#move(false)
  }

  /** For new connections; with `all` those that there are end too. */
  async away(all: boolean): Promise<void> {
    this.#move(true)
    if (!all) return
    for (const proxy of this.proxies) {
      await proxy.become({ kind: 'reset' })
      await proxy.become(UNDISTURBED)
    }
  }

  async close(): Promise<void> {
    for (const proxy of this.proxies) await proxy.close()
  }
}

async function addressesOf(own: TestCluster, others: TestCluster): Promise<Addresses> {
  let isMoved = false
  const [first = others.primary] = others.standbys
  const pairs = own.nodes.map((node, index) => [node, index === 0 ? others.primary : first] as const)
  const proxies: TcpProxy[] = []
  for (const [node, other] of pairs) proxies.push(await openProxy(() => (isMoved ? other : node).port))
  return new Addresses(proxies, (is) => {
    isMoved = is
  })
}

function openActing(own: TestCluster, { proxies }: Addresses, openJournal?: ReturnType<typeof meanwhile>) {
  const databases = own.nodes.map((node, index) => ({
    name: 'pst'[index],
    dsn: `${node.dsn('postgres').replace(`:${node.port}`, `:${proxies[index]?.port}`)}?sslmode=disable`,
    host: `host-${node.name}`,
  }))
  const command = ['touch', join(own.primary.scratch.path, 'touched')]
  const actions = [{ name: 'touch-file', title: 'touch a file', host: 'host-primary', command }]
  const executor = openJournal ? { openJournal } : {}
  return actingOn({ databases, hosts: own.nodes.map(hostOf), cluster: { actions }, executor })
}

type Moment = 'before the confirmation' | 'before the step' | 'in the step'

/** Plans, moves the address at that moment, confirms, and holds the outcome and all servers against what was. */
async function refusedAt(moment: Moment, act: string, each: Case, site: Omit<Site, 'acting'>, addresses: Addresses) {
  const nodes = [...site.own.nodes, ...site.others.nodes]
  const states = () => Promise.all(nodes.map(stateOf))
  addresses.back()
  const when: (entry: JournalEntry) => boolean = ({ type }) =>
    type === (moment === 'in the step' ? 'step-started' : 'taken-up')
  const away = () => addresses.away(moment !== 'in the step')
  const isPlanned = moment === 'before the confirmation'
  const acting = await openActing(site.own, addresses, isPlanned ? undefined : meanwhile(when, away))
  try {
    const input = each.input?.({ ...site, acting: () => acting }) ?? {}
    await each.begin?.(site)
    const { overrides } = OVERRULED
    const run = await acting.executor.propose({ action: act, target: each.target, input }, overrides)
    const told = JSON.stringify(run.plan.checks.filter(({ result }) => result !== 'pass'))
    assert.equal(run.state, 'planned', told)
    const before = await states()
    if (isPlanned) await away()
    const answer = { kind: 'typed', text: run.plan.confirm } as const
    const started = acting.executor.start(run, { answer, givenBy: 'test', skips: {} })
    if (isPlanned) {
      await assert.rejects(started, (error) => error instanceof OtherServerError && ELSEWHERE.test(error.message))
    } else {
      const { state, why } = await started
      assert.notEqual(state, 'done', why ?? '')
      assert.match(why ?? '', ELSEWHERE)
    }
    assert.deepEqual(await states(), before)
    for (const path of Object.values(input)) assert.equal(path.startsWith('/') && existsSync(path), false, path)
    assert.equal(existsSync(join(site.own.primary.scratch.path, 'touched')), false)
  } finally {
    addresses.back()
    await acting.close()
  }
}

const OVERRULED = { overrides: {} } as const

async function allOf(context: TestContext, site: Omit<Site, 'acting'>, addresses: Addresses, isAfterFailover: boolean) {
  for (const [act, each] of Object.entries(CASES)) {
    if (typeof each === 'string' || (each.isAfterFailover ?? false) !== isAfterFailover) continue
    const moments: readonly Moment[] = ['before the confirmation', 'before the step']
    for (const moment of each.isBySession ? [...moments, 'in the step' as const] : moments) {
      await context.test(`${act}: ${moment}`, async () => {
        const nodes = [...site.own.nodes, ...site.others.nodes]
        for (const node of nodes) await each.prepare?.(node)
        try {
          await refusedAt(moment, act, each, site, addresses)
        } finally {
          for (const node of nodes) await each.tidy?.(node)
        }
      })
    }
  }
}

test('every act of the registry is in the table', () => {
  const actions = actionsFor({
    actions: [
      { name: 'touch-file', title: '', host: 'h', command: ['true'], danger: 'routine', confirm: 'x', timeoutMs: 1 },
    ],
  })
  assert.deepEqual(Object.keys(CASES).toSorted(), actions.map(({ name }) => name).toSorted())
})

test('an address that moved to another server', (context) =>
  withCluster({ standbys: 2, settings: SETTINGS }, (own) =>
    withCluster({ standbys: 1, settings: SETTINGS, hba: TRUST }, async (others) => {
      const addresses = await addressesOf(own, others)
      const { host, port } = own.primary
      const login = { user: 'postgres', password: own.password, database: 'postgres' }
      const session = await openDemoSession({
        host,
        port,
        ...login,
        applicationName: 'a client',
        limitMs: 6 * 3_600_000,
      })
      try {
        const [me] = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
        const site = { own, others, pid: String(me?.pid) }
        const sleeping = session.query('select pg_sleep(3600)').catch(() => {})
        await allOf(context, site, addresses, false)
        await own.primary.kill()
        await sleeping
        const [standby] = own.standbys
        await standby?.query('select pg_promote()')
        await until('it takes writes', 20_000, async () => standby !== undefined && isPrimary(standby))
        // That of the promotion comes when it comes: not in the middle of what is compared.
        await standby?.query('checkpoint')
        await allOf(context, site, addresses, true)
      } finally {
        await session.close().catch(() => {})
        await addresses.close()
      }
    }),
  ))
