import pg from 'pg'
import { parseDsn } from '../src/config/dsn.ts'
import { openDatabase } from '../src/io/postgres.ts'
import { lockTree } from '../src/model/lock-tree.ts'
import { LOOKS } from '../src/probes/database/index.ts'
import { withCluster } from '../test/real/embedded.ts'

const major = Number(process.argv[2]),
  N = Number(process.argv[3])
await withCluster(
  {
    major,
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      max_connections: String(N + 60),
      track_activity_query_size: process.argv[4] ?? '1024',
    },
  },
  async ({ primary }) => {
    await primary.query('create extension pg_stat_statements').catch((e) => console.log(e.message))
    await primary.query('create table t (id int primary key, v int)')
    await primary.query('insert into t values (1,1)')
    const clients: pg.Client[] = []
    const link = openDatabase({
      connection: parseDsn(primary.dsn('pgdeck'), {}),
      passwordCommand: null,
      timeoutMs: 20000,
    })
    const measure = async (what: string) => {
      await primary.query('select pg_stat_statements_reset()').catch(() => {})
      for (const id of ['activity', 'locks', 'storage'] as const) {
        let ms: number[] = [],
          last: any
        for (let i = 0; i < 15; i++) {
          const t = performance.now()
          last = await LOOKS[id].read({ link }, new AbortController().signal)
          ms.push(performance.now() - t)
        }
        ms.sort((a, b) => a - b)
        let tree = ''
        if (id === 'locks') {
          const t = performance.now()
          const rows = lockTree(last)
          tree = ` tree ${rows.length} rows in ${(performance.now() - t).toFixed(1)} ms, json ${(JSON.stringify(last).length / 1e6).toFixed(2)} MB`
        }
        if (id === 'activity') tree = ` json ${(JSON.stringify(last).length / 1e6).toFixed(2)} MB`
        console.log(major, what, id, 'round trip+parse median', ms[7]!.toFixed(2), 'max', ms[14]!.toFixed(2), tree)
      }
      console.log(
        await primary
          .query(
            "select substring(query from 'what|seesAll|nodes|walDirectory') q, left(query, 40) l, calls, round(mean_exec_time::numeric,2) mean, round(min_exec_time::numeric,2) min from pg_stat_statements where query like '%json_build_object%' and query not like '%pg_stat_statements%'",
          )
          .catch((e) => e.message),
      )
    }
    await measure('quiet')
    for (let i = 0; i < N; i++) {
      const c = new pg.Client({ connectionString: primary.dsn('postgres') })
      c.on('error', () => {})
      await c.connect()
      clients.push(c)
    }
    await Promise.all(clients.map((c) => c.query('select 1 /* ' + 'x'.repeat(Number(process.argv[5] ?? 500)) + ' */')))
    await measure(`${N} idle`)
    await clients[0]!.query('begin; update t set v = 2 where id = 1')
    for (const c of clients.slice(1))
      c.query('update t set v = 3 where id = 1 /* ' + 'x'.repeat(Number(process.argv[5] ?? 500)) + ' */').catch(
        () => {},
      )
    for (;;) {
      const [r] = await primary.query<any>('select count(*)::int n from pg_locks where not granted')
      if (r.n >= N - 1) break
    }
    await measure(`${N} in one queue`)
    const { locksSql } = await import('../src/probes/database/locks-sql.ts')
    for (const q of [
      'explain (analyze, timing off) select pg_blocking_pids(pid) from pg_locks where not granted',
      'explain (analyze, costs off) ' + locksSql(major * 10000),
    ]) {
      for (let i = 0; i < 2; i++) await primary.query(q)
      console.log(
        (await primary.query<any>(q))
          .map((r) => r['QUERY PLAN'])
          .filter((l: string) => process.argv[6] || /Execution|actual time=\d\d+/.test(l) || /CTE|never/.test(l))
          .join('\n'),
      )
    }
    for (const c of clients) (c as any).connection.stream.destroy()
    await link.close()
  },
)
