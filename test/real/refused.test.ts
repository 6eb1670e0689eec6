// Servers that refuse functions and views to the role of pgdeck, or lack them: each costs its own figure only.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import { pulseProbe, pulseSql } from '../../src/probes/database/pulse/pulse.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { linkTo } from './links.ts'

const NEVER = new AbortController().signal
const ENDS = [Math.min(...MAJORS), Math.max(...MAJORS)]

async function pulseOf(node: PostgresNode): Promise<DatabasePulse> {
  const session = linkTo(node.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
  try {
    return await pulseProbe.read({ session }, NEVER)
  } finally {
    await session.close()
  }
}

/** Names of figures, down to those of one session or slot; what changes by itself is left out. */
function figures(value: unknown, path = ''): readonly string[] {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return []
  if (typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([name, each]) => figures(each, path === '' ? name : `${path}.${name}`))
}

/** Functions, views and tables that the statement names and that another role could be refused. */
async function namesIn(
  node: PostgresNode,
  text: string,
): Promise<readonly { kind: string; name: string; spec: string }[]> {
  const names = [...new Set([...text.matchAll(/pg_catalog\.(\w+)/g)].map(([, name]) => name))]
  return node.query(
    `SELECT 'FUNCTION' AS kind, proname AS name, oid::regprocedure::text AS spec FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1) AND prokind = 'f'
     UNION ALL SELECT 'TABLE', relname, relname::text FROM pg_class
      WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = ANY ($1) AND relkind IN ('r', 'v')`,
    [names],
  )
}

for (const major of new Set(ENDS)) {
  describe(`PostgreSQL ${major}`, () => {
    test('explore', () =>
      withCluster({ major, standbys: 1, settings: {} }, async ({ primary, standbys, caughtUp }) => {
        await primary.query(`SELECT pg_create_physical_replication_slot('spare', true)`)
        await caughtUp()
        const nodes = [primary, ...standbys]
        const whole = await Promise.all(nodes.map(pulseOf))
        for (const { kind, name, spec } of await namesIn(primary, pulseSql(major * 10_000))) {
          const what = kind === 'FUNCTION' ? `FUNCTION pg_catalog.${spec}` : `pg_catalog.${spec}`
          const right = kind === 'FUNCTION' ? 'EXECUTE' : 'SELECT'
          await primary.query(`REVOKE ${right} ON ${what} FROM PUBLIC, pg_monitor`)
          await caughtUp().catch(() => {})
          for (const [index, node] of nodes.entries()) {
            const before = figures(whole[index])
            try {
              const pulse = await pulseOf(node)
              const now = new Set(figures(pulse))
              const lost = before.filter((each) => !now.has(each))
              console.log(
                major,
                node.name,
                spec,
                lost.join(' '),
                '|',
                JSON.stringify(pulse.refused?.map((r) => [r.name, r.why, r.grant])),
              )
            } catch (error) {
              console.log(major, node.name, spec, 'FAILED', String((error as Error).message))
            }
          }
          await primary.query(`GRANT ${right} ON ${what} TO PUBLIC`)
        }
        assert.ok(true)
      }))
  })
}
