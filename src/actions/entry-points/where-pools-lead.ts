// Which pools of a PgBouncer lead to the primary that an act moves, and how each comes to lead to the new one.

import type { PoolerConfig } from '../../config/config.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { roleWord } from '../../model/picture/roles.ts'
import { formatEndpoint, isLoopback, isSameAddress } from '../../model/values/address.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import type { LeadBy } from './lead-pool.ts'
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

interface Place {
  readonly host: string
  readonly port: number
}

const NOTHING_TO_DO: PoolLeading = { kind: 'moved', by: null }

/** Asks each place once, however many pools lead there. */
export function poolLeadings(config: PoolerConfig, moved: MovedPrimary, tools: ActionToolbox) {
  const asked = new Map<string, Promise<PoolLeading>>()
  return (pool: Pool): Promise<PoolLeading> => {
    const known = leadingByAddress(pool, config, moved, tools)
    if (known !== null) return Promise.resolve(known)
    const place = placeOf(pool, config)
    const key = formatEndpoint(place.host, place.port)
    const leading = asked.get(key) ?? leadingBySession(place, config, moved, tools)
    asked.set(key, leading)
    return leading.then((found) => (found.kind === 'unseen' ? withMemory(found, pool, config, moved, tools) : found))
  }
}

/** By the addresses of the databases alone; null: a session has to show it. */
function leadingByAddress(
  pool: Pool,
  config: PoolerConfig,
  { primary, target }: MovedPrimary,
  tools: ActionToolbox,
): PoolLeading | null {
  if (pool.isDisabled) return NOTHING_TO_DO
  if (pool.host?.includes(','))
    return { kind: 'unseen', why: `it uses several hosts in turn (${pool.host}), which pgdeck can’t follow` }
  const place = placeOf(pool, config)
  if (primary !== null && sameServers(primary, tools).some((view) => isItself(place, view, config, tools))) {
    if (primary.id === target.id) return NOTHING_TO_DO
    return { kind: 'moved', by: commandOf(config, tools) ?? { kind: 'person' } }
  }
  const other = tools.view().picture.databases.find((view) => isItself(place, view, config, tools))
  if (other && isLost(primary) && other.id === target.id) return NOTHING_TO_DO
  if (other) return { kind: 'elsewhere', words: nameWithRole(other) }
  if (pool.host === null) return { kind: 'unseen', why: 'it leads to a Unix socket, which pgdeck can’t follow' }
  return null
}

function commandOf({ repoint }: PoolerConfig, tools: ActionToolbox): LeadBy | null {
  const access = repoint === null ? undefined : tools.host(repoint.host)?.accessKind
  if (repoint === null || access === undefined) return null
  return { kind: 'command', host: repoint.host, argv: repoint.command, access }
}

async function leadingBySession(
  { host, port }: Place,
  { spec }: PoolerConfig,
  { primary, target }: MovedPrimary,
  tools: ActionToolbox,
): Promise<PoolLeading> {
  const expected = isLost(primary) ? target : (primary ?? target)
  const place = { kind: 'pool', pooler: spec.id, host, port, as: target.id } as const
  const reached = await reachedThrough(place, expected.id, tools)
  if (reached.kind === 'meant' || isAhead(reached, primary, target)) return { kind: 'moved', by: { kind: 'waits' } }
  if (reached.kind === 'elsewhere') return { kind: 'elsewhere', words: reached.words }
  return { kind: 'unseen', why: `by ${formatEndpoint(host, port)} pgdeck reaches nothing: ${reached.fault.message}` }
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
 * Nothing answers where a lost primary was: a pool that was seen to lead there before still does, and so does the one that the
 * configuration names.
 */
function withMemory(
  unseen: PoolLeading,
  { name }: Pool,
  { spec }: PoolerConfig,
  { primary }: MovedPrimary,
  tools: ActionToolbox,
): PoolLeading {
  if (!isLost(primary)) return unseen
  const seen = tools
    .view()
    .picture.entryPoints.flatMap((view) => (view.kind === 'pooler' && view.id === spec.id ? view.databases : []))
    .find((each) => each.name === name)
  const led = primary !== null && (seen?.leadsTo ?? []).some(({ databaseId }) => databaseId === primary.id)
  return led || spec.database !== null ? { kind: 'moved', by: { kind: 'waits' } } : unseen
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
function placeOf({ host, port }: Pool, { spec }: PoolerConfig): Place {
  return { host: host ?? spec.host, port }
}

/** Whether the pooler names that database by an address of its own. */
function isItself({ host, port }: Place, view: DatabaseView, { spec, via }: PoolerConfig, tools: PlaceTools): boolean {
  // What is local to a pooler behind ssh is not local to pgdeck.
  if (via !== null && (isLoopback(host) || host.startsWith('/'))) return false
  const here = isLoopback(host) && !isLoopback(spec.host) && !spec.host.startsWith('/') ? spec.host : host
  const others = addressForOthers(view.id, tools)
  return [others, view].some((address) => address.port === port && isSameAddress(address.host, here))
}

interface PlaceTools extends Pick<ActionToolbox, 'config'> {
  view(): PlanningView
}
