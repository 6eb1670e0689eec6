// The basis of a plan as of now: the readings, the address of each database, and the access to hosts.

import type { PlanningView } from '../../../actions/definition/action.ts'
import type { ServersOnHosts } from '../../../model/measured/server-on-host.ts'
import type { HostSpec } from '../../../model/measured/spec.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { PlanBasis, PlannedEndpoint } from '../../../model/runs/plan.ts'
import { planBasisOf } from '../../../model/runs/plan-basis.ts'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'

/** Holds no secrets, because the journal stores it. */
export function currentBasis(view: PlanningView, onHosts: ServersOnHosts = {}): PlanBasis {
  const basis = planBasisOf(view.picture, view.manager?.kind ?? null)
  return {
    ...basis,
    nodes: basis.nodes.map((node) => {
      const onHost = onHosts[node.id]
      return { ...node, place: currentEndpoint(view, node.id), ...(onHost === undefined ? {} : { onHost }) }
    }),
    hosts: view.config.hosts.map((host) => ({ id: host.id, access: hostAccessText(host) })),
  }
}

/**
 * The current address of a database; null if its DSN has several hosts and none has answered yet, or if it is not
 * watched.
 */
export function currentEndpoint(
  { config, picture }: Pick<PlanningView, 'config' | 'picture'>,
  database: string,
): PlannedEndpoint | null {
  const databaseConfig = config.databases.find(({ spec }) => spec.id === database)
  if (!databaseConfig) return null
  const isOne = databaseConfig.connection.endpoints.length === 1
  const at = isOne ? databaseConfig.spec : picture.databases.find(({ id }) => id === database)?.pulse?.endpoint
  return at ? { host: at.host, port: at.port, via: databaseConfig.via } : null
}

/** The access to a host, as it is compared and shown. */
export function hostAccessText({ access, as }: HostSpec): string {
  const way = access.kind === 'ssh' ? `ssh ${access.destination}` : access.kind
  return as === undefined ? way : `${way} as ${as}`
}

/** Whether the configuration allows that address for a database. */
export function isConfiguredEndpoint(
  { config }: Pick<PlanningView, 'config'>,
  id: string,
  place: PlannedEndpoint,
): boolean {
  const database = config.databases.find(({ spec }) => spec.id === id)
  const isListed = database?.connection.endpoints.some(({ host, port }) => host === place.host && port === place.port)
  return (isListed ?? false) && database?.via === place.via
}

/**
 * Restricts a DSN with several hosts to the one that was read: an action does not switch to another. Throws ActionError
 * if none was read.
 */
export function connectionToEndpoint(
  id: string,
  connection: ConnectionParameters,
  place: PlannedEndpoint | null,
): ConnectionParameters {
  if (connection.endpoints.length === 1) return { ...connection, targetSessionAttrs: 'any' }
  const endpoint = connection.endpoints.find(({ host, port }) => host === place?.host && port === place.port)
  if (endpoint) return { ...connection, endpoints: [endpoint], targetSessionAttrs: 'any' }
  throw new ActionError(
    `the dsn of ${id} names several hosts, and which of them is the server is unknown: none has answered`,
    'Give each server an entry of its own, with one host in its dsn.',
  )
}
