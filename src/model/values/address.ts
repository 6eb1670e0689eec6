// Compares notations of addresses: as a user typed them, as a server reports its own, as a peer saw them.

const LOOPBACK = '127.0.0.1'
const PLAIN_IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/**
 * Returns one notation for comparison: lower case, without a mask, IPv4-in-IPv6 as IPv4, `localhost` and Unix sockets
 * as 127.0.0.1.
 */
export function normalizeAddress(address: string): string {
  if (PLAIN_IPV4.test(address)) return address
  const bare = withoutWrapping(address)
  return bare === 'localhost' || bare === '::1' || bare.startsWith('/') ? LOOPBACK : bare
}

function withoutWrapping(address: string): string {
  return address
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\/(32|128)$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/\.$/, '')
}

/**
 * Whether an address leads to the machine itself only: `localhost`, 127.0.0.0/8, ::1, in each notation. A Unix socket
 * is not one.
 */
export function isLoopback(address: string): boolean {
  const bare = withoutWrapping(address)
  if (bare === 'localhost' || /^127(\.\d{1,3}){1,3}$/.test(bare)) return true
  return /^[0:]*:0{0,3}1$/.test(bare) || /^[0:]*:ffff:7f[\da-f]{2}:[\da-f]{1,4}$/.test(bare)
}

/** True if both are given and name the same machine. */
export function isSameAddress(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false
  return one === other || normalizeAddress(one) === normalizeAddress(other)
}

/** `host:port` for people. An IPv6 address gets brackets; the folder of a socket stays as it is. */
export function formatEndpoint(host: string, port: number | null): string {
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return port === null ? shown : `${shown}:${port}`
}

/** The addresses of a server in normal notation, and its ports. */
export interface ServerEndpoints {
  readonly addresses: readonly string[]
  readonly ports: readonly number[]
}

/** The endpoints of a server: as this host reaches it, and as the server reports them. */
export function serverEndpoints(
  called: { readonly host: string; readonly port: number },
  reported: { readonly serverAddress: string | null; readonly serverPort: number | null } | null,
): ServerEndpoints {
  const addresses = [normalizeAddress(called.host)]
  if (reported?.serverAddress != null) addresses.push(normalizeAddress(reported.serverAddress))
  const isOther = reported?.serverPort != null && reported.serverPort !== called.port
  return { addresses, ports: isOther ? [called.port, reported.serverPort] : [called.port] }
}

/**
 * Whether the server `from` connects to the server `to`. A loopback address or a socket of `from` is compared with
 * the addresses by which this host reaches both.
 */
export function connectsTo(
  { host, port }: { readonly host: string | null; readonly port: number | null },
  from: ServerEndpoints,
  to: ServerEndpoints,
): boolean {
  if (!host || port === null || !to.ports.includes(port)) return false
  const address = normalizeAddress(host)
  if (to.addresses.includes(address)) return true
  return address === LOOPBACK && from.addresses.some((own) => to.addresses.includes(own))
}
