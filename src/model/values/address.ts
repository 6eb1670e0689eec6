// Tells whether two notations name the same machine: what a user typed, what a server says of itself, what a peer saw.

/** How this very machine is written. */
export const LOOPBACK = '127.0.0.1'
const PLAIN_IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/** One notation for comparison: lower case, no mask, no IPv4-in-IPv6, `localhost` and Unix sockets as 127.0.0.1. */
export function normalizeAddress(address: string): string {
  if (PLAIN_IPV4.test(address)) return address
  const bare = address
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\/(32|128)$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/\.$/, '')
  return bare === 'localhost' || bare === '::1' || bare.startsWith('/') ? LOOPBACK : bare
}

/** True when both are given and name the same machine. */
export function isSameAddress(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false
  return one === other || normalizeAddress(one) === normalizeAddress(other)
}

/** `host:port` for people; an IPv6 address is bracketed, a socket's folder is shown as it is. */
export function formatEndpoint(host: string, port: number | null): string {
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return port === null ? shown : `${shown}:${port}`
}
