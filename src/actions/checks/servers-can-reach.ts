// The check that application servers can open the port of the database that will serve them.

import type { ActionToolbox, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { addressForOthers } from '../hosts/address.ts'

const LIMIT_MS = 5_000

/** Opens a port from a host with bash alone, without a program that may be missing. */
const OPEN_PORT = ['bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"'] as const

/** Warns if an application server can't open the target's port, or if that is unknown. */
export function serversCanReach(target: string): PreflightCheck {
  return {
    id: 'servers-can-reach',
    mayOverride: false,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const { servers } = clusterView.picture
      if (servers.length === 0) return null
      const states = await Promise.all(
        servers.map(async ({ id, name }) => ({ name, way: await wayFrom(id, target, clusterView, tools) })),
      )
      const named = (wanted: string) =>
        states
          .filter(({ way: path }) => path === wanted)
          .map(({ name }) => name)
          .join(', ')
      if (named('closed') !== '')
        return {
          result: 'warn',
          message: `its port is closed to: ${named('closed')}`,
          hint: 'Check the firewall and listen_addresses.',
        }
      if (named('unknown') !== '') {
        return {
          result: 'warn',
          message: `whether these can open its port is unknown: ${named('unknown')}`,
          hint: 'Set "host" for the servers, with access to it, or try it by hand.',
        }
      }
      return { result: 'pass', message: `${named('open')} can open its port`, hint: null }
    },
  }
}

/** Proven by an existing session, else by opening the port from the server's host. */
async function wayFrom(
  server: string,
  target: string,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<'open' | 'closed' | 'unknown'> {
  const config = tools.config.servers.find(({ spec }) => spec.id === server)
  const view = findDatabase(clusterView, target)
  if (!config || !view) return 'unknown'
  const seen = view.pulse?.clients?.some(({ applicationName, address }) => {
    const { applicationName: name, clientAddress } = config.spec
    return (name !== null && applicationName === name) || (clientAddress !== null && address === clientAddress)
  })
  if (seen) return 'open'
  const connection = tools.host(config.spec.hostId)
  if (!connection) return 'unknown'
  const { host, port } = addressForOthers(target, tools)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    const { exitCode } = await connection.run([...OPEN_PORT, host, String(port)], { signal })
    return exitCode === 0 ? 'open' : exitCode === 127 ? 'unknown' : 'closed'
  } catch {
    return 'unknown'
  }
}
