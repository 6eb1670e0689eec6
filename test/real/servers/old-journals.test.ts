// Journals that 0.1.0 wrote, on servers of now: taken back, or gone on with once a person has confirmed them again.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { NotConfirmedError } from '../../../src/model/runs/action-error.ts'
import type { JsonValue } from '../../../src/model/runs/plan.ts'
import type { Acting } from '../../fakes/acting.ts'
import { actingOnCluster, hostOf, isPrimary } from '../acts/promoting.ts'
import { type TestCluster, withCluster } from '../embedded.ts'

/** The value with the system, the places and the commands of servers of now in place of those that it was written of. */
function transferred(
  value: JsonValue,
  system: string,
  nodes: readonly PostgresNode[],
  under: string | null,
): JsonValue {
  if (Array.isArray(value)) return value.map((each) => transferred(each, system, nodes, null))
  if (typeof value !== 'object' || value === null) {
    const node = nodes.find(({ name }) => value === `/srv/pg/${name}`)
    return under === 'systemIdentifier' ? system : (node?.dataDirectory ?? value)
  }
  const record = value as { readonly [key: string]: JsonValue }
  const host = nodes.find(({ name }) => record.host === `host-${name}` || record.database === name)
  const commands = host ? (hostOf(host) as { readonly [key: string]: JsonValue }) : {}
  return Object.fromEntries(
    Object.entries(record).map(([name, each]) => {
      const command = (name === 'stop' || name === 'start') && Array.isArray(each) && each.length > 0
      const port = name === 'toPort' || name === 'port' ? (portMeant(record, nodes) ?? each) : each
      return [name, command ? (commands[name] ?? each) : transferred(port, system, nodes, name)]
    }),
  )
}

/** The same moments, as if it had been planned just now: a run that lay for long is looked at again before it goes on. */
function recent(value: JsonValue, shiftMs: number): JsonValue {
  if (Array.isArray(value)) return value.map((each) => recent(each, shiftMs))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isMoment = typeof each === 'number' && ['at', 'plannedAt', 'readAt'].includes(name)
      return [name, isMoment ? each + shiftMs : recent(each, shiftMs)]
    }),
  )
}

/** The port of the upstream that arguments name beside it. */
function portMeant(record: { readonly [key: string]: JsonValue }, nodes: readonly PostgresNode[]): number | null {
  return nodes.find(({ name }) => name === record.upstream)?.port ?? null
}

/** The journal in the state folder of these acts; answers with the run's id. */
async function kept(name: string, { nodes, primary }: TestCluster, { folder }: Acting): Promise<string> {
  const [row] = await primary.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()')
  const lines = readFileSync(new URL(`../../journals/0.1.0/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((text): JsonValue => JSON.parse(text))
    .map((line, _, [first]) => recent(line, Date.now() - Number((first as { readonly at?: number } | undefined)?.at)))
    .map((line) => transferred(line, row?.id ?? '', nodes, null))
  const { run } = lines[0] as { readonly run: string }
  mkdirSync(join(folder, 'runs'), { recursive: true, mode: 0o700 })
  const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
  writeFileSync(join(folder, 'runs', `${run}.jsonl`), text, { mode: 0o600 })
  return run
}

const isPaused = async (node: PostgresNode | undefined) =>
  (await node?.query<{ is: boolean }>('select pg_is_wal_replay_paused() as is'))?.[0]?.is

describe('a journal of 0.1.0', () => {
  test('is gone on with after it was confirmed again', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        const id = await kept('pause-replay', cluster, acting)
        await assert.rejects(acting.executor.resume(id, { skips: {} }), NotConfirmedError)
        assert.equal(await isPaused(cluster.standbys[0]), false)
        const anew = { answer: { kind: 'yes' }, givenBy: '--yes' } as const
        assert.equal((await acting.executor.resume(id, { skips: {}, anew })).state, 'done')
        assert.equal(await isPaused(cluster.standbys[0]), true)
      } finally {
        await acting.close()
      }
    }))

  test('of a switchover whose primary was stopped is gone on with to its end', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const id = await kept('switchover', cluster, acting)
        await cluster.primary.stop('fast')
        const anew = { answer: { kind: 'typed', text: 'standby-1' }, givenBy: 'typed standby-1' } as const
        const run = await acting.executor.resume(id, { skips: {}, anew })
        assert.equal(run.state, 'done', run.why ?? '')
        const [first] = cluster.standbys
        assert.ok(first && (await isPrimary(first)))
      } finally {
        await acting.close()
      }
    }))

  test('is taken back: the primary that was stopped runs again', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const id = await kept('switchover', cluster, acting)
        await cluster.primary.stop('fast')
        const run = await acting.executor.abort(id, '--abort')
        assert.equal(run.state, 'aborted')
        assert.equal(run.steps[0]?.state, 'undone', run.why ?? '')
        assert.equal(await isPrimary(cluster.primary), true)
      } finally {
        await acting.close()
      }
    }))
})
