// Diagnoses for tests: a configuration is loaded, everything polled once, and one target diagnosed, all for real.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterConfig } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { CauseId } from '../../src/model/diagnosis/causes.ts'
import type { DiagnosisCheckId, DiagnosisResult } from '../../src/model/diagnosis/check-result.ts'
import { type Diagnosis, planDiagnosis } from '../../src/runtime/diagnosis/diagnosis.ts'
import { openHostConnections } from '../../src/runtime/hosts/host-connections.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import { snapshotOf } from '../../src/state/derive.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore, type Store } from '../../src/state/store.ts'

/** One cluster of the configuration file. */
export type RawCluster = Readonly<Record<string, unknown>>

export interface Watched {
  readonly store: Store
  readonly config: ClusterConfig
  poll(): Promise<void>
  diagnose(id: string): Promise<Diagnosis>
}

/** Watches a cluster for the time of the body. */
export async function watching(raw: RawCluster, body: (watched: Watched) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-diagnose-'))
  const path = join(folder, 'pgdeck.json')
  writeFileSync(path, JSON.stringify({ clusters: [{ name: 'test', timeout: '3s', ...raw }] }), { mode: 0o600 })
  const env = { PGDECK_STATE_DIR: join(folder, 'state'), HOME: folder }
  const config = loadConfig({ path, env, cwd: folder })
  const [cluster] = config.clusters
  assert.ok(cluster)
  const store = createStore(initialState({ clusters: [cluster.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [cluster] })
  try {
    await body({
      store,
      config: cluster,
      async poll() {
        await poller.once()
        store.flush()
      },
      diagnose: (id) => diagnosed(store, cluster, id),
    })
  } finally {
    await poller.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function diagnosed(store: Store, config: ClusterConfig, id: string): Promise<Diagnosis> {
  const state = store.latest()
  const [cluster] = state.clusters
  assert.ok(cluster?.picture)
  const ways = openHostConnections(config.hosts)
  const { signal } = new AbortController()
  const plan = planDiagnosis(
    { config, snapshot: snapshotOf(state, cluster), picture: cluster.picture, hostConnections: ways, signal },
    id,
  )
  assert.ok(plan, `${id} is watched`)
  const told: DiagnosisCheckId[] = []
  try {
    const diagnosis = await plan.run((finding) => told.push(finding.id))
    assert.deepEqual(told.toSorted(), [...plan.checks].toSorted(), 'every check is told once')
    return diagnosis
  } finally {
    await ways.close()
  }
}

/** Polls once and diagnoses. */
export async function diagnose(raw: RawCluster, id: string): Promise<Diagnosis> {
  let found: Diagnosis | null = null
  await watching(raw, async ({ poll, diagnose: ask }) => {
    await poll()
    found = await ask(id)
  })
  return found ?? assert.fail('there was no diagnosis')
}

/** The verdict must name the cause, and every finding that speaks of trouble must say what to look at. */
export function assertCause(diagnosis: Diagnosis, cause: CauseId | null, sentence = /./): void {
  const { verdict } = diagnosis
  assert.equal(verdict.cause, cause, explained(diagnosis))
  assert.match(verdict.sentence, sentence, explained(diagnosis))
}

export function findingOf({ findings }: Diagnosis, id: DiagnosisCheckId): DiagnosisResult {
  return findings.find((one) => one.id === id) ?? assert.fail(`no finding ${id}`)
}

function explained({ verdict, findings }: Diagnosis): string {
  const lines = findings.map(({ id, result, evidence }) => `${result.padEnd(8)}${id.padEnd(14)}${evidence}`)
  return [verdict.sentence, ...lines].join('\n')
}

/** A database of the configuration, on a host of its own that shows its data directory and its log. */
export function seen(id: string, node: PostgresNode, more: Readonly<Record<string, unknown>> = {}) {
  return {
    database: { name: id, dsn: node.dsn('pgdeck'), host: `h-${id}`, ...more },
    host: { name: `h-${id}`, local: true, dataDirectory: node.dataDirectory, logs: [node.logFile] },
  }
}

/** A cluster of databases that are seen from inside too. */
export function inside(...nodes: readonly ReturnType<typeof seen>[]): RawCluster {
  return { databases: nodes.map(({ database }) => database), hosts: nodes.map(({ host }) => host) }
}

/** The same nodes as somebody sees them who has no way into their hosts. */
export function outside(...nodes: readonly ReturnType<typeof seen>[]): RawCluster {
  return { databases: nodes.map(({ database: { host: _, ...rest } }) => rest) }
}
