// The host connections of a cluster: one ssh connection per host, opened at first use, shared by samples and databases.

import type { HostConfig } from '../../config/config.ts'
import type { Tunnel } from '../../io/postgres/connection/tunnel.ts'
import { openSshConnection, type SshConnection } from '../../io/ssh/ssh.ts'
import { tunnelThrough } from '../../io/ssh/ssh-tunnel.ts'
import type { AccessibleHost } from '../../probes/probe.ts'

/** `as`: the user as whom scripts run there; absent: the account itself. */
export type SshOpener = (destination: string, as?: string) => SshConnection

export interface HostConnections {
  /** All accessible hosts. The objects stay the same while the cluster is watched, because rates need two samples. */
  readonly hosts: readonly AccessibleHost[]
  /** False if pgdeck has no access to that host: no ssh, and it is not this host. */
  leadsTo(hostId: string | null): boolean
  /** The tunnel through the ssh connection of that host; undefined for a database that is reached directly. */
  tunnelVia(hostId: string | null): Tunnel | undefined
  /** Ends every connection. */
  close(): Promise<void>
}

/** Opens no connection before the first use. */
export function openHostConnections(
  configs: readonly HostConfig[],
  open: SshOpener = (destination, as) => openSshConnection({ destination, ...(as === undefined ? {} : { as }) }),
): HostConnections {
  const all = configs.map((config): AccessibleHost => {
    return { config, ssh: config.access.kind === 'ssh' ? open(config.access.destination, config.as) : null }
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
