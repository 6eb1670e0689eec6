// Each manager's own command for an action of pgdeck. For managers that pgdeck can't ask, a word in capitals replaces
// each unknown part.

import type { ManagerKind } from '../measured/managers/manager-signs.ts'
import type { FOREIGN_SIGNS } from './detection/foreign-signs.ts'
import type { ManagedAction, ManagerCommand, ManagerCommandContext } from './managed-actions.ts'

type Command = readonly string[]

/** The result of an action for a manager with one command each. */
type Purpose = 'hand-over' | 'rebuild' | 'stop' | 'start' | 'settings' | 'parameters' | 'replay'
const PURPOSES: Readonly<Record<ManagedAction, Purpose>> = {
  promote: 'hand-over',
  switchover: 'hand-over',
  failback: 'hand-over',
  'rebuild-replica': 'rebuild',
  'build-read-only': 'rebuild',
  'ha-setup': 'rebuild',
  follow: 'rebuild',
  decommission: 'stop',
  fence: 'stop',
  unfence: 'start',
  start: 'start',
  'create-slot': 'settings',
  'drop-slot': 'settings',
  'add-hba-entry': 'settings',
  reload: 'settings',
  'change-setting': 'parameters',
  'pause-replay': 'replay',
  'resume-replay': 'replay',
}

type Commands = Readonly<Record<Exclude<Purpose, 'parameters' | 'replay'>, Command | null>>

/** Managers that leave the parameters of PostgreSQL to its own files. */
const MIND_NO_PARAMETERS: ReadonlySet<ManagerKind> = new Set<ManagerKind>(['pacemaker', 'efm', 'pgpool'])

/** As far as is known, paused replay does not concern any of them. */
function by(
  where: (about: ManagerCommandContext) => string,
  commands: (about: ManagerCommandContext) => Commands,
): (about: ManagerCommandContext) => ManagerCommand | null {
  return (about) => {
    const purpose = PURPOSES[about.action]
    if (purpose === 'replay') return null
    if (purpose !== 'parameters') return [commands(about)[purpose], where(about)]
    return MIND_NO_PARAMETERS.has(about.manager.kind) ? null : [commands(about).settings, where(about)]
  }
}

const NONE: Commands = { 'hand-over': null, rebuild: null, stop: null, start: null, settings: null }
const anywhere = () => 'on any host with its configuration'
type ForeignKind = Extract<ManagerKind, keyof typeof FOREIGN_SIGNS>

const FOREIGN_MANAGER_COMMANDS: Readonly<Record<ForeignKind, (about: ManagerCommandContext) => ManagerCommand | null>> =
  {
    cloudnativepg: by(
      () => 'where kubectl and its plugin cnpg reach the namespace (-n NAMESPACE)',
      ({ manager: { scope } }) => {
        const plugin = (...words: readonly string[]) => ['kubectl', 'cnpg', ...words]
        const cluster = scope ?? 'CLUSTER'
        return {
          'hand-over': plugin('promote', cluster, 'INSTANCE'),
          rebuild: plugin('destroy', cluster, 'INSTANCE'),
          stop: plugin('fencing', 'on', cluster, 'INSTANCE'),
          start: plugin('fencing', 'off', cluster, 'INSTANCE'),
          settings: ['kubectl', 'edit', 'cluster', cluster],
        }
      },
    ),
    stolon: by(anywhere, () => {
      const stolonctl = (...words: readonly string[]) => ['stolonctl', '--cluster-name', 'CLUSTER', ...words]
      return {
        'hand-over': stolonctl('failkeeper', 'KEEPER_OF_THE_PRIMARY'),
        rebuild: stolonctl('removekeeper', 'KEEPER'),
        stop: ['systemctl', 'stop', 'stolon-keeper'],
        start: ['systemctl', 'start', 'stolon-keeper'],
        settings: stolonctl('update', '--patch', 'JSON'),
      }
    }),
    pacemaker: by(
      () => 'on any host of it, as root',
      () => ({
        'hand-over': ['pcs', 'resource', 'move', 'RESOURCE', 'NODE', '--promoted'],
        rebuild: ['pcs', 'resource', 'cleanup', 'RESOURCE'],
        stop: ['pcs', 'node', 'standby', 'NODE'],
        start: ['pcs', 'node', 'unstandby', 'NODE'],
        settings: ['pcs', 'resource', 'config', 'RESOURCE'],
      }),
    ),
    efm: by(anywhere, () => ({
      'hand-over': ['efm', 'promote', 'CLUSTER', '-switchover'],
      rebuild: ['efm', 'create-standby', 'CLUSTER'],
      stop: ['efm', 'disallow-node', 'CLUSTER', 'ADDRESS'],
      start: ['efm', 'allow-node', 'CLUSTER', 'ADDRESS'],
      settings: ['efm', 'cluster-status', 'CLUSTER'],
    })),
    pgpool: by(anywhere, () => ({
      'hand-over': ['pcp_promote_node', '--switchover', '-n', 'NODE_ID'],
      rebuild: ['pcp_recovery_node', '-n', 'NODE_ID'],
      stop: ['pcp_detach_node', '-n', 'NODE_ID'],
      start: ['pcp_attach_node', '-n', 'NODE_ID'],
      settings: ['pcp_reload_config'],
    })),
    aurora: by(
      () => 'where the account’s credentials are',
      ({ manager: { names }, member }) => {
        const cluster = ['--db-cluster-identifier', 'CLUSTER']
        const reader = Object.values(names).includes(member) ? member : 'INSTANCE'
        return {
          ...NONE,
          'hand-over': ['aws', 'rds', 'failover-db-cluster', ...cluster, '--target-db-instance-identifier', reader],
          stop: ['aws', 'rds', 'stop-db-cluster', ...cluster],
          start: ['aws', 'rds', 'start-db-cluster', ...cluster],
        }
      },
    ),
    rds: by(
      () => 'where the account’s credentials are',
      () => ({
        ...NONE,
        'hand-over': ['aws', 'rds', 'reboot-db-instance', '--force-failover', '--db-instance-identifier', 'INSTANCE'],
        stop: ['aws', 'rds', 'stop-db-instance', '--db-instance-identifier', 'INSTANCE'],
        start: ['aws', 'rds', 'start-db-instance', '--db-instance-identifier', 'INSTANCE'],
      }),
    ),
    cloudsql: by(
      () => 'where the project’s credentials are',
      () => ({
        ...NONE,
        'hand-over': ['gcloud', 'sql', 'instances', 'failover', 'INSTANCE'],
        settings: ['gcloud', 'sql', 'instances', 'patch', 'INSTANCE'],
      }),
    ),
    alloydb: by(
      () => 'where the project’s credentials are',
      () => ({
        ...NONE,
        'hand-over': ['gcloud', 'alloydb', 'instances', 'failover', 'INSTANCE', '--cluster=CLUSTER', '--region=REGION'],
      }),
    ),
    azure: by(
      () => 'where the subscription’s credentials are',
      () => ({
        ...NONE,
        'hand-over': [
          ...['az', 'postgres', 'flexible-server', 'restart', '--failover', 'Planned'],
          ...['--resource-group', 'GROUP', '--name', 'SERVER'],
        ],
        stop: ['az', 'postgres', 'flexible-server', 'stop', '--resource-group', 'GROUP', '--name', 'SERVER'],
        start: ['az', 'postgres', 'flexible-server', 'start', '--resource-group', 'GROUP', '--name', 'SERVER'],
      }),
    ),
    hosted: by(
      () => 'in the console or the API of the provider',
      () => NONE,
    ),
  }

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
        case 'decommission':
        case 'fence':
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
          return [['repmgr', 'node', 'service', ...config, '--action=start'], here]
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
          return [['pg_autoctl', 'enable', 'maintenance'], `on ${targetHost}`]
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
