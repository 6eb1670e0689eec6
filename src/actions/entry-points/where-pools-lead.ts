// Which pools of a PgBouncer lead to the primary that an act moves, and how each comes to lead to the new one.

import type { PoolerConfig } from '../../config/config.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { roleWord } from '../../model/picture/roles.ts'
import { formatEndpoint, isSameAddress } from '../../model/values/address.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { LeadBy } from './lead-pool.ts'
import { hasAddressFor, isOfItsHost, type NamedPlace, namedItself, type PlaceTools } from './named-itself.ts'
import type { Pool } from './pools.ts'
import { type Reached, reachedThrough } from './reached.ts'

export interface MovedPrimary {
  /** null: unknown. */
  readonly primary: DatabaseView | null
  /** The same as `primary` where that is only restarted. */
  readonly target: DatabaseView
  /** False: nobody can write now, so that nobody has to wait. */
  readonly pauses: boolean
}

/**
 * Where a pool leads before the act. `moved`: to the primary that is moved, or where nothing answers now; `by` is how it comes to
 * lead to the new one, null if nothing is to be done. `elsewhere`: to what `words` say. `unseen`: pgdeck can't tell, and why.
 */
export type PoolLeading =
  | { readonly kind: 'moved'; readonly by: LeadBy | null }
  | { readonly kind: 'elsewhere'; readonly words: string }
  | { readonly kind: 'unseen'; readonly why: string }

const NOTHING_TO_DO: PoolLeading = { kind: 'moved', by: null }

/** Asks each place once, however many pools lead there. */
export function poolLeadings(config: PoolerConfig, moved: MovedPrimary, tools: ActionToolbox) {
  const asked = new Map<string, Promise<PoolLeading>>()
  return async (pool: Pool): Promise<PoolLeading> => {
    const known = await leadingByAddress(pool, config, moved, tools)
    if (known !== null) return known.kind === 'unseen' ? unseenLeading(known, pool, config, moved, tools) : known
    const place = placeOf(pool, config)
    const key = formatEndpoint(place.host, place.port)
    const leading = asked.get(key) ?? leadingBySession(place, config, moved, tools)
    asked.set(key, leading)
    const found = await leading
    return found.kind === 'unseen' ? unseenLeading(found, pool, config, moved, tools) : found
  }
}

/** By the addresses of the databases alone; null: a session has to show it. */
async function leadingByAddress(
  pool: Pool,
  config: PoolerConfig,
  { primary, target }: MovedPrimary,
  tools: ActionToolbox,
): Promise<PoolLeading | null> {
  if (pool.isDisabled) return NOTHING_TO_DO
  if (pool.host?.includes(','))
    return { kind: 'unseen', why: `it uses several hosts in turn (${pool.host}), which pgdeck can’t follow` }
  const there = await namedItself(placeOf(pool, config), config, tools)
  // By their ids: a poll meanwhile makes other objects of them.
  const primaries = new Set(primary === null ? [] : sameServers(primary, tools).map(({ id }) => id))
  if (there.some(({ id }) => primaries.has(id))) {
    if (primary?.id === target.id) return NOTHING_TO_DO
    return { kind: 'moved', by: commandOf(config, target, tools) ?? byPerson(config, target, tools) }
  }
  const [other] = there
  if (isLost(primary) && there.some(({ id }) => id === target.id)) return NOTHING_TO_DO
  if (other) return { kind: 'elsewhere', words: nameWithRole(other) }
  if (pool.host === null) return { kind: 'unseen', why: 'it leads to a Unix socket, which pgdeck can’t follow' }
  return null
}

/** null: there is none. A person does it where the command would get an address that means another host for the pooler. */
function commandOf(config: PoolerConfig, target: DatabaseView, tools: ActionToolbox): LeadBy | null {
  const { repoint } = config
  const access = repoint === null ? undefined : tools.host(repoint.host)?.accessKind
  if (repoint === null || access === undefined) return null
  if (!hasAddressFor(config, target, tools)) return byPerson(config, target, tools)
  return { kind: 'command', host: repoint.host, argv: repoint.command, access }
}

function byPerson(config: PoolerConfig, target: DatabaseView, tools: ActionToolbox): LeadBy {
  return { kind: 'person', hasAddress: hasAddressFor(config, target, tools) }
}

async function leadingBySession(
  place: NamedPlace,
  config: PoolerConfig,
  moved: MovedPrimary,
  tools: ActionToolbox,
): Promise<PoolLeading> {
  const { host, port } = place
  const { primary, target } = moved
  const expected = isLost(primary) ? target : (primary ?? target)
  const session = { kind: 'pool', pooler: config.spec.id, host, port, as: target.id } as const
  const reached = await reachedThrough(session, expected.id, tools)
  if (isLost(primary) && (reached.kind === 'meant' || isAhead(reached, primary, target)))
    return { kind: 'moved', by: MOVES }
  if (reached.kind === 'meant') return { kind: 'moved', by: moverOf(place, config, moved, tools) }
  if (reached.kind === 'elsewhere') return { kind: 'elsewhere', words: reached.words }
  return { kind: 'unseen', why: `by ${formatEndpoint(host, port)} pgdeck reaches nothing: ${reached.fault.message}` }
}

const MOVES: LeadBy = { kind: 'waits', mover: 'known' }

/**
 * How a place comes to lead to the new primary that is no known address of the old one. It may be one all the same, in another
 * network: only one that the configuration has among its addresses is known to move.
 */
function moverOf(place: NamedPlace, config: PoolerConfig, moved: MovedPrimary, tools: ActionToolbox): LeadBy {
  if (moved.primary?.id === moved.target.id || isKnownAddress(place, config, tools)) return MOVES
  return commandOf(config, moved.target, tools) ?? { kind: 'waits', mover: 'unknown' }
}

function isKnownAddress({ host, port }: NamedPlace, { spec, via }: PoolerConfig, { config }: ActionToolbox): boolean {
  const seen = isOfItsHost(host) ? spec.host : host
  return (config.addresses ?? []).some((address) => {
    // Each host has a loopback of its own.
    if (isOfItsHost(seen) && address.via !== via) return false
    return address.connection.endpoints.some((each) => each.port === port && isSameAddress(each.host, seen))
  })
}

/** What moves the address of a lost primary was faster. */
function isAhead(reached: Reached, primary: DatabaseView | null, target: DatabaseView): boolean {
  return isLost(primary) && reached.kind === 'elsewhere' && reached.database === target.id
}

/** Nothing answers for it, and that says nothing of what pgdeck can see. */
function isLost(primary: DatabaseView | null): boolean {
  return primary === null || primary.problem !== null
}

/**
 * pgdeck sees nothing there. Where a lost primary was, a pool that was seen to lead there before still does; the one that the
 * configuration names is meant anyway, and led by its command also where only pgdeck can't follow.
 */
function unseenLeading(
  unseen: PoolLeading,
  pool: Pool,
  config: PoolerConfig,
  moved: MovedPrimary,
  tools: ActionToolbox,
): PoolLeading {
  const { primary } = moved
  const isMeant = config.spec.database !== null
  const by = moverOf(placeOf(pool, config), config, moved, tools)
  if (isMeant && by.kind !== 'waits') return { kind: 'moved', by }
  if (!isLost(primary) || pool.host === null || pool.host.includes(',')) return unseen
  const seen = tools
    .view()
    .picture.entryPoints.flatMap((view) => (view.kind === 'pooler' && view.id === config.spec.id ? view.databases : []))
    .find(({ name }) => name === pool.name)
  const led = primary !== null && (seen?.leadsTo ?? []).some(({ databaseId }) => databaseId === primary.id)
  return led || isMeant ? { kind: 'moved', by } : unseen
}

function nameWithRole(view: DatabaseView): string {
  const role = roleWord(view)
  return role === null ? view.name : `${view.name}, a ${role}`
}

/** The databases of the configuration that are this one by another DSN, with itself. */
function sameServers(view: DatabaseView, tools: PlaceTools): readonly DatabaseView[] {
  const others = tools.view().picture.databases.filter(({ id, sameServerAs }) => {
    return id !== view.id && (sameServerAs === view.id || id === view.sameServerAs)
  })
  return [view, ...others]
}

/** A socket is one of the pooler's own host. */
function placeOf({ host, port }: Pool, { spec }: PoolerConfig): NamedPlace {
  return { host: host ?? spec.host, port }
}
