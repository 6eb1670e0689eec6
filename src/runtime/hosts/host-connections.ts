// The ways into a cluster's hosts: one ssh connection each, opened when first used, shared by samples and databases.

import type { HostConfig } from '../../config/config.ts'
import type { Tunnel } from '../../io/postgres/connection/tunnel.ts'
import { openSshConnection, type SshConnection } from '../../io/ssh/ssh.ts'
import { tunnelThrough } from '../../io/ssh/ssh-tunnel.ts'
import type { AccessibleHost } from '../../probes/probe.ts'

export type SshOpener = (destination: string) => SshConnection

export interface HostConnections {
  /** Every host that can be looked at. The same objects for as long as the cluster is watched: rates need two samples. */
  readonly hosts: readonly AccessibleHost[]
  /** False where nothing leads into the host of that name: neither ssh nor that it is this one. */
  leadsTo(hostId: string | null): boolean
  /** The route through the ssh of the host of that name; undefined where a database is reached straight. */
  tunnelVia(hostId: string | null): Tunnel | undefined
  /** Ends every connection. */
  close(): Promise<void>
}

/** Nothing is opened yet: the first use does. */
export function openHostConnections(
  configs: readonly HostConfig[],
  open: SshOpener = (destination) => openSshConnection({ destination }),
): HostConnections {
  const all = configs.map((config): AccessibleHost => {
    return { config, ssh: config.access.kind === 'ssh' ? open(config.access.destination) : null }
  })
  const hosts = all.filter(({ config }) => config.access.kind !== 'none')
  return {
    hosts,
    leadsTo: (hostId) => hosts.some(({ config }) => config.id === hostId),
    tunnelVia(hostId) {
      const ssh = all.find(({ config }) => config.id === hostId)?.ssh
      return hostId !== null && ssh ? tunnelThrough(hostId, ssh) : undefined
    },
    close: async () => void (await Promise.all(all.map(({ ssh }) => ssh?.close()))),
  }
}
