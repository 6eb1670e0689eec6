// The URL of the option ldapurl, taken apart as the server does with OpenLDAP's library.

/** What a URL sets of the other options; null: nothing. */
export interface LdapUrl {
  readonly baseDn: string | null
  readonly searchAttribute: string | null
  readonly searchFilter: string | null
}

const SCOPES: readonly string[] = ['one', 'onelevel', 'base', 'sub', 'subtree', 'subordinate', 'children']

/**
 * The server looks the library's code for a broken URL up among the codes of answers, which is why its message has
 * words of other things.
 */
const REASONS = {
  scheme: 'Time limit exceeded',
  enclosure: 'Size limit exceeded',
  url: 'Compare False',
  attributes: 'Authentication method not supported',
  scope: 'Strong(er) authentication required',
  filter: 'Partial results and referral received',
  extensions: 'Referral',
} as const

/** The URL's parts, or what the server says against it. */
export function parseLdapUrl(value: string): LdapUrl | { readonly error: string } {
  const broken = (reason: keyof typeof REASONS) => ({
    // A name and password in front of the host are not repeated.
    error: `could not parse LDAP URL "${value.replace(/:\/\/.*@/s, '://***@')}": ${REASONS[reason]}`,
  })
  if (value.startsWith('<') && !value.endsWith('>')) return broken('enclosure')
  const [scheme, place, parts] = splitUrl(value)
  if (scheme === '') return broken('scheme')
  const isLocal = scheme === 'ldapi'
  if (!isLocal && !isHostAndPort(place)) return broken('url')
  const [baseDn = null, attributes = '', , filter = ''] = parts
  const wrong = brokenPart(parts)
  if (wrong !== null) return broken(wrong)
  if (isLocal) return { error: 'unsupported LDAP URL scheme: ldapi' }
  return {
    baseDn,
    searchAttribute: attributes === '' ? null : (attributes.split(',')[0] ?? null),
    searchFilter: filter === '' ? null : filter,
  }
}

/** Its scheme ('' where it has none that is known), the place of the server, and the parts that `?` separates behind the slash. */
function splitUrl(value: string): readonly [scheme: string, place: string, parts: readonly string[]] {
  const bare = value.replace(/^<([\s\S]*)>$/, '$1').replace(/^URL:/i, '')
  const [, scheme = '', rest = ''] = /^(ldaps?|ldapi):\/\/([\s\S]*)$/i.exec(bare) ?? []
  const slash = rest.indexOf('/')
  const [place, behind] = slash < 0 ? [rest, null] : [rest.slice(0, slash), rest.slice(slash + 1)]
  return [scheme.toLowerCase(), place, behind?.split('?') ?? []]
}

/** The first part that the library refuses, in its order; null where it takes all. */
function brokenPart(parts: readonly string[]): keyof typeof REASONS | null {
  const [, attributes = '', scope = '', filter = '', extensions] = parts
  const isOnlyCommas = (list: string) => list.split(',').every((name) => name === '')
  if (attributes !== '' && isOnlyCommas(attributes)) return 'attributes'
  if (scope !== '' && !SCOPES.includes(scope.toLowerCase())) return 'scope'
  if (filter.startsWith('%00')) return 'filter'
  if (parts.length > 5) return 'url'
  return extensions !== undefined && isOnlyCommas(extensions) ? 'extensions' : null
}

function isHostAndPort(place: string): boolean {
  const match = (place.startsWith('[') ? /^\[[^\]]*\][^:]*(?::(.*))?$/s : /^[^:]*(?::(.*))?$/s).exec(place)
  if (match === null) return false
  const [, port] = match
  return port === undefined || /^\s*[+-]?\d+$/.test(port)
}
