// Signs of Patroni, repmgr or pg_auto_failover that a database server itself shows, and how much each of them says.

import type { DatabasePulse } from './facts.ts'

export const MANAGER_KINDS = ['patroni', 'pg_auto_failover', 'repmgr'] as const
export type ManagerKind = (typeof MANAGER_KINDS)[number]

export const MANAGER_TITLES: Readonly<Record<ManagerKind, string>> = {
  patroni: 'Patroni',
  pg_auto_failover: 'pg_auto_failover',
  repmgr: 'repmgr',
}

/** What a database server itself shows of a manager, read with each poll. */
export interface ManagerSigns {
  /** Sessions that call themselves Patroni. */
  readonly patroniSessions: number
  /** Sessions that call themselves repmgr: of repmgrd, mostly. */
  readonly repmgrSessions: number
  /** shared_preload_libraries; null where this role may not read it. */
  readonly libraries: string | null
  /** Those of the roles that managers make. */
  readonly roles: readonly string[]
  /** Those of the databases that managers make. */
  readonly databases: readonly string[]
  /** Those of the managers' tables that are in the database of this connection, e.g. `repmgr.nodes`. */
  readonly tables: readonly string[]
}

const PGAF_PREFIX = 'pgautofailover_standby_'

export interface Evidence {
  /** In words, e.g. `a session of repmgr`. */
  readonly what: string
  /** False for what also stays behind when a manager is gone: roles, tables, settings. */
  readonly isLive: boolean
}

/** What this server shows of a manager of that kind; empty where nothing speaks of one. */
export function evidenceOn(pulse: DatabasePulse, kind: ManagerKind): readonly Evidence[] {
  switch (kind) {
    case 'patroni':
      return patroniEvidence(pulse.managerSigns)
    case 'repmgr':
      return repmgrEvidence(pulse)
    case 'pg_auto_failover':
      return pgafEvidence(pulse)
  }
}

function live(is: unknown, what: string): readonly Evidence[] {
  return is ? [{ what, isLive: true }] : []
}

function left(is: unknown, what: string): readonly Evidence[] {
  return is ? [{ what, isLive: false }] : []
}

function patroniEvidence({ patroniSessions: count }: ManagerSigns): readonly Evidence[] {
  return live(count > 0, `${count} ${count === 1 ? 'session' : 'sessions'} of Patroni`)
}

/** Its role and database are made by hand and may be named otherwise; one of them alone says nothing. */
function repmgrEvidence({ managerSigns: signs, senders }: DatabasePulse): readonly Evidence[] {
  const strong = [
    ...live(signs.repmgrSessions > 0, 'a session of repmgr'),
    ...left(loads(signs, 'repmgr'), 'repmgr in shared_preload_libraries'),
    ...left(signs.tables.includes('repmgr.nodes'), 'the table repmgr.nodes'),
  ]
  const replicates = senders.some(({ userName }) => userName === 'repmgr')
  const weak = [
    ...left(signs.databases.includes('repmgr'), 'a database named repmgr'),
    ...left(signs.roles.includes('repmgr'), 'a role named repmgr'),
    ...left(replicates, 'replication as repmgr'),
  ]
  return strong.length > 0 || weak.length > 1 ? [...strong, ...weak] : []
}

function pgafEvidence({ managerSigns: signs, senders, slots }: DatabasePulse): readonly Evidence[] {
  const roles = signs.roles.filter((role) => role.startsWith('pgautofailover_'))
  const slot = slots.find(({ name }) => name.startsWith(PGAF_PREFIX))
  const sender = senders.find(({ applicationName }) => applicationName.startsWith(PGAF_PREFIX))
  return [
    ...live(sender, `the standby ${sender?.applicationName}`),
    ...live(loads(signs, 'pgautofailover'), 'pgautofailover in shared_preload_libraries'),
    ...left(signs.tables.includes('pgautofailover.node'), 'the table pgautofailover.node'),
    ...left(slot, `the slot ${slot?.name}`),
    ...left(roles.length > 0, `the ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(' and ')}`),
  ]
}

function loads({ libraries }: ManagerSigns, name: string): boolean {
  const loaded = (libraries ?? '').split(',').map((library) => library.trim().replaceAll('"', '').replace(/^.*\//, ''))
  return loaded.includes(name)
}
