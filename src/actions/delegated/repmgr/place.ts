// Where repmgr of a node is run: the host of its database, the program there, and its configuration file.

import type { ManagedMember } from '../../../model/managers/detection/manager-details.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { type DatabaseService, databaseServiceOf } from '../../hosts/service.ts'
import type { DelegationContext } from '../definition/manager-acts.ts'
import type { RepmgrPlace } from './program.ts'

/** A node on its host. */
export interface RepmgrNodePlace extends RepmgrPlace {
  readonly node: number
  readonly service: DatabaseService
}

const LIMIT_MS = 8_000
const DEFAULT_FILE = '/etc/repmgr.conf'

/** `why`: a clause. */
export async function placeOf(
  view: DatabaseView,
  { manager, tools }: DelegationContext,
): Promise<RepmgrNodePlace | { readonly why: string }> {
  const member = repmgrMember(view, manager)
  if (member?.facts?.nodeId == null) return { why: `repmgr.nodes lists no node with the address of ${view.name}` }
  const service = await databaseServiceOf(view.id, tools)
  if (service.host === null || service.lacks) {
    const because = service.lacks ? `: ${service.lacks.why}` : ''
    return { why: `it runs on the hosts, and pgdeck has no access to that of ${view.name}${because}` }
  }
  const { config } = tools
  const configured = config.manager?.kind === 'repmgr' ? config.manager.configFile : null
  const file = member.facts.registration?.configFile ?? configured ?? DEFAULT_FILE
  const program = await programOn(service, tools)
  if (program === null) return { why: `there is no program repmgr on ${service.host}` }
  return { host: service.host, prefix: service.asOwner, program, file, node: member.facts.nodeId, service }
}

export function repmgrMember(view: DatabaseView, manager: DelegationContext['manager']): ManagedMember | null {
  return manager.details?.members.find(({ databaseId }) => databaseId === view.id) ?? null
}

/** Packages put it beside PostgreSQL's own programs, of which there may be several versions. */
async function programOn(
  { host, asOwner, binDirectory }: DatabaseService,
  tools: ActionToolbox,
): Promise<string | null> {
  const connection = tools.host(host)
  if (!connection) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const names = [...(binDirectory === null ? [] : [`${binDirectory}/repmgr`]), 'repmgr']
  for (const name of names) {
    const { exitCode } = await connection.run([...asOwner, name, '--version'], { signal })
    if (exitCode === 0) return name
  }
  return null
}
