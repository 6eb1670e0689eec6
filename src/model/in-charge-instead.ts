// Each manager's own command for what pgdeck would do itself.

import type { Manager } from './in-charge.ts'
import type { ManagerKind } from './manager-signs.ts'

/** Acts that a manager does itself, or undoes. Others are none of its business. */
export const MANAGED_ACTS = [
  'promote',
  'switchover',
  'failback',
  'rebuild-replica',
  'follow',
  'decommission',
  'fence',
  'unfence',
  'create-slot',
  'add-hba-entry',
] as const
export type ManagedAct = (typeof MANAGED_ACTS)[number]

/** One act on one cluster. */
export interface Case {
  readonly manager: Manager
  readonly act: ManagedAct
  /** What the manager calls the target. */
  readonly member: string
  /** True while a primary answers: then a role is handed over, not taken. */
  readonly hasPrimary: boolean
  readonly targetHost: string
}

/** The command, and where to run it in words. */
type Instead = readonly [command: readonly string[], where: string]

/** null where a manager does not mind. */
export const INSTEAD: Readonly<Record<ManagerKind, (about: Case) => Instead | null>> = {
  patroni({ manager, act, member, hasPrimary, targetHost }) {
    const scope = manager.scope ?? 'SCOPE'
    const anywhere = 'on any host with its configuration (-c FILE where it is not the usual one)'
    switch (act) {
      case 'promote':
      case 'switchover':
      case 'failback': {
        // Without a leader there is nobody to hand over from.
        const way = hasPrimary ? 'switchover' : 'failover'
        return [['patronictl', way, scope, '--candidate', member], anywhere]
      }
      case 'rebuild-replica':
      case 'follow':
        return [['patronictl', 'reinit', scope, member], anywhere]
      case 'decommission':
      case 'fence':
        return [['systemctl', 'stop', 'patroni'], `on ${targetHost}`]
      case 'unfence':
        return [['systemctl', 'start', 'patroni'], `on ${targetHost}`]
      case 'create-slot':
      case 'add-hba-entry':
        return [
          ['patronictl', 'edit-config', scope],
          `${anywhere}: ${act === 'create-slot' ? 'slots' : 'postgresql.pg_hba'}`,
        ]
    }
  },
  repmgr({ act, hasPrimary, targetHost }) {
    const config = ['-f', '/etc/repmgr.conf']
    const here = `on ${targetHost}, as the user of the database server`
    switch (act) {
      case 'promote':
      case 'switchover':
      case 'failback':
        return hasPrimary
          ? [['repmgr', 'standby', 'switchover', ...config, '--siblings-follow'], here]
          : [['repmgr', 'standby', 'promote', ...config, '--siblings-follow'], here]
      case 'rebuild-replica': {
        const source = ['-h', 'PRIMARY', '-U', 'repmgr', '-d', 'repmgr']
        return [['repmgr', ...source, ...config, 'standby', 'clone', '--force'], here]
      }
      case 'follow':
        return [['repmgr', 'standby', 'follow', ...config], here]
      case 'decommission':
        return [['repmgr', 'standby', 'unregister', ...config], here]
      case 'fence':
        return [['repmgr', 'service', 'pause', ...config], 'on any of its hosts, before the server is stopped']
      case 'unfence':
        return [['repmgr', 'service', 'unpause', ...config], 'on any of its hosts, once the server is back']
      case 'create-slot':
      case 'add-hba-entry':
        return null
    }
  },
  pg_auto_failover({ manager, act, member, targetHost }) {
    const formation = manager.scope === null || manager.scope === 'default' ? [] : ['--formation', manager.scope]
    const anywhere = 'on any of its hosts (--pgdata FOLDER where PGDATA is not set)'
    const node = [...formation, '--name', member]
    switch (act) {
      case 'promote':
      case 'switchover':
      case 'failback':
        return [['pg_autoctl', 'perform', 'promotion', ...node], anywhere]
      case 'rebuild-replica':
      case 'decommission':
        return [
          ['pg_autoctl', 'drop', 'node', ...node],
          `${anywhere}; then  pg_autoctl create postgres  to build it anew`,
        ]
      case 'fence':
        return [['pg_autoctl', 'enable', 'maintenance'], `on ${targetHost}`]
      case 'unfence':
      case 'follow':
        return [['pg_autoctl', 'disable', 'maintenance'], `on ${targetHost}`]
      case 'create-slot':
      case 'add-hba-entry':
        return null
    }
  },
}
