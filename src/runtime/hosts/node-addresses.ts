// Where the nodes of a cluster may connect from, as the configuration knows it: for lines of pg_hba.conf that name hosts.

import type { ClusterConfig } from '../../config/config.ts'

/** Addresses and names, each once; folders of Unix sockets are none. */
export function nodeAddressesOf({ hosts, databases, servers }: ClusterConfig): readonly string[] {
  const known = [
    ...databases.map(({ spec }) => spec.host),
    ...servers.flatMap(({ spec }) => [spec.dnsName, spec.clientAddress]),
    ...hosts.map(({ address }) => address),
  ]
  return [...new Set(known.filter((each): each is string => each !== null && each !== '' && !each.startsWith('/')))]
}
