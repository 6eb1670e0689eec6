// Real servers, some behind proxies, watched by one poller for as long as a test hurts them; every outcome is noted.

import assert from 'node:assert/strict'
import dns from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'
import type { TestContext } from 'node:test'
import type { ClusterConfig } from '../../../src/config/config.ts'
import { configFromDsns } from '../../../src/config/from-dsns.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import type { Fault } from '../../../src/model/values/fault.ts'
import type { ProbeOutcome } from '../../../src/model/values/reading.ts'
import { createPoller } from '../../../src/runtime/polling/poller.ts'
import type { Event } from '../../../src/state/event.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { lifetimeOf } from '../../fakes/lifetime.ts'
import { openProxy, type TcpProxy } from '../../fakes/proxy.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { clusterOf, serverConfig } from '../../fakes/web.ts'
import { until } from '../../wait.ts'
import type { TestCluster } from '../embedded.ts'
import { openSites, type Sites } from './sites.ts'

export const INTERVAL_MS = 200
/** Long enough that whoever is well answers within it on a slow machine too. */
export const TIMEOUT_MS = 2_000
/** What interval and timeout together may become on a machine that is busy with other tests. */
const GENEROUS_MS = 15_000
/** The reading that was under way when the fault was made, and the one after it: more than interval + timeout lie before a third. */
const TELLING_READINGS = 2
const NAME = 'db.test'

export type TargetId = 'primary' | 'first' | 'second' | 'named' | 'far' | 'web' | 'shop'

/** What can be hurt. */
export interface Ground {
  primary: PostgresNode
  first: PostgresNode
  readonly second: PostgresNode
  readonly sites: Sites
  readonly proxies: Readonly<Record<'second' | 'far' | 'web', TcpProxy>>
  /** False: the name of `named` does not resolve any more. */
  resolves: boolean
}

export interface Stage extends Ground {
  readonly hasSsh: boolean
  picture(cluster: 'databases' | 'web' | 'named' | 'far'): Picture
  /** The fault that a reading of that target told in time after this call. */
  told(id: TargetId, ...codes: readonly Fault['code'][]): Promise<Fault>
  /** How many readings there were until now. */
  mark(): number
  /** The same as `told`, but a reading from that mark on may have told it before this call. */
  toldFrom(mark: number, id: TargetId, ...codes: readonly Fault['code'][]): Promise<Fault>
  /** Resolves when a reading of that target was good again in time. */
  recovered(id: TargetId): Promise<void>
  /** Resolves when each of them has answered well after this call. */
  stillRead(ids: readonly TargetId[]): Promise<void>
  /** Resolves when the published picture is so. */
  shows(what: string, isSo: () => boolean): Promise<void>
}

/** Opens the stage over a cluster with two standbys; it ends with the test. */
export async function openStage(context: TestContext, cluster: TestCluster): Promise<Stage> {
  const { primary, standbys } = cluster
  const [first, second] = standbys
  assert.ok(first && second)
  const lifetime = lifetimeOf(context)
  const sites = await openSites(lifetime)
  const sshd = withoutSshd ? null : await startSshd(lifetime)
  const proxyTo = async (port: number) => {
    const proxy = await openProxy(port)
    lifetime.after(() => proxy.close())
    return proxy
  }
  const proxies = {
    second: await proxyTo(second.port),
    far: await proxyTo(sshd?.port ?? second.port),
    web: await proxyTo(sites.webPort),
  }
  // ssh knows the daemon by its own port, and goes to that of the proxy.
  sshd?.configure({ Port: String(proxies.far.port), HostKeyAlias: `[127.0.0.1]:${sshd.port}` })
  const clusters = clustersOf({ primary, first, second }, proxies, sites, sshd !== null)
  const notes: { readonly id: string; readonly outcome: ProbeOutcome<unknown> }[] = []
  const store = createStore(initialState({ clusters: clusters.map(({ spec }) => spec), now: Date.now() }))
  const dispatch = (event: Event) => {
    if (event.type === 'database-probed' || event.type === 'server-probed') notes.push(event)
    store.dispatch(event)
  }
  // A test that has run out of time waits for nothing any more.
  const wait = (what: string, isSo: () => boolean) =>
    until(what, GENEROUS_MS, () => {
      context.signal.throwIfAborted()
      return isSo()
    })
  const configFile = sshd?.configFile
  const ssh = (destination: string) => openSshConnection({ destination, ...(configFile ? { configFile } : {}) })
  const poller = createPoller({ store: { ...store, dispatch }, clusters, ssh })
  const stage: Stage = {
    primary,
    first,
    second,
    sites,
    proxies,
    resolves: true,
    hasSsh: sshd !== null,
    picture: (name) =>
      store.published().clusters.find(({ spec }) => spec.name === name)?.picture ?? assert.fail('no picture yet'),
    told: (id, ...codes) => stage.toldFrom(notes.length, id, ...codes),
    mark: () => notes.length,
    async toldFrom(mark, id, ...codes) {
      const isIt = (outcome: ProbeOutcome<unknown>) => !outcome.ok && codes.includes(outcome.fault.code)
      const found = await answerOf(id, isIt, `fault ${codes.join(' or ')}`, mark)
      return found.ok ? assert.fail() : found.fault
    },
    recovered: async (id) => void (await answerOf(id, ({ ok }) => ok, 'a good answer')),
    async stillRead(ids) {
      const from = notes.length
      const isRead = (id: string) => notes.slice(from).some((note) => note.id === id && note.outcome.ok)
      await wait(`${ids.join(', ')} are read on`, () => ids.every(isRead))
    },
    async shows(what, isSo) {
      await wait(`the picture shows ${what}`, isSo).catch((error: unknown) => {
        throw new Error(`${error}; it shows ${standing(stage.picture('databases'))}`)
      })
    },
  }
  const answerOf = async (
    id: string,
    isIt: (outcome: ProbeOutcome<unknown>) => boolean,
    what: string,
    mark = notes.length,
  ) => {
    const readings = (from: number) => notes.slice(from).filter((note) => note.id === id)
    // Only readings after this call have to tell it: before, the trouble was perhaps not made yet.
    const before = readings(mark).length
    const found = () => readings(mark).findIndex(({ outcome }) => isIt(outcome))
    await wait(`${id} gives ${what}`, () => found() >= 0 || readings(mark).length > before + TELLING_READINGS)
    const isInTime = found() >= 0 && found() < before + TELLING_READINGS
    assert.ok(isInTime, `${id} gave no ${what}: ${words(readings(mark))}`)
    return readings(mark)[found()]?.outcome ?? assert.fail()
  }
  context.signal.throwIfAborted()
  const giveBack = resolveHere(() => stage.resolves)
  poller.start()
  lifetime.after(giveBack)
  lifetime.after(() => poller.stop())
  return stage
}

function standing({ databases, alerts }: Picture): string {
  const views = databases.map(({ id, status, role, problem }) => `${id} ${role} ${status} ${problem?.message ?? ''}`)
  return [...views, ...alerts.map(({ message }) => message)].join('; ')
}

function words(notes: readonly { readonly outcome: ProbeOutcome<unknown> }[]): string {
  return notes.map(({ outcome }) => (outcome.ok ? 'a good answer' : JSON.stringify(outcome.fault))).join(', then ')
}

type Nodes = Readonly<Record<'primary' | 'first' | 'second', PostgresNode>>

function clustersOf(nodes: Nodes, proxies: Stage['proxies'], sites: Sites, hasSsh: boolean): readonly ClusterConfig[] {
  const { primary, first, second } = nodes
  const throughProxy = second.dsn('pgdeck').replace(`:${second.port}/`, `:${proxies.second.port}/`)
  const web = serverConfig(`http://127.0.0.1:${proxies.web.port}/`)
  const shop = serverConfig(`https://127.0.0.1:${sites.shopPort}/`, { dnsName: 'localhost' })
  const servers = [
    { ...web, spec: { ...web.spec, id: 'web', healthyStatus: [200] } },
    { ...shop, spec: { ...shop.spec, id: 'shop', healthyStatus: [200] } },
  ]
  const sites_ = { ...clusterOf(servers[0] ?? web), servers }
  const databases = named(
    'databases',
    ['primary', 'first', 'second'],
    [primary.dsn('pgdeck'), first.dsn('pgdeck'), throughProxy],
  )
  const other = named('named', ['named'], [second.dsn('pgdeck').replace('127.0.0.1', NAME)])
  const specs = servers.map(({ spec }) => spec)
  const all = [databases, other, { ...sites_, spec: { ...sites_.spec, name: 'web', servers: specs } }]
  const paced = all.map((one): ClusterConfig => {
    return { ...one, spec: { ...one.spec, intervalMs: INTERVAL_MS, timeoutMs: TIMEOUT_MS } }
  })
  return hasSsh ? [...paced, farCluster(second)] : paced
}

/** A database behind a jump host: a first handshake of ssh takes its time. */
function farCluster(node: PostgresNode): ClusterConfig {
  const far = named('far', ['far'], [node.dsn('pgdeck')])
  const host = { id: 'jump', address: null, access: { kind: 'ssh', destination: 'box' } } as const
  const more = { dataDirectory: null, binDirectory: null, start: null, stop: null, installDirectory: null, logs: [] }
  return {
    ...far,
    databases: far.databases.map((database) => ({ ...database, via: 'jump' })),
    hosts: [{ ...host, ...more, platform: 'linux' }],
    spec: { ...far.spec, hosts: [host], intervalMs: INTERVAL_MS, timeoutMs: 2 * TIMEOUT_MS },
  }
}

function named(name: string, ids: readonly string[], dsns: readonly string[]): ClusterConfig {
  const [cluster] = configFromDsns(dsns, {}).clusters
  assert.ok(cluster)
  const databases = cluster.databases.map((database, index) => {
    return { ...database, spec: { ...database.spec, id: ids[index] ?? assert.fail() } }
  })
  return { ...cluster, databases, spec: { ...cluster.spec, name, databases: databases.map(({ spec }) => spec) } }
}

/** A DNS server of ours for one name, in place of the system's; answers with what takes it back. */
function resolveHere(resolves: () => boolean): () => void {
  const { lookup } = dns
  const ours = async (host: string, options: object) => {
    if (host !== NAME) return await lookup(host, options)
    if (resolves()) return [{ address: '127.0.0.1', family: 4 }]
    throw Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), { code: 'EAI_AGAIN' })
  }
  Object.assign(dns, { lookup: ours })
  syncBuiltinESMExports()
  return () => {
    Object.assign(dns, { lookup })
    syncBuiltinESMExports()
  }
}
