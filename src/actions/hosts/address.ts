// Where others reach a database: what goes into the primary_conninfo of its followers.

import { isLoopback } from '../../model/values/address.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { hostConfigOf } from './service.ts'

export interface DatabaseAddress {
  readonly host: string
  readonly port: number
}

/**
 * The address of a database for other hosts: as the config reaches it (of several hosts the one that answered), unless that is this host's own loopback and the
 * config names the host's place on the network.
 */
export function addressForOthers(database: string, tools: Pick<ActionToolbox, 'config' | 'view'>): DatabaseAddress {
  const found = tools.view().snapshot.databases.find(({ spec }) => spec.id === database)
  if (!found) throw new Error(`${database} is not a database of this cluster`)
  const { host, port } = found.spec
  const named = hostConfigOf(database, tools)?.address ?? null
  const isOurs = host.startsWith('/') || isLoopback(host)
  return { host: isOurs && named !== null ? named : host, port }
}
