// Hosts over ssh try what this host can't reach: told with the try of this host, and forgotten when all answers again.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../../src/config/load.ts'
import { freePort } from '../../../src/io/network/free-port.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { observationsByOthers } from '../../../src/model/reachability/reachability-matrix.ts'
import { createPoller } from '../../../src/runtime/polling/poller.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { serveTcp } from '../../fakes/web.ts'
import { until } from '../../wait.ts'

test('a port that is closed, and one that takes connections and answers none', {
  skip: withoutSshd,
}, async (context) => {
  const sshd = await startSshd(context)
  const [closed, hung] = [await freePort(), await serveTcp(context, () => {})]
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-knock-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'pgdeck.json')
  const dsn = (port: number) => `postgresql://u@127.0.0.1:${port}/d?sslmode=disable`
  const databases = [
    { name: 'closed', dsn: dsn(closed) },
    { name: 'hung', dsn: dsn(hung) },
  ]
  const hosts = [{ name: 'box', ssh: sshd.destination }]
  writeFileSync(path, JSON.stringify({ clusters: [{ name: 'test', timeout: '5s', databases, hosts }] }))
  const [cluster] = loadConfig({ path, env: { HOME: folder }, cwd: folder }).clusters
  assert.ok(cluster)
  const store = createStore(initialState({ clusters: [cluster.spec], now: Date.now() }))
  const ssh = (destination: string) => openSshConnection({ destination, configFile: sshd.configFile })
  const poller = createPoller({ store, clusters: [cluster], withHost: true, ssh })
  context.after(() => poller.stop())
  await poller.once()
  const knocks = () => store.latest().clusters[0]?.portChecks ?? []
  await until('the host has tried', 10_000, () => knocks().length === 4)
  const codeOf = (hostId: string | null, targetId: string) => {
    return knocks().find((one) => one.hostId === hostId && one.targetId === targetId)?.fault?.code ?? 'open'
  }
  assert.equal(codeOf(null, 'closed'), 'refused')
  assert.equal(codeOf('box', 'closed'), 'refused')
  assert.equal(codeOf('box', 'hung'), 'open')
  store.flush()
  const { picture } = store.latest().clusters[0] ?? {}
  assert.ok(picture)
  const byBox = (id: string) => observationsByOthers(picture, id).find(({ kind }) => kind === 'host')
  assert.equal(byBox('closed')?.status, 'fails')
  assert.deepEqual([byBox('hung')?.status, byBox('hung')?.isFromTarget], ['ok', false])
})
