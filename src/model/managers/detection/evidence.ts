// The signs of one kind of manager on a database server, and the strength of each: it runs, a trace, or a hint.

import {
  type ManagerKind,
  type ManagerSign,
  type ManagerTraces,
  PATRONI_COMMAND_LINE_SETTINGS,
} from '../../measured/managers/manager-signs.ts'
import type { DatabasePulse } from '../../measured/pulse.ts'
import { listText } from '../../values/text.ts'
import { FOREIGN_SIGNS, type ForeignManagerSigns, isForeignManager } from './foreign-signs.ts'

export interface ManagerEvidence {
  /** In words, e.g. `a session of repmgr`. */
  readonly what: string
  /**
   * `live`: it runs. `trace`: remains when a manager is gone, but only a superuser, a role that may replicate, or an
   * owner of the server's files can make it. `hint`: every user of the database can make it.
   */
  readonly weight: 'live' | 'trace' | 'hint'
  /** An operator in Kubernetes runs it. */
  readonly inPods?: true
}

const PGAF_PREFIX = 'pgautofailover_standby_'
/** Nobody sets this many of exactly these by hand. Versions of Patroni differ by one or two. */
const COMMAND_LINE_ENOUGH = PATRONI_COMMAND_LINE_SETTINGS.length - 2
/** Patroni moves the original configuration into this file, and writes its own beside it. */
const PATRONI_BASE_FILE = 'postgresql.base.conf'

/** Whether Patroni started this server, or writes its files. No user of the database can fake that. */
export function isRunByPatroni(traces: ManagerTraces | null): boolean {
  if (traces === null) return false
  return traces.writtenByPatroni === true || traces.commandLineSettings >= COMMAND_LINE_ENOUGH
}

/** Returns the signs of that kind of manager on this server; empty without any. */
export function managerEvidenceOn(
  pulse: DatabasePulse,
  traces: ManagerTraces | null,
  kind: ManagerKind,
): readonly ManagerEvidence[] {
  if (isForeignManager(kind)) return foreignEvidence(pulse, traces, FOREIGN_SIGNS[kind])
  switch (kind) {
    case 'patroni':
      return patroniEvidence(pulse, traces)
    case 'repmgr':
      return repmgrEvidence(pulse, traces)
    case 'pg_auto_failover':
      return pgafEvidence(pulse, traces)
  }
}

function patroniEvidence(
  { managerSigns: signs }: DatabasePulse,
  traces: ManagerTraces | null,
): readonly ManagerEvidence[] {
  const given = traces?.commandLineSettings ?? 0
  const operators = [
    ...roles(signs.roles, ['_crunchyrepl'], 'which the operator of Crunchy makes'),
    ...roles(signs.roles, ['zalandos', 'robot_zmon'], 'which the operator of Zalando makes'),
  ].map((each): ManagerEvidence => ({ ...each, inPods: true }))
  return [
    ...sessions(signs.sessions, ['Patroni'], 'of Patroni'),
    ...trace(
      given >= COMMAND_LINE_ENOUGH,
      `PostgreSQL was started with ${given} settings on its command line, as Patroni does`,
    ),
    ...trace(
      traces?.files?.some((file) => fileName(file) === PATRONI_BASE_FILE),
      `settings from ${PATRONI_BASE_FILE}`,
    ),
    ...trace(traces?.writtenByPatroni, 'files that say “It will be overwritten by Patroni!”'),
    ...operators,
  ]
}

/** Its role and database are made by hand and may have other names. One of them alone is weak evidence. */
function repmgrEvidence({ managerSigns: signs, senders }: DatabasePulse, traces: ManagerTraces | null) {
  const replicates = senders.some(({ userName }) => userName === 'repmgr')
  const weak = [
    ...named(signs.databases, 'repmgr', 'a database named repmgr'),
    ...named(signs.roles, 'repmgr', 'a role named repmgr'),
    ...trace(replicates, 'replication as repmgr'),
  ]
  return [
    ...sessions(signs.sessions, ['repmgr', 'repmgrd'], 'of repmgr'),
    ...trace(loads(signs.libraries, 'repmgr'), 'repmgr in shared_preload_libraries'),
    ...named(signs.tables, 'repmgr.nodes', 'the table repmgr.nodes'),
    ...named(traces?.extensions ?? [], 'repmgr', 'the extension repmgr'),
    ...(weak.filter(({ weight }) => weight === 'trace').length > 1 ? weak : weak.map(asHint)),
  ]
}

/** A server continues when its keeper ends: no sign on it proves that a keeper runs. */
function pgafEvidence({ managerSigns: signs, senders, slots }: DatabasePulse, traces: ManagerTraces | null) {
  const slot = slots.find(({ name }) => name.startsWith(PGAF_PREFIX))
  const sender = senders.find(({ applicationName }) => applicationName.startsWith(PGAF_PREFIX))
  return [
    ...trace(sender, `the standby ${sender?.applicationName}`),
    ...trace(loads(signs.libraries, 'pgautofailover'), 'pgautofailover in shared_preload_libraries'),
    ...named(signs.tables, 'pgautofailover.node', 'the table pgautofailover.node'),
    ...named(traces?.extensions ?? [], 'pgautofailover', 'the extension pgautofailover'),
    ...trace(slot, `the slot ${slot?.name}`),
    ...roles(signs.roles, ['pgautofailover_monitor', 'pgautofailover_replicator'], null),
    ...trace(
      traces?.files?.some((file) => /^postgresql-auto-failover/.test(fileName(file))),
      'settings from its files',
    ),
  ]
}

function foreignEvidence(
  { managerSigns: signs, senders, slots }: DatabasePulse,
  traces: ManagerTraces | null,
  about: ForeignManagerSigns,
): readonly ManagerEvidence[] {
  const { prefix } = about
  const slot = prefix === null ? undefined : slots.find(({ name }) => name.startsWith(prefix))
  const sender = prefix === null ? undefined : senders.find(({ applicationName }) => applicationName.startsWith(prefix))
  const file = traces?.files?.map(fileName).find((name) => about.files.includes(name))
  return [
    ...(traces?.settings ?? [])
      .filter(({ name }) => about.settings.some((wanted) => name === wanted || name.startsWith(`${wanted}.`)))
      .map((sign): ManagerEvidence => ({ what: `the setting ${sign.name}`, weight: weightOf(sign) })),
    ...(traces?.extensions ?? [])
      .filter(({ name }) => about.extensions.includes(name))
      .map((sign): ManagerEvidence => ({ what: `the extension ${sign.name}`, weight: weightOf(sign) })),
    ...(signs.functions ?? []).filter(({ name }) => about.ownFunctions.includes(name)).map(functionEvidence),
    ...trace(file, `settings from ${file}`),
    ...trace(slot, `the slot ${slot?.name}`),
    ...trace(sender, `the standby ${sender?.applicationName}`),
    // A name that others may choose too is weak evidence, whoever made the role.
    ...roles(signs.roles, about.ownRoles, null),
    ...roles(signs.roles, about.commonRoles, null).map(asHint),
  ]
}

function trace(is: unknown, what: string): readonly ManagerEvidence[] {
  return is ? [{ what, weight: 'trace' }] : []
}

/** Every user may choose the application name of a session. Nobody may choose its role. */
function sessions(
  all: readonly (ManagerSign & { readonly count: number })[],
  names: readonly string[],
  what: string,
): readonly ManagerEvidence[] {
  const total = (isPrivileged: boolean) =>
    all
      .filter((sign) => names.includes(sign.name) && sign.isPrivileged === isPrivileged)
      .reduce((sum, { count }) => sum + count, 0)
  const [own, others] = [total(true), total(false)]
  return [
    ...(own > 0 ? [{ what: `${counted(own)} ${what}`, weight: 'live' } as const] : []),
    ...(others > 0
      ? [{ what: `${counted(others)} of an ordinary user, named as those ${what}`, weight: 'hint' } as const]
      : []),
  ]
}

function counted(count: number): string {
  return count === 1 ? 'a session' : `${count} sessions`
}

function roles(all: readonly ManagerSign[], names: readonly string[], why: string | null): readonly ManagerEvidence[] {
  const signs = all.filter(({ name }) => names.includes(name))
  if (signs.length === 0) return []
  const list = listText(signs.map(({ name }) => name))
  const what = `the ${signs.length === 1 ? 'role' : 'roles'} ${list}${why === null ? '' : `, ${why}`}`
  return [{ what, weight: signs.some(({ isPrivileged }) => isPrivileged) ? 'trace' : 'hint' }]
}

function named(all: readonly ManagerSign[], name: string, what: string): readonly ManagerEvidence[] {
  const signs = all.filter((sign) => sign.name === name)
  return signs.length === 0 ? [] : [{ what, weight: signs.some(({ isPrivileged }) => isPrivileged) ? 'trace' : 'hint' }]
}

/** The service's own build of PostgreSQL answers: no other has it. */
function functionEvidence({ name, isPrivileged }: ManagerSign): ManagerEvidence {
  return { what: `the function pg_catalog.${name}()`, weight: isPrivileged ? 'live' : 'hint' }
}

function weightOf({ isPrivileged }: ManagerSign): ManagerEvidence['weight'] {
  return isPrivileged ? 'trace' : 'hint'
}

function asHint(evidence: ManagerEvidence): ManagerEvidence {
  return { ...evidence, weight: 'hint' }
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function loads(libraries: string | null, name: string): boolean {
  const loaded = (libraries ?? '').split(',').map((library) => fileName(library.trim().replaceAll('"', '')))
  return loaded.includes(name)
}
