// Asks what is declared as the manager of a cluster as a whole: members of Patroni without a database, repmgr's table, the
// monitor of pg_auto_failover.

import type { ClusterConfig, ManagerConfig } from '../../config/config.ts'
import { openDatabaseSession } from '../../io/postgres/database-session.ts'
import { MANAGER_INTERVAL_MS } from '../../model/managers/detection/intervals.ts'
import { repmgrGrants } from '../../model/managers/repmgr-grants.ts'
import type { ManagerReading, ManagerReport } from '../../model/measured/managers/manager-report.ts'
import { FaultError } from '../../model/values/fault.ts'
import { readCloudNativePg } from '../../probes/database/managers/cloudnativepg.ts'
import { readPatroni } from '../../probes/database/managers/patroni-rest.ts'
import { readRegisteredNodes } from '../../probes/database/managers/repmgr-pgaf-nodes.ts'
import type { PatroniSettings } from '../../probes/probe.ts'
import type { Store } from '../../state/store.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

export interface ManagerSourcePoll extends PolledTarget {
  close(): Promise<void>
}

/** One per address of the cluster; none without a declared manager. */
export function createManagerSourcePolls(store: Store, { spec, manager }: ClusterConfig): readonly ManagerSourcePoll[] {
  if (!manager) return []
  return (spec.managerSources ?? []).map(({ address }) => {
    const source = sourceAt(address, manager, spec.timeoutMs)
    let failures = 0
    let asks: ReadOptions = { limitMs: LIMIT_MS, isAnew: false }
    let lastReport: ManagerReading['lastReport'] = null
    const target = createPolledTarget<ManagerReading>({
      everyMs: MANAGER_INTERVAL_MS,
      ...(manager.kind === 'cloudnativepg' ? { limitMs: KUBECTL_MS } : {}),
      description: `the manager at ${address}`,
      async read(signal) {
        try {
          const reports = await source.read(signal, asks)
          failures = 0
          const full = reports.find(({ members }) => members.length > 0)
          if (full) lastReport = { report: full, at: Date.now() }
          return { reports, unresponsiveAgent: null, lastReport: full ? null : lastReport, traces: null }
        } catch (error) {
          if (!(error instanceof FaultError)) throw error
          failures += 1
          return {
            reports: [],
            unresponsiveAgent: { address, problem: error.fault, failures },
            lastReport,
            traces: null,
          }
        }
      },
      onResult: (outcome) =>
        store.dispatch({ type: 'manager-source-polled', cluster: spec.name, address, at: Date.now(), outcome }),
    })
    // After a failure, the next try comes soon.
    const poll: PolledTarget['poll'] = (limits) => {
      // An action needs the whole answer, also of a busy agent. One that was silent before is not waited for.
      const isAnew = limits.anew === true
      const limitMs = isAnew && failures === 0 ? ANEW_MS : LIMIT_MS
      asks = { limitMs, isAnew }
      const timeoutMs = Math.max(limits.timeoutMs, limitMs === ANEW_MS ? ANEW_MS : 0)
      return target.poll({ ...limits, timeoutMs, ...(failures > 0 ? { force: true } : {}) })
    }
    return { poll, close: source.close }
  })
}

/** What is declared as the manager, to ask it once. `close` it afterwards. */
export function openManagerSources({
  spec,
  manager,
}: ClusterConfig): readonly (Source & { readonly address: string })[] {
  if (!manager) return []
  return (spec.managerSources ?? []).map(({ address }) => ({ ...sourceAt(address, manager, spec.timeoutMs), address }))
}

function sourceAt(address: string, manager: ManagerConfig, timeoutMs: number): Source {
  if (manager.kind === 'patroni') return patroniSource(address, manager)
  return manager.kind === 'cloudnativepg' ? operatorSource(manager) : tableSource(manager, timeoutMs)
}

interface ReadOptions {
  /** For what the configuration store has to answer. */
  readonly limitMs: number
  /** Nothing of before counts. */
  readonly isAnew: boolean
}

interface Source {
  read(signal: AbortSignal, options?: ReadOptions): Promise<readonly ManagerReport[]>
  close(): Promise<void>
}

/** What the configuration store has to answer may take this share of the time limit. */
const SHARE = 0.8
const LIMIT_MS = 1_500
const ANEW_MS = 4_000

/** Settings of Patroni, and its history, change by hand or seldom. */
const SETTINGS_EVERY_MS = 60_000

function patroniSource(address: string, { trust }: Extract<ManagerConfig, { kind: 'patroni' }>): Source {
  let known: { readonly value: PatroniSettings; readonly at: number } | null = null
  return {
    async read(signal, { limitMs, isAnew } = { limitMs: LIMIT_MS, isAnew: true }) {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(limitMs * SHARE)])
      const isYoung = !isAnew && known !== null && performance.now() - known.at < SETTINGS_EVERY_MS
      const report = await readPatroni({
        address,
        trust,
        known: isYoung ? (known?.value ?? null) : null,
        signal,
        inTime,
      })
      const { settings = null, lastEvent = null } = report
      // Those that were not asked for again keep their age.
      if (settings !== null && known?.value.settings !== settings)
        known = { value: { settings, lastEvent }, at: performance.now() }
      return [report]
    },
    close: async () => {},
  }
}

/** The program logs in anew each time, often with a helper of a cloud. */
const KUBECTL_MS = 10_000

function operatorSource({ resource }: Extract<ManagerConfig, { kind: 'cloudnativepg' }>): Source {
  return {
    async read(signal) {
      return [await readCloudNativePg(resource, signal)]
    },
    close: async () => {},
  }
}

type TableManager = Extract<ManagerConfig, { kind: 'repmgr' | 'pg_auto_failover' }>

function tableSource(manager: TableManager, timeoutMs: number): Source {
  const { connection, kind } = manager
  const link = openDatabaseSession({ connection, passwordCommand: null, timeoutMs })
  const table = kind === 'repmgr' ? 'repmgr.nodes' : 'pgautofailover.node'
  return {
    async read(signal) {
      const reports = await readRegisteredNodes(link, table, signal)
      if (reports.length === 0) throw unreadable(manager, table)
      return kind === 'repmgr' ? reports : reports.filter(({ scope }) => scope === manager.formation)
    },
    close: () => link.close(),
  }
}

function unreadable({ kind, connection: { user } }: TableManager, table: string): FaultError {
  const hint =
    kind === 'repmgr'
      ? `In that database, on the primary: ${repmgrGrants(user)};`
      : 'Connect to the monitor as the role autoctl_node.'
  return new FaultError({ code: 'auth', message: `${table} is not there, is empty, or ${user} may not read it`, hint })
}
