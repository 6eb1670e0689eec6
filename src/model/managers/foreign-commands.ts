// The commands of managers that pgdeck can't ask, for what it would do itself. Words in capitals stand for what is not known.

import type { ManagerKind } from '../measured/manager-signs.ts'
import type { ManagerCommand, ManagerCommandContext } from './command-context.ts'
import type { FOREIGN_SIGNS } from './detection/foreign-signs.ts'
import type { ManagedAction } from './managed-actions.ts'

type Command = readonly string[]

/** What an act comes to for a manager that is told by one command each. */
type Purpose = 'hand-over' | 'rebuild' | 'stop' | 'start' | 'settings' | 'replay'

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
  'create-slot': 'settings',
  'drop-slot': 'settings',
  'add-hba-entry': 'settings',
  reload: 'settings',
  'pause-replay': 'replay',
  'resume-replay': 'replay',
}

type Commands = Readonly<Record<Exclude<Purpose, 'replay'>, Command | null>>

/** None of them minds replay that is paused, as far as is known. */
function by(
  where: (about: ManagerCommandContext) => string,
  commands: (about: ManagerCommandContext) => Commands,
): (about: ManagerCommandContext) => ManagerCommand | null {
  return (about) => {
    const purpose = PURPOSES[about.action]
    return purpose === 'replay' ? null : [commands(about)[purpose], where(about)]
  }
}

const NONE: Commands = { 'hand-over': null, rebuild: null, stop: null, start: null, settings: null }
const anywhere = () => 'on any host with its configuration'

type ForeignKind = Extract<ManagerKind, keyof typeof FOREIGN_SIGNS>

export const FOREIGN_MANAGER_COMMANDS: Readonly<
  Record<ForeignKind, (about: ManagerCommandContext) => ManagerCommand | null>
> = {
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
  rds: by(
    () => 'where the account’s credentials are (Aurora: aws rds failover-db-cluster)',
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
