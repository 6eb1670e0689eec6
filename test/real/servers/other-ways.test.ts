// Ways to a server other than an address: a socket directory whose server is replaced, a tunnel, a data directory that is a link.

import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type PostgresNode, startPrimary } from '../../../src/demo/postgres/start-postgres.ts'
import { ActionError } from '../../../src/model/runs/action-error.ts'
import type { JournalEntry } from '../../../src/model/runs/run.ts'
import { type ActingOptions, actingOn } from '../../fakes/acting.ts'
import { openProxy } from '../../fakes/proxy.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { line, meanwhile } from '../acts/promoting.ts'
import { withCluster } from '../embedded.ts'

const TRUST = 'local all all trust\nhost all all 127.0.0.1/32 trust\n'
const ELSEWHERE = /leads to another (server|system)|another server answers/

interface Place extends Omit<ActingOptions, 'executor'> {
  readonly nodes: readonly PostgresNode[]
  readonly move: () => Promise<void>
  readonly back: () => void
}

async function slots(node: PostgresNode): Promise<number> {
  return (await node.query('select from pg_replication_slots')).length
}

/** Plans a slot on `db`, moves the way at that line of the journal, or before the confirmation, and sees it refused. */
async function refusedThere(place: Place, when: ((entry: JournalEntry) => boolean) | null): Promise<void> {
  const { nodes, move, back, ...options } = place
  back()
  const executor = when ? { openJournal: meanwhile(when, move) } : {}
  const acting = await actingOn({ ...options, executor })
  try {
    const run = await acting.executor.propose({ action: 'create-slot', target: 'db', input: { slot: 'new_one' } })
    assert.equal(run.state, 'planned', JSON.stringify(run.plan.checks))
    if (!when) await move()
    const started = acting.executor.start(run, { answer: { kind: 'yes' }, givenBy: 'test', skips: {} })
    if (when) {
      const { state, why } = await started
      assert.notEqual(state, 'done')
      assert.match(why ?? '', ELSEWHERE)
    } else await assert.rejects(started, (error) => error instanceof ActionError && ELSEWHERE.test(error.message))
    assert.deepEqual(await Promise.all(nodes.map(slots)), [0, 0])
  } finally {
    back()
    await acting.close()
  }
}

test('a socket directory whose server is replaced by another one on the same port', () =>
  withCluster({ settings: { listen_addresses: '127.0.0.2' }, hba: TRUST }, async ({ primary }) => {
    const other = await startPrimary({ port: primary.port, hba: TRUST })
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-socket-'))
    chmodSync(folder, 0o755)
    const link = join(folder, 'postgresql')
    const lead = (to: PostgresNode) => {
      rmSync(link, { force: true })
      symlinkSync(to.socketDirectory, link)
    }
    const place: Place = {
      nodes: [primary, other],
      databases: [{ name: 'db', dsn: `postgresql://postgres@/postgres?host=${link}&port=${primary.port}` }],
      move: async () => lead(other),
      back: () => lead(primary),
    }
    try {
      await refusedThere(place, null)
      await refusedThere(place, line('step-started', 'create-slot'))
    } finally {
      await other.scratch.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }))

test('a tunnel whose far end leads to another server', { skip: withoutSshd }, async (context) => {
  const sshd = await startSshd(context)
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-ssh-'))
  const before = process.env.PATH
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nPATH='${before}' exec ssh -F '${sshd.configFile}' "$@"\n`, {
    mode: 0o755,
  })
  process.env.PATH = `${folder}:${before}`
  try {
    await withCluster({ hba: TRUST }, ({ primary }) =>
      withCluster({ hba: TRUST }, async ({ primary: other }) => {
        let far = primary.port
        const proxy = await openProxy(() => far)
        const place: Place = {
          nodes: [primary, other],
          databases: [
            { name: 'db', dsn: `postgresql://postgres@127.0.0.1:${proxy.port}/postgres?sslmode=disable`, via: 'box' },
          ],
          hosts: [{ name: 'box', ssh: 'box' }],
          move: async () => {
            far = other.port
          },
          back: () => {
            far = primary.port
          },
        }
        try {
          await refusedThere(place, null)
          await refusedThere(place, line('step-started', 'create-slot'))
        } finally {
          await proxy.close()
        }
      }),
    )
  } finally {
    process.env.PATH = before
    rmSync(folder, { recursive: true, force: true })
  }
})

test('without dataDirectory the folder that the server names proves the host of its pg_hba.conf', () =>
  withCluster({}, ({ primary }) =>
    withCluster({}, async ({ primary: other }) => {
      const folder = mkdtempSync(join(tmpdir(), 'pgdeck-data-'))
      chmodSync(folder, 0o755)
      const link = join(folder, 'data')
      symlinkSync(primary.dataDirectory, link)
      appendFileSync(join(primary.dataDirectory, 'postgresql.conf'), `\ndata_directory = '${link}'\n`)
      await primary.restart()
      const acting = await actingOn({
        databases: [{ name: 'db', dsn: `${primary.dsn('postgres')}?sslmode=disable`, host: 'here' }],
        hosts: [{ name: 'here', local: true }],
      })
      const input = { line: 'host all app 192.0.2.7/32 scram-sha-256' }
      const check = async () => {
        const { state, plan } = await acting.executor.propose({ action: 'add-hba-entry', target: 'db', input })
        const found = plan.checks.find(({ id }) => id === 'right-server')
        return [state, found?.result, found?.message] as const
      }
      try {
        const right = await check()
        assert.deepEqual(right.slice(0, 2), ['planned', 'pass'], right[2])
        rmSync(link)
        symlinkSync(other.dataDirectory, link)
        const wrong = await check()
        assert.deepEqual(wrong.slice(0, 2), ['blocked', 'fail'], wrong[2])
        // The server itself reads pg_control by that path, and so tells the other one's system: its port gives it away.
        assert.match(wrong[2] ?? '', /^the postmaster in \S+ on here is not db: it listens on \d+/)
      } finally {
        rmSync(link, { force: true })
        symlinkSync(primary.dataDirectory, link)
        await acting.close()
        await primary.stop('immediate')
        rmSync(folder, { recursive: true, force: true })
      }
    }),
  ))
