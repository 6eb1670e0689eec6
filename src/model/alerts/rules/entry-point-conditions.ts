// Alert conditions of poolers, proxies and addresses: they are silent, lead to another database than they should, or hold users
// up.

import type {
  AddressView,
  EntryPointView,
  PooledDatabaseView,
  PoolerView,
  ProxyView,
} from '../../measured/entry-points/entry-point-view.ts'
import type { Severity } from '../../picture/picture.ts'
import { subjectOf } from '../../picture/subject.ts'
import { runSummary } from '../../runs/lock/cluster-run.ts'
import { isSameAddress } from '../../values/address.ts'
import { isUnasked } from '../../values/fault.ts'
import { listText } from '../../values/text.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, afterInterval, immediate, type RuleInput } from './condition.ts'

/** What the rules about entry points read. */
export type EntryPointInput = Pick<RuleInput, 'entryPoints' | 'runs' | 'snapshot' | 'now'>

export function entryPointConditions(input: EntryPointInput): readonly AlertCondition[] {
  // What was read last says nothing about now.
  return input.entryPoints.flatMap((view) =>
    view.problem ? [silence(view, view.problem, input)] : conditionsOf(view, input),
  )
}

function conditionsOf(view: EntryPointView, input: EntryPointInput): readonly AlertCondition[] {
  switch (view.kind) {
    case 'pooler':
      return poolerConditions(view, input)
    case 'proxy':
      return proxyConditions(view)
    case 'address':
      return addressConditions(view)
  }
}

const SILENT = { pooler: 'pooler-silent', proxy: 'proxy-silent', address: 'address-silent' } as const

/**
 * Users of an address that leads to the primary can't get in; a pooler or proxy that tells nothing may go on. Behind a pool that
 * an action pauses they only wait.
 */
function silence(
  view: EntryPointView,
  problem: NonNullable<EntryPointView['problem']>,
  input: EntryPointInput,
): AlertCondition {
  const { kind, id, name, expects } = view
  const isOutage = kind === 'address' && expects === 'primary' && !isUnasked(problem) && !onlyWaits(view, input)
  const what = kind === 'address' ? `no new session through ${name}` : `${name} tells nothing`
  const condition = afterInterval(
    SILENT[kind],
    subjectOf(id),
    isOutage ? 'critical' : 'warning',
    `${what}: ${problem.message}`,
  )
  return { ...condition, since: problem.since }
}

function addressConditions(view: AddressView): readonly AlertCondition[] {
  return view.leadsTo.some(({ isExpected }) => isExpected === false)
    ? [afterInterval('address-elsewhere', subjectOf(view.id), severityOf(view), elsewhereText(view))]
    : []
}

function severityOf({ expects }: EntryPointView): Severity {
  return expects === 'primary' ? 'critical' : 'warning'
}

/** `vip leads to db-1, not to the primary`. */
function elsewhereText({ name, expects, leadsTo }: Pick<EntryPointView, 'name' | 'expects' | 'leadsTo'>): string {
  const wrong = leadsTo.filter(({ isExpected }) => isExpected === false).map((each) => each.name)
  return `${name} leads to ${listText(wrong, 'and')}, not to ${expects === 'primary' ? 'the primary' : 'a standby'}`
}

function proxyConditions(view: ProxyView): readonly AlertCondition[] {
  const { id, name, spec, servers, leadsTo } = view
  if (view.reading === null) return []
  if (!servers.some(({ isUsed }) => isUsed)) {
    const states = servers.map((server) => `${server.name} ${server.status}`)
    const why = states.length === 0 ? 'it has none' : listText(states, 'and')
    const message = `${name}: no server of backend ${spec.backend} is up (${why})`
    return [afterInterval('proxy-no-server', subjectOf(id), severityOf(view), message)]
  }
  return leadsTo.some(({ isExpected }) => isExpected === false)
    ? [
        afterInterval(
          'proxy-elsewhere',
          subjectOf(id),
          severityOf(view),
          elsewhereText({ ...view, name: `${name}: backend ${spec.backend}` }),
        ),
      ]
    : []
}

function poolerConditions(view: PoolerView, input: EntryPointInput): readonly AlertCondition[] {
  const { id, name, reading, databases } = view
  if (reading === null) return []
  if (reading.isPaused) return [paused(view, [], input)]
  const wrong = databases.filter(({ leadsTo }) => leadsTo.some(({ isExpected }) => isExpected === false))
  const disabled = databases.filter((each) => each.disabled)
  const held = databases.filter((each) => each.paused)
  return [
    ...(held.length === 0 ? [] : [paused(view, held, input)]),
    ...(disabled.length === 0
      ? []
      : [immediate('pooler-disabled', subjectOf(id), 'critical', disabledText(name, disabled))]),
    ...wrong.slice(0, 1).map((each) => {
      const text = elsewhereText({ ...view, name: `${name}: database ${each.name}`, leadsTo: each.leadsTo })
      return afterInterval('pooler-elsewhere', subjectOf(id), severityOf(view), text)
    }),
    ...waiting(view, input),
  ]
}

/** What an action of pgdeck pauses it resumes itself, within a part of a minute after the longest usual pause. */
const LONGEST_PAUSE_MS = 180_000
const PAUSING_ACTIONS: ReadonlySet<string> = new Set([
  'switchover',
  'promote',
  'failback',
  'restart',
  'rolling-restart',
])

function pausingRun({ since }: PoolerView, { runs, now }: EntryPointInput) {
  const run = runs.find(({ action }) => PAUSING_ACTIONS.has(action)) ?? null
  return { run, isUsual: run !== null && now - (since ?? now) < LONGEST_PAUSE_MS }
}

/** Whether it is the address of a pool that an action has paused, no longer than usual. */
function onlyWaits({ spec }: AddressView, input: EntryPointInput): boolean {
  return input.entryPoints.some(
    (view) =>
      view.kind === 'pooler' &&
      view.status === 'paused' &&
      view.spec.port === spec.port &&
      isSameAddress(view.spec.host, spec.host) &&
      view.spec.via === spec.via &&
      isHeld(view, spec.database) &&
      pausingRun(view, input).isUsual,
  )
}

function isHeld({ reading, databases }: PoolerView, database: string | undefined): boolean {
  return reading?.isPaused === true || databases.some(({ name, paused: held }) => held && name === (database ?? name))
}

/** `databases`: the paused ones; none where all of the pooler is paused. Nobody but the run that paused them resumes them. */
function paused(view: PoolerView, databases: readonly PooledDatabaseView[], input: EntryPointInput): AlertCondition {
  const { id, name } = view
  const what = pausedText(databases.map((each) => each.name))
  const clients = databases.reduce((sum, { clientsWaiting }) => sum + clientsWaiting, 0)
  const waits = clients === 0 ? '' : clients === 1 ? ', 1 client waits' : `, ${clients} clients wait`
  const { run, isUsual } = pausingRun(view, input)
  if (run && isUsual) {
    const message = `${name}: ${what} paused while ${runSummary(run)}`
    return immediate('pooler-paused', subjectOf(id), 'warning', message)
  }
  const commands = databases.length === 0 ? 'RESUME' : commandsText(databases.map((each) => each.name))
  const message = run
    ? `${name}: ${what} still paused while ${runSummary(run)}${waits}: look at that run, or give ${commands} on its console`
    : `${name}: ${what} paused without a run${waits}: give ${commands} on its console, or resume an interrupted run (pgdeck do --resume RUN)`
  return immediate('pooler-paused', subjectOf(id), 'critical', message)
}

const MOST_NAMED = 3

function pausedText(names: readonly string[]): string {
  const [only] = names
  if (only === undefined) return 'all its databases are'
  if (names.length === 1) return `database ${only} is`
  return `databases ${namedText(names)} are`
}

/** PgBouncer takes one name in each command. */
function commandsText(names: readonly string[]): string {
  return namedText(names.map((name) => `RESUME "${name}"`))
}

function namedText(names: readonly string[]): string {
  if (names.length <= MOST_NAMED) return listText(names, 'and')
  return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
}

function disabledText(name: string, databases: readonly PooledDatabaseView[]): string {
  const names = databases.map((each) => each.name)
  const [first = ''] = names
  const many = names.length > 1
  return `${name}: ${many ? 'databases' : 'database'} ${listText(names, 'and')} ${many ? 'are' : 'is'} disabled, new clients are refused: give ENABLE "${first}" on its console`
}

function waiting({ id, name, databases }: PoolerView, { snapshot }: EntryPointInput): readonly AlertCondition[] {
  const [longest] = databases
    .filter((each) => !each.paused)
    .toSorted((a, b) => b.longestWaitSeconds - a.longestWaitSeconds)
  if (!longest) return []
  const { clientsWaiting, longestWaitSeconds } = longest
  const limits = snapshot.spec.thresholds.poolerWaitSeconds
  return aboveThreshold('pooler-waiting', subjectOf(id), longestWaitSeconds, limits, (limit) => {
    const who = clientsWaiting === 1 ? '1 client waits' : `${clientsWaiting} clients wait`
    return `${name}: ${who} for a connection to ${longest.name}, the longest for ${formatSeconds(longestWaitSeconds)} (limit ${formatSeconds(limit)})`
  })
}
