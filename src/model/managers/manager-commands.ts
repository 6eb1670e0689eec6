// Each manager's own command for an action of pgdeck.

import type { ManagerKind } from '../measured/managers/manager-signs.ts'
import { FOREIGN_MANAGER_COMMANDS } from './foreign-commands.ts'
import type { ManagerCommand, ManagerCommandContext } from './managed-actions.ts'

/** null if the manager does not mind. */
export const MANAGER_COMMANDS: Readonly<Record<ManagerKind, (about: ManagerCommandContext) => ManagerCommand | null>> =
  {
    ...FOREIGN_MANAGER_COMMANDS,
    patroni({ manager, action, member, hasPrimary, isAgentDown, targetHost }) {
      const scope = manager.scope ?? 'SCOPE'
      const anywhere = manager.runsInPods
        ? 'in one of its pods (kubectl exec -it POD -- …)'
        : 'on any host with its configuration (-c FILE where it is not the usual one)'
      switch (action) {
        case 'promote':
        case 'switchover':
        case 'failback': {
          // Without a leader a switchover is impossible.
          const command = hasPrimary ? 'switchover' : 'failover'
          return [['patronictl', command, scope, '--candidate', member], anywhere]
        }
        case 'follow':
          // Never reinit: that removes the data and copies the leader's.
          return [
            ['patronictl', 'reload', scope, member],
            `${anywhere}, after its tag replicatefrom names the other member`,
          ]
        case 'rebuild-replica':
        case 'build-read-only':
        case 'ha-setup':
          return [['patronictl', 'reinit', scope, member], anywhere]
        case 'restart':
          return [['patronictl', 'restart', scope, member], anywhere]
        case 'rolling-restart':
          return [['patronictl', 'restart', scope], anywhere]
        case 'decommission':
        case 'fence':
        case 'stop':
          // Without its agent nothing would stop the database. The agent, once started, makes a former primary a
          // standby itself.
          if (isAgentDown)
            return [['systemctl', 'start', 'patroni'], `on ${targetHost} (it then manages the database again)`]
          return [['systemctl', 'stop', 'patroni'], `on ${targetHost}`]
        case 'unfence':
        case 'start':
          return [['systemctl', 'start', 'patroni'], `on ${targetHost}`]
        case 'create-slot':
        case 'drop-slot':
        case 'add-hba-entry':
          return [
            ['patronictl', 'edit-config', scope],
            `${anywhere}: ${action === 'add-hba-entry' ? 'postgresql.pg_hba' : 'slots'}`,
          ]
        case 'change-setting':
          return [['patronictl', 'edit-config', scope], `${anywhere}: postgresql.parameters`]
        case 'reload':
          return [['patronictl', 'reload', scope, member], anywhere]
        case 'pause-replay':
        case 'resume-replay':
          return null
      }
    },
    repmgr({ action, hasPrimary, targetHost }) {
      const config = ['-f', '/etc/repmgr.conf']
      const here = `on ${targetHost}, as the user of the database server`
      switch (action) {
        case 'promote':
        case 'switchover':
        case 'failback':
          return hasPrimary
            ? [['repmgr', 'standby', 'switchover', ...config, '--siblings-follow'], here]
            : [['repmgr', 'standby', 'promote', ...config, '--siblings-follow'], here]
        case 'rebuild-replica':
        case 'build-read-only':
        case 'ha-setup': {
          const source = ['-h', 'PRIMARY', '-U', 'repmgr', '-d', 'repmgr']
          return [['repmgr', ...source, ...config, 'standby', 'clone', '--force'], here]
        }
        case 'follow':
          return [['repmgr', 'standby', 'follow', ...config, '--upstream-node-id=NODE_ID'], here]
        case 'decommission':
          return [['repmgr', 'standby', 'unregister', ...config], here]
        case 'fence':
          return [['repmgr', 'service', 'pause', ...config], 'on any of its hosts, before the server is stopped']
        case 'start':
        case 'stop':
        case 'restart':
        case 'rolling-restart':
          // repmgrd would take a stop for a failure.
          return [
            ['repmgr', 'node', 'service', ...config, `--action=${action === 'rolling-restart' ? 'restart' : action}`],
            `${here}, after  repmgr service pause`,
          ]
        case 'unfence':
          return [['repmgr', 'service', 'unpause', ...config], 'on any of its hosts, once the server is back']
        case 'create-slot':
        case 'drop-slot':
        case 'add-hba-entry':
        case 'change-setting':
        case 'reload':
        case 'pause-replay':
        case 'resume-replay':
          return null
      }
    },
    pg_auto_failover({ manager, action, member, targetHost }) {
      const formation = manager.scope === null || manager.scope === 'default' ? [] : ['--formation', manager.scope]
      const anywhere = 'on any of its hosts (--pgdata FOLDER where PGDATA is not set)'
      const node = [...formation, '--name', member]
      switch (action) {
        case 'promote':
        case 'switchover':
        case 'failback':
          return [['pg_autoctl', 'perform', 'promotion', ...node], anywhere]
        case 'rebuild-replica':
        case 'build-read-only':
        case 'ha-setup':
        case 'decommission':
          return [
            ['pg_autoctl', 'drop', 'node', ...node],
            `${anywhere}; then  pg_autoctl create postgres  to build it again`,
          ]
        case 'fence':
        case 'stop':
          return [['pg_autoctl', 'enable', 'maintenance'], `on ${targetHost}`]
        case 'restart':
        case 'rolling-restart':
          return [
            ['pg_autoctl', 'enable', 'maintenance'],
            `on ${targetHost}; then restart PostgreSQL, and  pg_autoctl disable maintenance`,
          ]
        case 'follow':
          return [null, 'it decides itself which upstream each standby follows']
        case 'unfence':
        case 'start':
          return [['pg_autoctl', 'disable', 'maintenance'], `on ${targetHost}`]
        case 'create-slot':
        case 'drop-slot':
        case 'add-hba-entry':
        case 'change-setting':
        case 'reload':
        case 'pause-replay':
        case 'resume-replay':
          return null
      }
    },
  }
