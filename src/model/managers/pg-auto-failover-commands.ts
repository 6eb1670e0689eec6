// The commands of pg_auto_failover for an action of pgdeck, with the guards that its own calls lack.

import type { DatabaseView } from '../picture/picture.ts'
import { isPrimary } from '../picture/roles.ts'
import { type Command, type ManagerCommand, type ManagerCommandContext, noCommand } from './managed-actions.ts'
import { standbysThatTakeOver, whyNotPromoted } from './takeover.ts'

const KEEPER = 'pgautofailover'
const STOP: Command = ['systemctl', 'stop', KEEPER]
const START: Command = ['systemctl', 'start', KEEPER]
const ON: Command = ['pg_autoctl', 'enable', 'maintenance']
const OFF: Command = ['pg_autoctl', 'disable', 'maintenance']
const RESTART: Command = ['pg_ctl', 'restart', '-D', 'DATA_DIRECTORY', '-m', 'fast']

/** null if pg_auto_failover does not mind. */
export function pgAutoFailoverCommand(about: ManagerCommandContext): ManagerCommand | null {
  const { action } = about
  switch (action) {
    case 'promote':
    case 'switchover':
      return promotion(about)
    case 'failback':
      return about.node !== null && about.node.problem !== null ? startKeeper(about) : promotion(about)
    case 'rebuild-replica':
    case 'build-read-only':
    case 'ha-setup':
      return rebuild(about)
    case 'decommission':
      return drop(about)
    case 'fence':
    case 'stop':
      return maintenance(
        about,
        [STOP],
        'Then the keeper stops, and PostgreSQL with it: maintenance alone leaves it running.',
      )
    case 'restart':
      return maintenance(about, [RESTART, OFF], '')
    case 'rolling-restart':
      return {
        commands: [ON, RESTART, OFF],
        where:
          'on each host of a standby, one after the other; then hand the role over, and the same on the former primary',
        effect: 'One only after the one before is secondary again (pg_autoctl show state).',
      }
    case 'follow':
      return noCommand(
        'pg_auto_failover has no command for it: every standby follows the primary, and a keeper sets primary_conninfo back.',
      )
    case 'unfence':
    case 'start':
      return back(about)
    case 'create-slot':
    case 'drop-slot':
    case 'add-hba-entry':
    case 'change-setting':
    case 'reload':
    case 'pause-replay':
    case 'resume-replay':
      return null
  }
}

function here({ targetHost }: ManagerCommandContext): string {
  return `on ${targetHost} (--pgdata FOLDER where PGDATA is not set)`
}

/** `--name` only where it is known: without it, its own host means its own node. */
function named({ manager: { scope, names }, node }: ManagerCommandContext): readonly string[] {
  const formation = scope === null || scope === 'default' ? [] : ['--formation', scope]
  const name = node && names[node.id]
  return name == null ? formation : [...formation, '--name', name]
}

function placeOf(about: ManagerCommandContext): string {
  const { manager, node } = about
  return node && manager.names[node.id] !== undefined
    ? 'on any of its hosts (--pgdata FOLDER where PGDATA is not set)'
    : here(about)
}

function promotion(about: ManagerCommandContext): ManagerCommand {
  const { manager, managed, node, primary, now } = about
  if (primary === null) {
    return noCommand(
      'Its monitor refuses a promotion without a primary. It fails over by itself, after about 20 s;  pg_autoctl show state  says where it stands.',
    )
  }
  const why = node && node.id !== primary.id ? whyNotPromoted(manager, node, now) : null
  if (node && why !== null && managed?.facts?.priority !== 0) {
    const refused = `pg_auto_failover would refuse: ${node.name} ${why}.`
    const first = [
      ...(manager.agents[node.id] === 'silent' ? [START] : []),
      ...(managed?.facts?.inMaintenance ? [OFF] : []),
    ]
    return first.length > 0
      ? { commands: first, where: here(about), effect: `${refused} It can be promoted after that.` }
      : noCommand(`${refused} It promotes a member that is “secondary”.`)
  }
  return {
    commands: [['pg_autoctl', 'perform', 'promotion', ...named(about)]],
    where: placeOf(about),
    effect: 'All of its servers restart meanwhile, and no database is writable for some seconds.',
  }
}

function startKeeper(about: ManagerCommandContext): ManagerCommand {
  const { node, manager } = about
  const effect = 'Its keeper makes it a standby of the primary itself, rewound or copied.'
  if (node && manager.agents[node.id] === 'runs')
    return noCommand(`${effect} The keeper runs: its log says why it does not.`)
  return { commands: [START], where: `${here(about)}, or  pg_autoctl run`, effect }
}

function rebuild(about: ManagerCommandContext): ManagerCommand {
  const { managed, node } = about
  if (managed?.isLeader || (node !== null && isPrimary(node) && node.problem === null))
    return noCommand('It is the primary: promote another one first.')
  const create = ['pg_autoctl', 'create', 'postgres', '--monitor', 'URI', ...named(about)]
  return {
    commands: [['pg_autoctl', 'drop', 'node', '--destroy'], create, START],
    where: here(about),
    effect: 'It removes the data there, and copies the primary’s. Nothing is kept aside.',
  }
}

function drop(about: ManagerCommandContext): ManagerCommand {
  const { managed, node } = about
  const isDown = node !== null && node.problem !== null
  const isLeader = managed?.isLeader ?? (node !== null && isPrimary(node))
  return {
    commands: [['pg_autoctl', 'drop', 'node', ...named(about), ...(isDown ? ['--force'] : [])]],
    where: placeOf(about),
    effect: isLeader ? 'It is the primary: its monitor fails over first.' : 'Its keeper ends, and PostgreSQL with it.',
  }
}

/** Standbys that take over now. */
function healthyStandbys({ manager, databases, node, now }: ManagerCommandContext): readonly DatabaseView[] {
  return standbysThatTakeOver(manager, databases, now).filter(({ id }) => id !== node?.id)
}

/** Out of the group with `ON`, then `then`. The primary only while enough others are healthy. */
function maintenance(about: ManagerCommandContext, then: readonly Command[], stops: string): ManagerCommand {
  const { manager, managed, node } = about
  const isLeader = managed?.isLeader ?? (node !== null && isPrimary(node))
  if (managed?.facts?.inMaintenance)
    return { commands: then, where: here(about), effect: `It is in maintenance.${stops === '' ? '' : ` ${stops}`}` }
  if (!isLeader) return { commands: [ON, ...then], where: here(about), effect: stops }
  const isTold = manager.details !== null && manager.details !== undefined && manager.details.members.length > 0
  const healthy = healthyStandbys(about).length
  const wanted = (manager.details?.syncStandbys ?? 0) + 1
  if (isTold && healthy < wanted) {
    return noCommand(
      `It is the primary, and ${healthy === 1 ? '1 standby is' : `${healthy} standbys are`} healthy, where ${wanted} must be (number_sync_standbys + 1): no database would be writable. Bring the others back first.`,
    )
  }
  const guard = isTold
    ? ''
    : ' First look whether enough standbys are “secondary” (pg_autoctl show state): without them no database is writable.'
  return {
    commands: [[...ON, '--allow-failover'], ...then],
    where: here(about),
    effect: `It is the primary: another one is promoted first, and all servers restart meanwhile.${guard}${stops === '' ? '' : ` ${stops}`}`,
  }
}

function back(about: ManagerCommandContext): ManagerCommand {
  const { manager, managed, node } = about
  const runs = node !== null && manager.agents[node.id] === 'runs'
  const isOut = managed?.facts?.inMaintenance === true || managed === null
  if (runs && !isOut)
    return noCommand('Its keeper runs, and starts PostgreSQL by itself: its log says why it does not.')
  return {
    commands: [...(runs ? [] : [START]), ...(isOut ? [OFF] : [])],
    where: here(about),
    effect: 'It comes back as a standby of the primary.',
  }
}
