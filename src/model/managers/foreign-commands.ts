// The commands of managers that pgdeck can't ask, and of hosting services: a word in capitals replaces each unknown part.

import type { ManagerKind } from '../measured/managers/manager-signs.ts'
import type { FOREIGN_SIGNS } from './detection/foreign-signs.ts'
import type { Command, ManagedAction, ManagerCommand, ManagerCommandContext } from './managed-actions.ts'

/** The result of an action for a manager with one command each. */
type Purpose = 'hand-over' | 'rebuild' | 'stop' | 'start' | 'restart' | 'settings' | 'parameters' | 'replay'
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
  stop: 'stop',
  restart: 'restart',
  'rolling-restart': 'restart',
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
    if (purpose !== 'parameters') return offered(commands(about)[purpose], where(about))
    return MIND_NO_PARAMETERS.has(about.manager.kind) ? null : offered(commands(about).settings, where(about))
  }
}

function offered(command: Command | null, where: string): ManagerCommand {
  return { commands: command === null ? [] : [command], where, effect: '' }
}

const NONE: Commands = { 'hand-over': null, rebuild: null, stop: null, start: null, restart: null, settings: null }
const anywhere = () => 'on any host with its configuration'
/** CloudNativePG can be asked, and has its own file. */
type ForeignKind = Exclude<Extract<ManagerKind, keyof typeof FOREIGN_SIGNS>, 'cloudnativepg'>

/** null if the manager does not mind. */
export const FOREIGN_MANAGER_COMMANDS: Readonly<
  Record<ForeignKind, (about: ManagerCommandContext) => ManagerCommand | null>
> = {
  stolon: by(anywhere, () => {
    const stolonctl = (...words: readonly string[]) => ['stolonctl', '--cluster-name', 'CLUSTER', ...words]
    return {
      'hand-over': stolonctl('failkeeper', 'KEEPER_OF_THE_PRIMARY'),
      rebuild: stolonctl('removekeeper', 'KEEPER'),
      stop: ['systemctl', 'stop', 'stolon-keeper'],
      start: ['systemctl', 'start', 'stolon-keeper'],
      restart: ['systemctl', 'restart', 'stolon-keeper'],
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
      restart: ['pcs', 'resource', 'restart', 'RESOURCE', 'NODE'],
      settings: ['pcs', 'resource', 'config', 'RESOURCE'],
    }),
  ),
  efm: by(anywhere, () => ({
    'hand-over': ['efm', 'promote', 'CLUSTER', '-switchover'],
    rebuild: ['efm', 'create-standby', 'CLUSTER'],
    stop: ['efm', 'disallow-node', 'CLUSTER', 'ADDRESS'],
    start: ['efm', 'allow-node', 'CLUSTER', 'ADDRESS'],
    restart: null,
    settings: ['efm', 'cluster-status', 'CLUSTER'],
  })),
  pgpool: by(anywhere, () => ({
    'hand-over': ['pcp_promote_node', '--switchover', '-n', 'NODE_ID'],
    rebuild: ['pcp_recovery_node', '-n', 'NODE_ID'],
    stop: ['pcp_detach_node', '-n', 'NODE_ID'],
    start: ['pcp_attach_node', '-n', 'NODE_ID'],
    restart: null,
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
        restart: ['aws', 'rds', 'reboot-db-instance', '--db-instance-identifier', reader],
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
      restart: ['aws', 'rds', 'reboot-db-instance', '--db-instance-identifier', 'INSTANCE'],
    }),
  ),
  cloudsql: by(
    () => 'where the project’s credentials are',
    () => ({
      ...NONE,
      'hand-over': ['gcloud', 'sql', 'instances', 'failover', 'INSTANCE'],
      restart: ['gcloud', 'sql', 'instances', 'restart', 'INSTANCE'],
      settings: ['gcloud', 'sql', 'instances', 'patch', 'INSTANCE'],
    }),
  ),
  alloydb: by(
    () => 'where the project’s credentials are',
    () => ({
      ...NONE,
      'hand-over': ['gcloud', 'alloydb', 'instances', 'failover', 'INSTANCE', '--cluster=CLUSTER', '--region=REGION'],
      restart: ['gcloud', 'alloydb', 'instances', 'restart', 'INSTANCE', '--cluster=CLUSTER', '--region=REGION'],
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
      restart: ['az', 'postgres', 'flexible-server', 'restart', '--resource-group', 'GROUP', '--name', 'SERVER'],
    }),
  ),
  hosted: by(
    () => 'in the console or the API of the provider',
    () => NONE,
  ),
}
