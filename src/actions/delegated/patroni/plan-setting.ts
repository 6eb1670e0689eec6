// A parameter of PostgreSQL in Patroni's dynamic configuration. What it does with one was read in its source and measured
// (3.0.2): some it sets itself, some it takes only from there, and for the others ALTER SYSTEM and a patroni.yml win.

import { booleanValue } from '../../../model/settings/boolean-value.ts'
import { numberInUnit } from '../../../model/settings/value-form.ts'
import { listText } from '../../../model/values/text.ts'
import type { ChangedNode } from '../../change-setting/changed-node.ts'
import { autoConfValue, meansTheSame } from '../../change-setting/node-setting.ts'
import { holdsSecret } from '../../change-setting/setting-request.ts'
import type { PreflightCheck, PreflightResult } from '../../definition/action.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedAct } from '../definition/wanted-act.ts'
import { addressesFor, patroniConfigOf } from './addresses.ts'
import { readConfigOf } from './call.ts'
import { noteOf, type ParameterValue, parametersIn } from './kept-setting.ts'
import { plannedCall } from './planned-call.ts'

type SettingWanted = Extract<WantedAct, { act: 'set-parameter' }>

const ITS_OWN: ReadonlySet<string> = new Set([
  'listen_addresses',
  'port',
  'cluster_name',
  'hot_standby',
  'wal_log_hints',
])
const OF_RECOVERY: ReadonlySet<string> = new Set([
  'restore_command',
  'archive_cleanup_command',
  'recovery_end_command',
  'recovery_min_apply_delay',
])

/** Smaller values are dropped without a word; wal_keep_size in MB. */
const LEAST: Readonly<Record<string, number>> = {
  max_connections: 25,
  max_wal_senders: 3,
  max_locks_per_transaction: 32,
  max_replication_slots: 4,
  max_worker_processes: 2,
  wal_keep_size: 16,
}

/** Taken from the dynamic configuration alone, and but for wal_keep_size written on the command line. */
const NEVER_LOCAL: ReadonlySet<string> = new Set([
  ...Object.keys(LEAST),
  'wal_level',
  'max_prepared_transactions',
  'track_commit_timestamp',
])

export async function planSetting(wanted: SettingWanted, context: DelegationContext): Promise<RequestPlan> {
  const { manager, clusterView, tools } = context
  const why = whyNotSet(wanted, context)
  if (why !== null) return { why }
  const value = wanted.value === null ? null : asPatroniReads(wanted, wanted.value)
  if (value === null && wanted.value !== null)
    return { why: `it takes ${wanted.name} only as a plain value, and not as ${wanted.value}` }
  const strangers = clusterView.picture.databases.filter(({ id, configured }) => configured && !manager.names[id])
  if (strangers.length > 0)
    return { why: `it has no member ${listText(strangers.map(({ name }) => name))}, which would not get the value` }
  const config = patroniConfigOf(tools.config)
  if (!config) return { why: 'no Patroni is configured' }
  const addresses = addressesFor(null, context)
  const kept = parametersIn(await readConfigOf(addresses, config, tools.signal))
  // Its own spelling counts: two of one parameter would contradict each other.
  const key = Object.keys(kept).find((each) => each.toLowerCase() === wanted.name.toLowerCase()) ?? wanted.name
  const bodyOf = (value: ParameterValue) => ({ postgresql: { parameters: { [key]: value } } })
  const before = kept[key] ?? null
  const isSecret = before !== null && holdsSecret(key, String(before))
  const loop = manager.details?.settings?.loopWaitSeconds ?? 10
  return plannedCall(
    {
      title:
        value === null
          ? `ask Patroni to keep no value of ${key}`
          : `ask Patroni to keep ${key} = ${value === '' ? "''" : value} for all members`,
      method: 'PATCH',
      path: '/config',
      body: bodyOf(value),
      replaces: { name: key, before: noteOf(key, before) },
      ...(isSecret
        ? {}
        : { undo: { body: bodyOf(before), goal: 'config' as const, replaces: { name: key, before: value } } }),
      addresses,
      view: null,
      goal: 'config',
      name: key,
      command: [
        ...['patronictl', 'edit-config', manager.scope ?? 'SCOPE'],
        ...['--pg', `${key}=${value ?? 'null'}`, '--force'],
      ],
      checks: [nothingOutranks(wanted, before)],
      effects: [
        `Patroni writes it into the files of all members and reloads them, within ${loop} s.`,
        ...(isSecret ? ['The old value holds a secret: pgdeck does not keep it, so this can’t be undone.'] : []),
      ],
      deadlineSeconds: 30 + 3 * loop,
    },
    context,
  )
}

/** What Patroni would drop, or set to something else. */
function whyNotSet({ name, value, nodes, isForAll }: SettingWanted, { manager }: DelegationContext): string | null {
  const of = name.toLowerCase()
  if (!isForAll) return 'it keeps one value for all members: leave out the names of databases'
  if (ITS_OWN.has(of)) return `it sets ${of} itself, from the patroni.yml of each member`
  if (OF_RECOVERY.has(of)) return `it keeps ${of} in postgresql.recovery_conf: patronictl edit-config`
  const mode = manager.details?.settings?.synchronousMode ?? 'off'
  if (of === 'synchronous_standby_names' && mode !== 'off')
    return `it sets ${of} itself, while synchronous_mode is ${mode}`
  if (of === 'wal_level' && value !== null && !/^(?:replica|logical|hot_standby)$/i.test(value.trim()))
    return `it takes no wal_level ${value}`
  const least = LEAST[of]
  const [first] = nodes
  const form = first?.node.setting?.form
  const number = value === null || !form ? null : numberInUnit(value, form)
  if (least === undefined || number === null || number >= least) return null
  return `it drops ${of} below ${least}${form?.unit ?? ''}, and keeps another value`
}

/**
 * What PostgreSQL reads as a number, such as 1e3, makes Patroni drop its whole dynamic configuration on each member where
 * it judges the number itself; of words it knows fewer. So these are written in their plain form; null: there is none.
 */
function asPatroniReads({ name, nodes: [first] }: SettingWanted, value: string): string | null {
  const of = name.toLowerCase()
  if (!NEVER_LOCAL.has(of)) return value
  if (of === 'wal_level') return value.trim().toLowerCase()
  if (of === 'track_commit_timestamp') {
    const isOn = booleanValue(value)
    return isOn === null ? null : isOn ? 'on' : 'off'
  }
  const form = first?.node.setting?.form
  const number = form ? numberInUnit(value, form) : null
  if (number === null) return /^\d+$/.test(value) ? value : null
  return Number.isInteger(number) ? `${number}${form?.unit ?? ''}` : null
}

/** ALTER SYSTEM and the patroni.yml of a member win over the dynamic configuration, except on the command line. */
function nothingOutranks({ name, nodes }: SettingWanted, before: ParameterValue): PreflightCheck {
  return {
    id: 'set-elsewhere',
    mayOverride: true,
    run(): PreflightResult {
      const of = name.toLowerCase()
      if (NEVER_LOCAL.has(of) && of !== 'wal_keep_size')
        return { result: 'pass', message: `Patroni gives ${name} on the command line, which wins`, hint: null }
      const altered = nodes.filter(({ node }) => hasAltered(node))
      if (altered.length > 0) {
        const message = `ALTER SYSTEM has set ${name} on ${namesIn(altered)}, which wins over Patroni`
        return {
          result: 'fail',
          message,
          hint: `There, as a superuser: ALTER SYSTEM RESET ${name}; then do this again.`,
        }
      }
      const local = NEVER_LOCAL.has(of) ? [] : nodes.filter(({ node }) => isLocal(node, before))
      if (local.length > 0) {
        const message = `the patroni.yml of ${namesIn(local)} sets ${name}, which wins over its dynamic configuration`
        return { result: 'fail', message, hint: 'Take it out of postgresql.parameters there: patronictl reload.' }
      }
      if (nodes.some(({ node }) => node.lines === null)) {
        const message = `whether ALTER SYSTEM or a patroni.yml sets ${name} is unknown: this role may not read pg_file_settings`
        return { result: 'warn', message, hint: 'Such a value would win over that of Patroni.' }
      }
      return { result: 'pass', message: `neither ALTER SYSTEM nor a patroni.yml sets ${name}`, hint: null }
    },
  }
}

function namesIn(nodes: readonly ChangedNode[]): string {
  return listText(nodes.map(({ name }) => name))
}

function hasAltered(node: ChangedNode['node']): boolean {
  const written = autoConfValue(node)
  return written !== 'unknown' && written.value !== null
}

/** Patroni writes postgresql.conf from both; what it has there and not in its dynamic configuration is of a patroni.yml. */
function isLocal({ lines, setting }: ChangedNode['node'], before: ParameterValue): boolean {
  const written = lines?.findLast(({ file }) => /(?:^|[\\/])postgresql\.conf$/.test(file))
  if (!written) return false
  if (before === null) return true
  return setting !== null && !meansTheSame(setting, written.value, String(before))
}
