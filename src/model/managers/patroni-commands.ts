// The commands of Patroni for an action of pgdeck, after a look at what it would refuse.

import { isPrimary } from '../picture/roles.ts'
import { listText } from '../values/text.ts'
import { formatSeconds } from '../values/units.ts'
import {
  type Command,
  type ManagerCommand,
  type ManagerCommandContext,
  memberNameOf,
  noCommand,
} from './managed-actions.ts'
import { standbysThatTakeOver, whyItPromotesNobody, whyNotPromoted } from './takeover.ts'

const START: Command = ['systemctl', 'start', 'patroni']
const STOP: Command = ['systemctl', 'stop', 'patroni']

/** null if Patroni does not mind. Its programs are named as its packages name them. */
export function patroniCommand(about: ManagerCommandContext): ManagerCommand | null {
  const command = commandFor(about)
  const needsStore = command?.commands.some(([program]) => program === 'patronictl') === true
  return needsStore && whyItPromotesNobody(about.manager) !== null
    ? noCommand(
        'patronictl can’t work without the configuration store (DCS): bring that back first (etcd, Consul, ZooKeeper, …).',
      )
    : command
}

function commandFor(about: ManagerCommandContext): ManagerCommand | null {
  const { action, member } = about
  const anywhere = placeOf(about)
  switch (action) {
    case 'promote':
    case 'switchover':
    case 'failback':
      return handOver(about)
    case 'follow':
      return follow(about)
    case 'rebuild-replica':
    case 'build-read-only':
    case 'ha-setup':
      return rebuild(about)
    case 'restart':
      return { commands: [ctl(about, 'restart', member)], where: anywhere, effect: '' }
    case 'rolling-restart':
      return {
        commands: [ctl(about, 'restart', '--role', 'replica'), ctl(about, 'restart', '--role', 'leader')],
        where: anywhere,
        effect: 'It restarts the standbys one after the other, then the leader, which keeps its role.',
      }
    case 'decommission':
    case 'fence':
    case 'stop':
      return stop(about)
    case 'unfence':
    case 'start':
      return start(about)
    case 'create-slot':
    case 'drop-slot':
      return edit(about, 'slots', 'A slot that is not in its configuration is dropped by Patroni.')
    case 'add-hba-entry':
      return {
        commands: [ctl(about, 'reload', member)],
        where: `${anywhere}, after postgresql.pg_hba of its patroni.yml has the line`,
        effect:
          'Only where no patroni.yml has pg_hba, the line belongs into the configuration of the cluster (patronictl edit-config). Elsewhere that has no effect.',
      }
    case 'change-setting':
      return edit(about, 'postgresql.parameters', '')
    case 'reload':
      return { commands: [ctl(about, 'reload', member)], where: anywhere, effect: '' }
    case 'pause-replay':
    case 'resume-replay':
      return null
  }
}

function ctl({ manager: { scope } }: ManagerCommandContext, verb: string, ...words: readonly string[]): Command {
  return ['patronictl', verb, scope ?? 'SCOPE', ...words]
}

function placeOf({ manager: { runsInPods } }: ManagerCommandContext): string {
  return runsInPods
    ? 'in one of its pods (kubectl exec -it POD -- …)'
    : 'on any host with its configuration (-c FILE where it is not the usual one)'
}

function edit(about: ManagerCommandContext, key: string, effect: string): ManagerCommand {
  return { commands: [ctl(about, 'edit-config')], where: `${placeOf(about)}: ${key}`, effect }
}

function handOver(about: ManagerCommandContext): ManagerCommand {
  const { action, manager, member, node, primary, isAgentDown, targetHost } = about
  const isDown = node !== null && node.problem !== null
  if (action === 'failback' && isDown) {
    const effect = isAgentDown
      ? 'Patroni makes it a standby of the leader itself, rewound or copied.'
      : 'Patroni runs there and brings it back itself, rewound or copied: its log says why it does not.'
    return isAgentDown ? { commands: [START], where: `on ${targetHost}`, effect } : noCommand(effect)
  }
  const refused = refusedCandidate(about)
  if (refused !== null) return refused
  const planned = manager.details?.scheduledSwitchover
  const effects = [
    ...waitsFor(about),
    ...(primary && planned ? ['It replaces the switchover that is planned.'] : []),
    'It asks before it acts. Read its answer: its exit code is 0 also when it is refused.',
  ]
  return {
    commands: [ctl(about, primary ? 'switchover' : 'failover', '--candidate', member)],
    where: placeOf(about),
    effect: effects.join(' '),
  }
}

/** Without a leader, Patroni promotes one by itself, unless nobody can. */
function waitsFor({ primary, manager, databases, now }: ManagerCommandContext): readonly string[] {
  if (primary !== null || manager.paused !== false || manager.activity !== 'live') return []
  if (!standbysThatTakeOver(manager, databases, now).length) return []
  const ttl = manager.details?.settings?.ttlSeconds
  const within = ttl === undefined ? '' : ` within ${formatSeconds(ttl)} (ttl)`
  return [`Patroni promotes a standby by itself${within}: wait for that first.`]
}

/** Limits of a failover of its own choice only: a person may name such a member. */
const ONLY_BY_ITSELF = ['is no synchronous standby', 'behind, more than']

function refusedCandidate(about: ManagerCommandContext): ManagerCommand | null {
  const { manager, managed, member, node, primary, targetHost, now } = about
  if (!node || (primary && primary.id === node.id)) return null
  const why = whyNotPromoted(manager, node, now)
  if (why === null || (primary === null && ONLY_BY_ITSELF.some((text) => why.includes(text)))) return null
  const refused = `Patroni would refuse: ${node.name} ${why}.`
  if (managed?.facts?.tags?.noFailover) {
    return {
      commands: [ctl(about, 'reload', member)],
      where: `${placeOf(about)}, after its patroni.yml on ${targetHost} has no tag nofailover`,
      effect: `${refused} It can be promoted after that.`,
    }
  }
  if (manager.agents[node.id] === 'silent')
    return { commands: [START], where: `on ${targetHost}`, effect: `${refused} Start its agent first.` }
  const synchronous = (manager.details?.members ?? []).filter(
    ({ facts }) => facts?.role === 'sync' || facts?.role === 'quorum',
  )
  const names = synchronous.map(({ name }) => name)
  const instead = names.length > 0 ? ` ${listText(names)} can be promoted.` : ''
  return noCommand(why.includes('synchronous') ? `${refused}${instead}` : `${refused} Mend that first.`)
}

function follow(about: ManagerCommandContext): ManagerCommand {
  const { member, upstream, manager, targetHost } = about
  const isLeader = upstream !== null && upstream.id === manager.leader
  const tag = isLeader ? 'has no tag replicatefrom' : `has the tag replicatefrom: ${memberNameOf(about, upstream)}`
  return {
    // Never reinit: that removes the data and copies the leader's.
    commands: [ctl(about, 'reload', member)],
    where: `${placeOf(about)}, after its patroni.yml on ${targetHost} ${tag}`,
    effect: '',
  }
}

function rebuild(about: ManagerCommandContext): ManagerCommand {
  const { action, managed, member, isAgentDown, targetHost } = about
  if (managed?.isLeader) return noCommand(`${member} is the leader: Patroni refuses to copy it anew.`)
  if (action !== 'rebuild-replica') {
    const effect = 'Patroni copies the leader itself, into an empty data directory, with the same scope in patroni.yml.'
    return { commands: [START], where: `on ${targetHost}`, effect }
  }
  const wipes = 'It wipes the data there first, and copies the leader’s. Nothing is kept aside.'
  return isAgentDown
    ? { commands: [START, ctl(about, 'reinit', member)], where: `on ${targetHost}`, effect: wipes }
    : { commands: [ctl(about, 'reinit', member)], where: placeOf(about), effect: wipes }
}

const PG_STOP: Command = ['pg_ctl', 'stop', '-D', 'DATA_DIRECTORY', '-m', 'fast']

function stop(about: ManagerCommandContext): ManagerCommand {
  const { action, manager, managed, node, isAgentDown, targetHost } = about
  const where = `on ${targetHost}`
  // Without its agent nothing would stop the database. The agent, once started, makes a former primary a standby.
  if (isAgentDown) {
    return { commands: [START], where: `${where} (it then manages the database again)`, effect: '' }
  }
  const isLeader = managed?.isLeader ?? (node !== null && isPrimary(node))
  if (manager.paused && action !== 'decommission') {
    const effect = `Patroni is paused: to stop Patroni would leave PostgreSQL running. Stopped so, it stays down until Patroni is resumed${isLeader ? ', which then elects another leader' : ''}.`
    return { commands: [PG_STOP], where: `${where}, as the user of the database server`, effect }
  }
  const stopped: Command = action === 'decommission' ? ['systemctl', 'disable', '--now', 'patroni'] : STOP
  const gone = action === 'decommission' ? ' It is no member any more after its ttl.' : ''
  const still = manager.paused ? ' Patroni is paused: stop PostgreSQL there too.' : ''
  if (!isLeader) return { commands: [stopped], where, effect: `It stops PostgreSQL and its agent.${gone}${still}` }
  const successor = successorOf(about)
  if (successor === null) {
    const effect =
      'Patroni has nobody to hand the role to: no database is writable then. Stopped so, it stays down until Patroni is resumed.'
    return { commands: [ctl(about, 'pause', '--wait'), PG_STOP], where, effect }
  }
  return {
    commands: [ctl(about, 'switchover', '--candidate', successor), stopped],
    where,
    effect: `It hands the role to ${successor} first, then stops PostgreSQL and its agent.${gone}${still}`,
  }
}

/** The member that takes over; null: none can. */
function successorOf({ manager, databases, node, candidate, now }: ManagerCommandContext): string | null {
  const willing = standbysThatTakeOver(manager, databases, now).filter(({ id }) => id !== node?.id)
  const chosen = willing.find(({ id }) => id === candidate) ?? willing[0]
  return (chosen && manager.names[chosen.id]) ?? null
}

function start(about: ManagerCommandContext): ManagerCommand {
  const { manager, targetHost, isAgentDown, node } = about
  const where = `on ${targetHost}`
  const runs = node !== null && manager.agents[node.id] === 'runs'
  if (manager.paused) {
    return {
      commands: [...(isAgentDown || !runs ? [START] : []), ctl(about, 'resume', '--wait')],
      where,
      effect: 'Patroni is paused, and starts no PostgreSQL until it is resumed.',
    }
  }
  if (runs && !isAgentDown)
    return noCommand('Patroni runs there, and starts PostgreSQL by itself: its log says why it does not.')
  return { commands: [START], where, effect: 'It starts PostgreSQL too, and makes a former primary a standby.' }
}
