// The address at which other hosts reach a database, for the primary_conninfo of its standbys.

import { isLoopback } from '../../model/values/address.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { hostConfigOf } from './service.ts'

export interface DatabaseAddress {
  readonly host: string
  readonly port: number
}

/**
 * Returns the configured address (of several hosts the one that answered). If that is this host's loopback and the
 * configuration has the host's network address, that one is returned.
 */
export function addressForOthers(database: string, tools: Pick<ActionToolbox, 'config' | 'view'>): DatabaseAddress {
  const record = tools.view().snapshot.databases.find(({ spec }) => spec.id === database)
  if (!record) throw new Error(`${database} is not a database of this cluster`)
  const { host, port } = record.spec
  const named = hostConfigOf(database, tools)?.address ?? null
  const isOurs = host.startsWith('/') || isLoopback(host)
  return { host: isOurs && named !== null ? named : host, port }
}
