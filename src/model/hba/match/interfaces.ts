// A Linux machine's own addresses with their networks, from /proc.

import {
  fullNetmask,
  type IpNetwork,
  networkContains,
  parseIpAddress,
  parseIpNetwork,
  prefixNetmask,
} from '../syntax/ip-address.ts'

/** Where the kernel tells them. */
export const INTERFACE_FILES = { ipv4: '/proc/net/fib_trie', ipv6: '/proc/net/if_inet6' } as const

/** What every machine has. */
export const LOOPBACK_NETWORKS: readonly IpNetwork[] = ['127.0.0.1/8', '::1/128'].flatMap(
  (text) => parseIpNetwork(text) ?? [],
)

/** The addresses in those two files; empty for a missing one. */
export function parseInterfaces(fibTrie: string | null, ifInet6: string | null): readonly IpNetwork[] {
  return [...parseTrie(fibTrie ?? ''), ...parseInet6(ifInet6 ?? '')]
}

/** The routing table lists own addresses as `/32 host LOCAL` below their address, and their networks likewise. */
function parseTrie(text: string): readonly IpNetwork[] {
  const byText = new Map<string, IpNetwork>()
  const networks: IpNetwork[] = []
  for (const [, address = '', entries = ''] of text.matchAll(/\|-- ([\d.]+)((?:\n +\/\d+ \w+ \w+)+)/g)) {
    for (const [, length = '', scope = ''] of entries.matchAll(/\/(\d+) (link UNICAST|host LOCAL)/g)) {
      const network = parseIpNetwork(`${address}/${length}`)
      if (network === null) continue
      if (length !== '32') networks.push(network)
      else if (scope === 'host LOCAL') byText.set(address, network)
    }
  }
  return [...byText.values()].map((own) => ({ address: own.address, mask: narrowest(networks, own) }))
}

function narrowest(networks: readonly IpNetwork[], own: IpNetwork): bigint {
  const around = networks.filter((network) => networkContains(network, own.address)).map(({ mask }) => mask)
  return around.reduce((best, mask) => (best === fullNetmask(4) || mask > best ? mask : best), fullNetmask(4))
}

/** Lines such as `fe80000000000000…0001 02 40 20 80 eth0`: address, interface, prefix length (hexadecimal), … */
function parseInet6(text: string): readonly IpNetwork[] {
  return text.split('\n').flatMap((line) => {
    const [, digits = '', length = ''] = /^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]{2}) /.exec(line) ?? []
    const address = parseIpAddress(digits.replace(/(.{4})(?!$)/g, '$1:'))
    const mask = prefixNetmask(String(Number.parseInt(length, 16)), 6)
    return address === null || mask === null ? [] : [{ address, mask }]
  })
}
