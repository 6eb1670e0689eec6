// The commands of CloudNativePG's plugin of kubectl for an action of pgdeck.

import { isPrimary } from '../picture/roles.ts'
import { listText } from '../values/text.ts'
import { type Command, type ManagerCommand, type ManagerCommandContext, noCommand } from './managed-actions.ts'
import { standbysThatTakeOver, whyNotPromoted } from './takeover.ts'

/** null if the operator does not mind. */
export function cloudNativePgCommand(about: ManagerCommandContext): ManagerCommand | null {
  const { action } = about
  const instance = instanceOf(about)
  switch (action) {
    case 'promote':
    case 'switchover':
      return promotion(about)
    case 'failback':
      return failback(about)
    case 'rebuild-replica':
      return run(
        about,
        ['destroy', clusterOf(about), instance],
        'It removes the instance with its volumes. The operator makes a new one, with another name.',
      )
    case 'decommission':
      return run(
        about,
        ['destroy', clusterOf(about), instance],
        'First lower spec.instances by one, else the operator makes a new one. It removes the instance with its volumes.',
      )
    case 'build-read-only':
    case 'ha-setup':
      return edit(about, 'spec.instances', 'The operator copies the primary itself.')
    case 'fence':
    case 'stop':
      return run(about, ['fencing', 'on', clusterOf(about), instance], fenceWords(about))
    case 'unfence':
    case 'start':
      return run(about, ['fencing', 'off', clusterOf(about), instance], '')
    case 'restart':
      return restart(about)
    case 'rolling-restart':
      return run(
        about,
        ['restart', clusterOf(about)],
        'The standbys first, then the primary, as spec.primaryUpdateMethod says: a restart or a switchover.',
      )
    case 'reload':
      return run(about, ['reload', clusterOf(about)], '')
    case 'follow':
      return noCommand('Each standby follows the primary: the operator has no command for another upstream.')
    case 'create-slot':
    case 'drop-slot':
      return edit(
        about,
        'spec.replicationSlots',
        'The operator removes slots of its prefix _cnpg_ that it does not know.',
      )
    case 'add-hba-entry':
      return edit(about, 'spec.postgresql.pg_hba', '')
    case 'change-setting':
      return edit(about, 'spec.postgresql.parameters', '')
    case 'pause-replay':
    case 'resume-replay':
      return null
  }
}

function failback(about: ManagerCommandContext): ManagerCommand {
  if (about.node === null || about.node.problem === null) return promotion(about)
  return noCommand(
    'The operator brings a former primary back itself, rewound or copied: its phase and the log of the pod say why it does not.',
  )
}

function restart(about: ManagerCommandContext): ManagerCommand {
  return run(
    about,
    ['restart', clusterOf(about), instanceOf(about)],
    isLeader(about) ? 'A primary restarts in its pod.' : 'The pod of a standby is deleted, and made anew.',
  )
}

function clusterOf({ manager: { scope } }: ManagerCommandContext): string {
  return scope ?? 'CLUSTER'
}

function instanceOf({ manager, node }: ManagerCommandContext): string {
  return (node && manager.names[node.id]) ?? 'INSTANCE'
}

function namespaced({ manager: { details } }: ManagerCommandContext, command: Command): Command {
  const namespace = details?.operator?.namespace ?? null
  return namespace === null ? command : [...command, '-n', namespace]
}

function placeOf({ manager: { details } }: ManagerCommandContext, plugin: string): string {
  const place = `where kubectl${plugin} reach`
  return details?.operator ? `${place}es it` : `${place} the namespace (-n NAMESPACE)`
}

function run(about: ManagerCommandContext, words: readonly string[], effect: string): ManagerCommand {
  return {
    commands: [namespaced(about, ['kubectl', 'cnpg', ...words])],
    where: placeOf(about, ' and its plugin cnpg'),
    effect,
  }
}

function edit(about: ManagerCommandContext, key: string, effect: string): ManagerCommand {
  return {
    commands: [namespaced(about, ['kubectl', 'edit', 'cluster', clusterOf(about)])],
    where: `${placeOf(about, '')}: ${key}`,
    effect,
  }
}

function isLeader({ managed, node }: ManagerCommandContext): boolean {
  return managed?.isLeader ?? (node !== null && isPrimary(node))
}

function promotion(about: ManagerCommandContext): ManagerCommand {
  const { manager, node, primary, now } = about
  const why = node && node.id !== primary?.id ? whyNotPromoted(manager, node, now) : null
  if (node && why !== null) {
    const able = standbysThatTakeOver(manager, about.databases, now).map(({ name }) => name)
    const instead = able.length === 0 ? '' : ` ${listText(able)} can be promoted.`
    return noCommand(`${node.name} ${why}: the operator would wait for it, with no primary meanwhile.${instead}`)
  }
  const waits = primary === null ? 'The operator promotes a standby by itself: wait for that first. ' : ''
  return run(
    about,
    ['promote', clusterOf(about), instanceOf(about)],
    `${waits}The old primary is shut down first; it then follows the new one.`,
  )
}

function fenceWords(about: ManagerCommandContext): string {
  return isLeader(about)
    ? 'PostgreSQL stops, and its pod stays. A fenced primary is not replaced: no database is writable until it is unfenced. Promote another one first.'
    : 'PostgreSQL stops, and its pod stays.'
}
