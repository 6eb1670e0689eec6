// IP addresses and networks as pg_hba.conf writes them: what the operating system's numeric parser takes, as numbers.

export interface IpAddress {
  readonly family: 4 | 6
  readonly value: bigint
}

/** Addresses whose bits under the mask are those of `address`; a mask need not be contiguous. */
export interface IpNetwork {
  readonly address: IpAddress
  readonly mask: bigint
}

/** A numeric IPv4 or IPv6 address, or null. Short IPv4 forms (`10.1`, `0x7f.1`) count, as they do for the server. */
export function parseIpAddress(text: string): IpAddress | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** All ones up to the family's width. */
export function fullNetmask(family: 4 | 6): bigint {
  return family === 4 ? 0xffffffffn : (1n << 128n) - 1n
}

/** The mask of a prefix length such as `24`, or null when it is none of that family. */
export function prefixNetmask(prefix: string, family: 4 | 6): bigint | null {
  if (!/^[ \t\r]*[+-]?\d{1,9}$/.test(prefix)) return null
  const width = family === 4 ? 32 : 128
  const length = Number(prefix)
  if (length < 0 || length > width) return null
  return fullNetmask(family) ^ ((1n << BigInt(width - length)) - 1n)
}

/** `10.0.0.7/24`, or an address alone (then the network is that address); null when it is neither. */
export function parseIpNetwork(text: string): IpNetwork | null {
  const slash = text.indexOf('/')
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  const mask = slash < 0 ? fullNetmask(address.family) : prefixNetmask(text.slice(slash + 1), address.family)
  return mask === null ? null : { address, mask }
}

/** Whether the address is in the network; never across families, mapped addresses included. */
export function networkContains(network: IpNetwork, address: IpAddress): boolean {
  return network.address.family === address.family && ((network.address.value ^ address.value) & network.mask) === 0n
}

/** Whether every address of `inner` is in `outer`. */
export function networkCovers(outer: IpNetwork, inner: IpNetwork): boolean {
  return networkContains(outer, inner.address) && (outer.mask & inner.mask) === outer.mask
}

export function isSameIpAddress(one: IpAddress, other: IpAddress): boolean {
  return one.family === other.family && one.value === other.value
}

/** Up to four numbers, each decimal, octal (0…) or hexadecimal (0x…); the last one fills the bytes that are left. */
function parseIpv4(text: string): IpAddress | null {
  const parts = text.split('.')
  if (parts.length > 4) return null
  let value = 0n
  for (const [index, part] of parts.entries()) {
    const number = parseNumber(part)
    const last = index === parts.length - 1
    const bytes = BigInt(last ? 5 - parts.length : 1)
    if (number === null || number >= 1n << (8n * bytes)) return null
    value = (value << (8n * bytes)) | number
  }
  return { family: 4, value }
}

function parseNumber(text: string): bigint | null {
  if (text.length > 32) return null
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text)
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text}`)
  return /^(?:0|[1-9]\d*)$/.test(text) ? BigInt(text) : null
}

function parseIpv6(text: string): IpAddress | null {
  // An interface can be named only where the address belongs to one link.
  const bare = text.replace(/^fe[89ab]/i.test(text) ? /%[\w.-]+$/ : /%\d+$/, '')
  if (bare.length > 45) return null
  const halves = withoutDotted(bare)?.split('::')
  if (!halves || halves.length > 2) return null
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const groups = [...(head ?? []), ...(tail ?? [])]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null
  if (tail === undefined ? groups.length !== 8 : groups.length > 7) return null
  const zeros = Array.from({ length: 8 - groups.length }, () => '0')
  const all = [...(head ?? []), ...zeros, ...(tail ?? [])]
  return { family: 6, value: all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) }
}

/** An IPv4 address at the end as the two groups that it stands for. */
function withoutDotted(text: string): string | null {
  const dotted = /^(.*:)((?:\d{1,3}\.){3}\d{1,3})$/.exec(text)
  if (!dotted) return text
  const bytes = (dotted[2] ?? '').split('.')
  if (bytes.some((byte) => Number(byte) > 255 || /^0\d/.test(byte))) return null
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number)
  return `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}
