// The applications of a demo by name: a shop, its mobile clients, billing, reports, a batch, and a dashboard on a standby.

import type { DemoSession } from '../../io/postgres/demo-session.ts'
import { type IntervalTask, startIntervalTask } from '../app-server/interval-task.ts'
import { type ApplicationOptions, keepSession, type OpenSession } from './application-session.ts'

/** What one session of an application does at each turn. */
type Turn = (session: DemoSession, random: () => number) => Promise<void>

interface Application extends ApplicationOptions {
  /** The rhythm of each of its sessions, in milliseconds. */
  readonly everyMs: readonly number[]
  readonly turn: Turn
}

/** The row that all want: a pile-up begins there. */
export const POPULAR_ACCOUNT = 1
const ACCOUNTS = 200
/** Longer than any lock is held: who waits for one is no failure. */
const PATIENT_MS = 150_000
const SHORT_MS = 1_500
/** After which one that failed tries again. */
const RETRY_MS = 1_000

const SHOP: Application = {
  name: 'web-shop',
  role: 'web',
  limitMs: PATIENT_MS,
  everyMs: [430, 510, 620, 740, 890],
  async turn(session, random) {
    const account = accountFrom(random)
    if (random() < 0.6) {
      await session.query('select owner, balance from accounts where id = $1', [account])
      return
    }
    const amount = 1 + Math.floor(random() * 90)
    await inTransaction(session, async () => {
      await session.query('insert into orders (account, amount) values ($1, $2)', [account, amount])
      await session.query('update accounts set balance = balance - $2 where id = $1', [account, amount])
    })
  },
}

const MOBILE: Application = {
  name: 'mobile-api',
  role: 'mobile',
  limitMs: PATIENT_MS,
  everyMs: [7_100, 8_300, 9_700],
  turn: async (session, random) => {
    await session.query('select id, amount, state, at from orders where account = $1 order by at desc limit 20', [
      accountFrom(random),
    ])
  },
}

const BILLING: Application = {
  name: 'billing',
  role: 'billing',
  limitMs: PATIENT_MS,
  everyMs: [1_900, 2_600],
  turn: (session) =>
    inTransaction(session, async () => {
      const settled = await session.query<{ account: number; amount: string }>(
        `update orders set state = 'billed' where id in
           (select id from orders where state = 'open' order by at limit 5 for update skip locked)
         returning account, amount`,
      )
      // Always in the same order: sessions that wait for each other in a circle would be a deadlock.
      for (const { account, amount } of settled.toSorted((a, b) => a.account - b.account))
        await session.query('update accounts set balance = balance + $2 where id = $1', [account, amount])
      await session.query("delete from orders where state = 'billed' and at < pg_catalog.now() - interval '12 hours'")
    }),
}

/** Takes 50 ms for each of its rows: long, and no work for the machine. */
const REPORT = `select pg_catalog.date_trunc('hour', at) as hour, pg_catalog.count(*) as orders, pg_catalog.sum(amount) as revenue
  from (select at, amount from orders order by at desc limit $1) recent
  where pg_catalog.pg_sleep(0.05) is not null group by hour order by hour`

const REPORTS: Application = {
  name: 'monthly-report',
  role: 'reporting',
  limitMs: PATIENT_MS,
  everyMs: [23_000],
  turn: async (session, random) => {
    await session.query(REPORT, [300 + Math.floor(random() * 300)])
  },
}

const BATCH_PARTS = 6
const BATCH_LINES = 900

const BATCH: Application = {
  name: 'nightly-import',
  role: 'etl',
  limitMs: PATIENT_MS,
  everyMs: [38_000],
  turn: async (session) => {
    const [last] = await session.query<{ batch: number }>(
      'select coalesce(pg_catalog.max(batch), 0)::int as batch from ledger',
    )
    const batch = (last?.batch ?? 0) + 1
    for (let part = 0; part < BATCH_PARTS; part++) {
      await session.query(
        `insert into ledger select $1, i, i % 1000, pg_catalog.md5(i::pg_catalog.text)
           from pg_catalog.generate_series($2::int, $3::int) i, lateral (select pg_catalog.pg_sleep(0.8) where i = $2::int) slow`,
        [batch, part * BATCH_LINES, (part + 1) * BATCH_LINES - 1],
      )
    }
    await session.query('delete from ledger where batch < $1', [batch - 2])
  },
}

const DASHBOARD: Application = {
  name: 'dashboard',
  role: 'reporting',
  limitMs: SHORT_MS,
  everyMs: [2_300],
  turn: async (session) => {
    await session.query('select state, pg_catalog.count(*) from orders group by state')
  },
}

const BUSY: readonly Application[] = [SHOP, MOBILE, BILLING, REPORTS, BATCH]

/** Starts them: the dashboard where `onStandby` opens sessions, the others where `open` does. */
export function startApplications(
  open: OpenSession,
  onStandby: OpenSession | null,
  random: () => number,
): readonly IntervalTask[] {
  const started = BUSY.flatMap((application) => startApplication(application, open, random))
  return onStandby ? [...started, ...startApplication(DASHBOARD, onStandby, random)] : started
}

function startApplication({ everyMs, turn, ...options }: Application, open: OpenSession, random: () => number) {
  return everyMs.map((rhythm): IntervalTask => {
    const own = keepSession(open, options)
    let due = 0
    const routine = startIntervalTask(Math.min(rhythm, RETRY_MS), async () => {
      if (Date.now() < due) return
      await turn(await own.get(), random)
      due = Date.now() + (rhythm > RETRY_MS ? rhythm : 0)
    })
    return {
      async stop() {
        // Whoever waits for a lock would keep the end waiting as long: its session ends first.
        await own.close()
        await routine.stop()
      },
    }
  })
}

/** Every third one is the popular one. */
function accountFrom(random: () => number): number {
  return random() < 0.33 ? POPULAR_ACCOUNT : 1 + Math.floor(random() * ACCOUNTS)
}

async function inTransaction(session: DemoSession, work: () => Promise<void>): Promise<void> {
  await session.query('begin')
  try {
    await work()
    await session.query('commit')
  } catch (error) {
    if (!session.isLost()) await session.query('rollback')
    throw error
  }
}
