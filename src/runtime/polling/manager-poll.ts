// Asks the manager of one database for its report, beside the polls, if it is configured or if there are signs of one.

import type { DatabaseConfig } from '../../config/config.ts'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import { isRunByPatroni } from '../../model/managers/detection/evidence.ts'
import { MANAGER_INTERVAL_MS } from '../../model/managers/detection/intervals.ts'
import type { ManagerReading, ManagerReport, UnresponsiveAgent } from '../../model/measured/managers/manager-report.ts'
import type { ManagerSigns, ManagerTraces } from '../../model/measured/managers/manager-signs.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import type { ProbeOutcome } from '../../model/values/reading.ts'
import { type ManagerProbeResult, managerProbe } from '../../probes/database/managers/managers.ts'
import type { PatroniAddress, PatroniSettings } from '../../probes/probe.ts'
import type { Store } from '../../state/store.ts'
import { createPolledTarget, type PolledTarget, type TargetPollOptions } from './polled-target.ts'

export interface ManagerPoll extends PolledTarget {
  /** Called with the result of the database's latest poll. */
  saw(outcome: ProbeOutcome<DatabasePulse>): void
}

const PATRONI_PORT = 8008
/** Traces change with a restart of the server, or by hand. */
const TRACES_EVERY_MS = 300_000
/** For an action they are read again, but not at each of its refreshes. */
const TRACES_ANEW_MS = 10_000
/** Settings of Patroni change by hand. */
const SETTINGS_EVERY_MS = 60_000

/** What is stored between two requests. */
interface ManagerPollState {
  signs: ManagerSigns | null
  /** When the server of the traces was started, and when they were read by this process's clock. */
  startedAt: number | null
  traces: { readonly value: ManagerTraces; readonly of: number | null; readonly at: number } | null
  /** Settings that Patroni told, by this process's clock. */
  settings: { readonly value: PatroniSettings; readonly at: number } | null
  /** The start of the server for which the traces were tried last. */
  triedFor: number | null
  before: ManagerReading['lastReport']
  failures: number
}

/** Requests nothing before the database has answered, unless the configuration has the address of Patroni. */
export function createManagerPoll(
  store: Store,
  cluster: string,
  config: DatabaseConfig,
  session: DatabaseSession,
): ManagerPoll {
  const { id } = config.spec
  const memory: ManagerPollState = {
    signs: null,
    startedAt: null,
    traces: null,
    settings: null,
    triedFor: null,
    before: null,
    failures: 0,
  }
  let limits: TargetPollOptions = { timeoutMs: 1_000, intervalMs: MANAGER_INTERVAL_MS }
  const target = createPolledTarget({
    everyMs: MANAGER_INTERVAL_MS,
    description: `the manager of ${id}`,
    async read(signal) {
      const wantsTraces = areDue(memory, limits.anew === true)
      const tables = (memory.signs?.tables ?? []).filter(({ isPrivileged }) => isPrivileged).map(({ name }) => name)
      const patroni = patroniOf(config, memory)
      const { startedAt } = memory
      if (wantsTraces) memory.triedFor = startedAt
      const asked = await managerProbe.read(
        {
          link: session,
          tables,
          patroni: patroni === null ? null : addressed(patroni, config, knownSettings(memory, limits.anew === true)),
          limitMs: limits.timeoutMs,
          wantsTraces,
        },
        signal,
      )
      if (asked.traces) memory.traces = { value: asked.traces, of: startedAt, at: performance.now() }
      return answerOf(asked, config.patroni ?? null, memory)
    },
    onResult: (outcome) => store.dispatch({ type: 'manager-polled', cluster, id, at: Date.now(), outcome }),
  })
  return {
    async poll(asked) {
      const isAsked = patroniOf(config, memory) !== null || memory.startedAt !== null
      if (!isAsked) return
      limits = asked
      // After a first failure or a restart of the server, the next try comes soon.
      const isOpen = memory.failures > 0 || memory.triedFor !== memory.startedAt
      await target.poll(isOpen ? { ...asked, force: true } : asked)
    },
    saw(outcome) {
      if (!outcome.ok) return
      memory.signs = outcome.value.managerSigns
      memory.startedAt = outcome.value.startedAt
    },
  }
}

/** Where and how Patroni is asked. */
function addressed(address: string, { managerTrust }: DatabaseConfig, known: PatroniSettings | null): PatroniAddress {
  return { address, known, ...(managerTrust ? { trust: managerTrust } : {}) }
}

function areDue({ traces, startedAt }: ManagerPollState, anew: boolean): boolean {
  if (startedAt === null) return false
  if (traces === null || traces.of !== startedAt) return true
  return performance.now() - traces.at > (anew ? TRACES_ANEW_MS : TRACES_EVERY_MS)
}

function knownSettings({ settings }: ManagerPollState, anew: boolean): PatroniSettings | null {
  return settings !== null && !anew && performance.now() - settings.at < SETTINGS_EVERY_MS ? settings.value : null
}

/** Settings that were not asked for again keep their age. */
function rememberSettings(memory: ManagerPollState, value: PatroniSettings): void {
  if (memory.settings?.value.settings === value.settings) return
  memory.settings = { value, at: performance.now() }
}

/** Only the silence of a configured address means anything: Patroni may listen on another one. */
function answerOf(
  { reports, problem }: ManagerProbeResult,
  declared: string | null,
  memory: ManagerPollState,
): ManagerReading {
  const patroni: ManagerReport | undefined = reports.find(({ kind }) => kind === 'patroni')
  if (patroni && patroni.members.length > 0) memory.before = { report: patroni, at: Date.now() }
  if (patroni?.settings) rememberSettings(memory, { settings: patroni.settings, lastEvent: patroni.lastEvent ?? null })
  memory.failures = problem === null ? 0 : memory.failures + 1
  const silent: UnresponsiveAgent | null =
    problem === null || declared === null ? null : { address: declared, problem, failures: memory.failures }
  return {
    reports,
    unresponsiveAgent: silent,
    lastReport: patroni && patroni.members.length > 0 ? null : memory.before,
    traces: memory.traces?.value ?? null,
  }
}

/**
 * Without a configured address, Patroni is asked only after signs that an ordinary user can't fake: a user who can
 * choose an application name may also listen on that port. Behind an ssh host the address of the database is not valid
 * from here.
 */
function patroniOf(
  { spec: { host }, patroni, via }: DatabaseConfig,
  { signs, traces }: ManagerPollState,
): string | null {
  if (patroni) return patroni
  const isSeen =
    signs?.sessions.some(({ name, isPrivileged }) => name === 'Patroni' && isPrivileged) === true ||
    isRunByPatroni(traces?.value ?? null)
  if (!isSeen || via !== null) return null
  const name = host.startsWith('/') ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${PATRONI_PORT}`
}
