// The commands of repmgr for an action of pgdeck: each with its configuration file, the node and its address.

import type { DatabaseView } from '../picture/picture.ts'
import { isReadAsPrimary, isReadAsStandby } from '../picture/roles.ts'
import { listText } from '../values/text.ts'
import type { ManagedMember } from './detection/manager-details.ts'
import { type Command, type ManagerCommand, type ManagerCommandContext, noCommand } from './managed-actions.ts'
import { memberOfDatabase } from './member-words.ts'
import { standbysThatTakeOver } from './takeover.ts'

const USUAL_FILE = '/etc/repmgr.conf'

/** null if repmgr does not mind. */
export function repmgrCommand(about: ManagerCommandContext): ManagerCommand | null {
  const { action } = about
  switch (action) {
    case 'promote':
    case 'switchover':
      return handOver(about)
    case 'failback':
      return isDownOrSecond(about) ? rejoin(about, '') : handOver(about)
    case 'rebuild-replica':
    case 'build-read-only':
    case 'ha-setup':
      return rebuild(about)
    case 'follow':
      return follow(about)
    case 'decommission':
      return decommission(about)
    case 'fence':
      return fence(about)
    case 'start':
    case 'unfence':
      return start(about)
    case 'stop':
    case 'restart':
      return service(about, action)
    case 'rolling-restart':
      return service(about, 'restart')
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

function fileOf(about: ManagerCommandContext, member: ManagedMember | null): readonly string[] {
  return ['-f', member?.facts?.registration?.configFile ?? about.manager.configFile ?? USUAL_FILE]
}

/** A command with the configuration file of the target's host. */
function repmgr(about: ManagerCommandContext, ...words: readonly string[]): Command {
  return ['repmgr', ...words.slice(0, 2), ...fileOf(about, about.managed), ...words.slice(2)]
}

function here({ targetHost }: ManagerCommandContext): string {
  return `on ${targetHost}, as the user of the database server`
}

function isDownOrSecond({ node, primary }: ManagerCommandContext): boolean {
  if (node === null) return false
  return node.problem !== null || (isReadAsPrimary(node) && primary !== null && primary.id !== node.id)
}

function handOver(about: ManagerCommandContext): ManagerCommand {
  const { manager, managed, primary, node, databases, now } = about
  if (managed?.facts?.role === 'witness') return noCommand(`${managed.name} is a witness: it holds no data of users.`)
  if (primary) {
    const effect =
      'It stops the primary, promotes this one, and leads the others to it, through ssh from here to all of their hosts. With  --dry-run  it only checks.'
    return { commands: [repmgr(about, 'standby', 'switchover', '--siblings-follow')], where: here(about), effect }
  }
  const able = standbysThatTakeOver(manager, databases, now).filter(({ id }) => manager.agents[id] === 'runs')
  const isAutomatic = manager.paused !== true && able.length > 0
  const effect = isAutomatic ? 'repmgrd promotes a standby by itself: wait for that first.' : ''
  const where = node === null ? 'on the host of the standby, as the user of the database server' : here(about)
  return { commands: [repmgr(about, 'standby', 'promote', '--siblings-follow')], where, effect }
}

/** Address and account of a node, as its table has them; words in capitals for what is unknown. */
function reachOf(about: ManagerCommandContext, view: DatabaseView | null) {
  const member = view && memberOfDatabase(about.manager, view.id)
  const { user = null, database = null } = member?.facts?.registration ?? {}
  return {
    host: member?.host ?? view?.host ?? 'PRIMARY',
    port: String(member?.port ?? view?.port ?? 'PORT'),
    user: user ?? 'repmgr',
    database: database ?? 'repmgr',
  }
}

function sourceOf(about: ManagerCommandContext): ReturnType<typeof reachOf> {
  const { manager, databases, primary } = about
  return reachOf(about, primary ?? databases.find(({ id }) => id === manager.leader) ?? null)
}

/** A node that is down, or a second primary, becomes a standby. */
function rejoin(about: ManagerCommandContext, then: string): ManagerCommand {
  const { node, primary } = about
  if (primary === null) return noCommand('No primary answers that it could follow: promote a standby first.')
  const { host, port, user, database } = sourceOf(about)
  const target = `host=${host} port=${port} user=${user} dbname=${database}`
  const isUp = node !== null && node.problem === null
  return {
    commands: [
      ...(isUp ? [repmgr(about, 'node', 'service', '--action=stop')] : []),
      repmgr(about, 'node', 'rejoin', '-d', target, '--force-rewind'),
    ],
    where: here(about),
    effect: `It rewinds the data where that is needed, starts PostgreSQL, and makes it a standby of ${primary.name}.${then}`,
  }
}

function rebuild(about: ManagerCommandContext): ManagerCommand {
  const { node } = about
  const { host, port, user, database } = sourceOf(about)
  const source = ['-h', host, '-p', port, '-U', user, '-d', database]
  const isUp = node !== null && node.problem === null
  return {
    commands: [
      ...(isUp ? [repmgr(about, 'node', 'service', '--action=stop')] : []),
      ['repmgr', ...source, ...fileOf(about, about.managed), 'standby', 'clone', '--force'],
      repmgr(about, 'node', 'service', '--action=start'),
      repmgr(about, 'standby', 'register', '--force'),
    ],
    where: here(about),
    effect: 'It overwrites the data there. Nothing is kept aside.',
  }
}

function follow(about: ManagerCommandContext): ManagerCommand {
  const { upstream, primary, manager } = about
  const of = upstream ?? primary
  const id = (of && memberOfDatabase(manager, of.id)?.facts?.nodeId) ?? 'NODE_ID'
  return {
    commands: [repmgr(about, 'standby', 'follow', `--upstream-node-id=${id}`)],
    where: here(about),
    effect: '',
  }
}

/** A node that is registered as the primary, also while it is down. */
function isRegisteredPrimary({ managed, node }: ManagerCommandContext): boolean {
  return managed?.facts?.role === 'leader' || (node !== null && isReadAsPrimary(node))
}

function decommission(about: ManagerCommandContext): ManagerCommand {
  const { manager, managed, node, primary, databases } = about
  const isDown = node !== null && node.problem !== null
  const kind = isRegisteredPrimary(about) ? 'primary' : 'standby'
  if (kind === 'primary' && !isDown && primary?.id === node?.id)
    return noCommand(
      'It is the primary: repmgr unregisters it only after another one is, and it is down. Switch over first.',
    )
  const followers = (manager.details?.members ?? []).filter(({ facts }) => facts?.upstream === managed?.name && managed)
  const held =
    followers.length === 0
      ? ''
      : `repmgr refuses while it is the upstream of ${listText(followers.map(({ name }) => name))}: there, first  repmgr standby follow. `
  if (!isDown && kind === 'standby') {
    return {
      commands: [repmgr(about, 'standby', 'unregister'), repmgr(about, 'node', 'service', '--action=stop')],
      where: here(about),
      effect: `${held}It leaves the table of repmgr, then PostgreSQL stops.`,
    }
  }
  const other = primary ?? databases.find((view) => view.id !== node?.id && view.problem === null) ?? null
  const id = managed?.facts?.nodeId ?? 'NODE_ID'
  const file = fileOf(about, other && memberOfDatabase(manager, other.id))
  return {
    commands: [['repmgr', kind, 'unregister', ...file, `--node-id=${id}`]],
    where: `on ${other?.host ?? 'the host of another node'}, as the user of the database server`,
    effect: `${held}Its own host can’t do that while it is down.`,
  }
}

/** repmgrd takes a stop for a failure. */
function fence(about: ManagerCommandContext): ManagerCommand {
  if (about.manager.paused)
    return {
      commands: [repmgr(about, 'service', 'unpause')],
      where: 'on any of its hosts, once the server is back',
      effect: 'repmgrd is paused: it promotes nobody meanwhile.',
    }
  return {
    commands: [repmgr(about, 'service', 'pause')],
    where: 'on any of its hosts',
    effect: 'repmgrd takes a stop for a failure, and promotes another one. This action is allowed while it is paused.',
  }
}

function start(about: ManagerCommandContext): ManagerCommand {
  const { manager, node, primary } = about
  const unpause = manager.paused ? [repmgr(about, 'service', 'unpause')] : []
  const isFormer = node !== null && primary !== null && primary.id !== node.id && !isReadAsStandby(node)
  if (isFormer || isDownFormer(about)) {
    const joined = rejoin(about, ' Just started, it would be a second primary.')
    return joined.commands.length === 0 ? joined : { ...joined, commands: [...joined.commands, ...unpause] }
  }
  return {
    commands: [repmgr(about, 'node', 'service', '--action=start'), ...unpause],
    where: here(about),
    effect: '',
  }
}

/** Another one is the primary, and this one is registered as one. */
function isDownFormer(about: ManagerCommandContext): boolean {
  const { node, primary } = about
  return primary !== null && node !== null && primary.id !== node.id && isRegisteredPrimary(about)
}

function service(about: ManagerCommandContext, verb: 'stop' | 'restart'): ManagerCommand {
  const { manager, action } = about
  const act = repmgr(about, 'node', 'service', `--action=${verb}`)
  const pause = manager.paused ? [] : [repmgr(about, 'service', 'pause')]
  const unpause = verb === 'restart' && !manager.paused ? [repmgr(about, 'service', 'unpause')] : []
  const effect = 'repmgrd would take it for a failure, so it is paused meanwhile.'
  const later = verb === 'stop' ? ' Once the server is back:  repmgr service unpause.' : ''
  if (action === 'rolling-restart') {
    return {
      commands: [...pause, act, ...unpause],
      where: 'on each host, one after the other, the standbys first; as the user of the database server',
      effect,
    }
  }
  return { commands: [...pause, act, ...unpause], where: here(about), effect: `${effect}${later}` }
}
