// Which databases of the cluster a pooler names by an address of their own, however either of them spells it.

import type { HostConfig, PoolerConfig } from '../../config/config.ts'
import { lookUpHost } from '../../io/network/dns.ts'
import { parseIpAddress } from '../../model/hba/syntax/ip-address.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isLoopback, normalizeAddress } from '../../model/values/address.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import { hostConfigOf } from '../hosts/service.ts'

export interface PlaceTools extends Pick<ActionToolbox, 'config' | 'signal'> {
  view(): PlanningView
}

/** Where a database of a pooler is, as the pooler has it. */
export interface NamedPlace {
  /** The folder of a socket is one of the pooler's own host. */
  readonly host: string
  readonly port: number
}

const LOOKUP_MS = 2_000

/**
 * Returns the databases that are at that place themselves: by the address of the configuration, by the one that the server
 * reports, or by that of its host. A name that only resolves to the same address is none: something may move it.
 */
export async function namedItself(
  place: NamedPlace,
  pooler: PoolerConfig,
  tools: PlaceTools,
): Promise<readonly DatabaseView[]> {
  const { databases } = tools.view().picture
  const there = machinesOf(place.host, pooler, tools)
  const configured = databases.filter((view) => isAt(there, place.port, calledPlaces(view, tools)))
  if (configured.length > 0) return configured
  const reported = databases.filter((view) => isAt(there, place.port, reportedPlaces(view)))
  if (reported.length > 0) return oneServer(reported)
  if (parseIpAddress(place.host) === null || isLoopback(place.host)) return []
  const resolved = await Promise.all(databases.map(async (view) => resolvesTo(view, place, tools)))
  return oneServer(databases.filter((_, index) => resolved[index]))
}

/**
 * Whether the address at which other hosts reach that database is one for the host of the pooler: not the loopback or a socket of
 * another host.
 */
export function hasAddressFor(pooler: PoolerConfig, view: DatabaseView, tools: PlaceTools): boolean {
  if (!isOfItsHost(addressForOthers(view.id, tools).host)) return true
  const its = calledPlaces(view, tools).flatMap(({ machines }) => machines)
  return machinesOf('localhost', pooler, tools).some((machine) => its.includes(machine))
}

interface MachinePlace {
  readonly machines: readonly string[]
  readonly port: number
}

function isAt(there: readonly string[], port: number, places: readonly MachinePlace[]): boolean {
  return places.some((each) => each.port === port && each.machines.some((machine) => there.includes(machine)))
}

/** Two networks may have the same address. */
function oneServer(views: readonly DatabaseView[]): readonly DatabaseView[] {
  const servers = new Set(views.map(({ id, sameServerAs }) => sameServerAs ?? id))
  return servers.size === 1 ? views : []
}

function calledPlaces(view: DatabaseView, tools: PlaceTools): readonly MachinePlace[] {
  const via = configOf(view, tools)?.via ?? null
  const host = hostConfigOf(view.id, tools)
  const isLocal = isOfItsHost(view.host)
  const own = isLocal ? machinesBehind(via, tools) : [normalizeAddress(view.host)]
  const others = addressForOthers(view.id, tools)
  // A loopback of its host leads there, too.
  const ofHost = host === null ? [] : [hostMachine(host)]
  return [
    { machines: [...own, ...ofHost], port: view.port },
    ...(isOfItsHost(others.host) ? [] : [{ machines: [normalizeAddress(others.host)], port: others.port }]),
  ]
}

/** A server behind ssh, or on this host, reports the loopback. */
function reportedPlaces({ pulse, port }: DatabaseView): readonly MachinePlace[] {
  const address = pulse?.serverAddress ?? null
  if (address === null || isOfItsHost(address)) return []
  return [{ machines: [normalizeAddress(address)], port: pulse?.serverPort ?? port }]
}

/** What an address is for the pooler, as words that are compared: addresses, this machine, hosts of the configuration. */
function machinesOf(host: string, { spec, via }: PoolerConfig, tools: PlaceTools): readonly string[] {
  if (!isOfItsHost(host)) return [normalizeAddress(host)]
  return isOfItsHost(spec.host) ? machinesBehind(via, tools) : [normalizeAddress(spec.host)]
}

const THIS_MACHINE = 'this machine'

/** `via`: id of the host whose loopback is meant; null: this machine. */
function machinesBehind(via: string | null, { config }: PlaceTools): readonly string[] {
  if (via === null) return [THIS_MACHINE]
  const host = config.hosts.find(({ id }) => id === via)
  if (!host) return []
  return [hostMachine(host), ...(host.address === null ? [] : [normalizeAddress(host.address)])]
}

function hostMachine({ id, access }: HostConfig): string {
  return access.kind === 'local' ? THIS_MACHINE : `host ${id}`
}

/** Whether an address means the host of whoever has it: its loopback, or the folder of a socket. */
export function isOfItsHost(address: string): boolean {
  return isLoopback(address) || address.startsWith('/')
}

/** For a server that was never read, and that the configuration has by a name. */
async function resolvesTo(view: DatabaseView, place: NamedPlace, tools: PlaceTools): Promise<boolean> {
  const config = configOf(view, tools)
  if (!config || view.port !== place.port || (view.pulse?.serverAddress ?? null) !== null) return false
  const wanted = normalizeAddress(place.host)
  const endpoint = config.connection.endpoints.find(({ host, port }) => host === view.host && port === view.port)
  if (endpoint?.address != null) return normalizeAddress(endpoint.address) === wanted
  // Names behind ssh are those of another network.
  if (config.via !== null || parseIpAddress(view.host) !== null || isOfItsHost(view.host)) return false
  const limit = AbortSignal.any([tools.signal, AbortSignal.timeout(LOOKUP_MS)])
  const found = await lookUpHost(view.host, limit).catch(() => [])
  return found.some(({ address }) => normalizeAddress(address) === wanted)
}

function configOf({ id }: DatabaseView, { config }: PlaceTools) {
  return config.databases.find(({ spec }) => spec.id === id)
}
