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
  const bare = value.replace(/^<([\s\S]*)>$/, '$1').replace(/^URL:/i, '')
  const [, scheme = '', rest = ''] = /^(ldaps?|ldapi):\/\/([\s\S]*)$/i.exec(bare) ?? []
  if (scheme === '') return broken('scheme')
  const isLocal = scheme.toLowerCase() === 'ldapi'
  const slash = rest.indexOf('/')
  const place = slash < 0 ? rest : rest.slice(0, slash)
  if (!isLocal && !isHostAndPort(place)) return broken('url')
  const parts = slash < 0 ? [] : rest.slice(slash + 1).split('?')
  const [baseDn = null, attributes = '', scope = '', filter = '', extensions] = parts
  if (attributes !== '' && attributes.split(',').every((name) => name === '')) return broken('attributes')
  if (scope !== '' && !SCOPES.includes(scope.toLowerCase())) return broken('scope')
  if (filter.startsWith('%00')) return broken('filter')
  if (parts.length > 5) return broken('url')
  if (extensions?.split(',').every((name) => name === '')) return broken('extensions')
  if (isLocal) return { error: 'unsupported LDAP URL scheme: ldapi' }
  return {
    baseDn,
    searchAttribute: attributes === '' ? null : (attributes.split(',')[0] ?? null),
    searchFilter: filter === '' ? null : filter,
  }
}

function isHostAndPort(place: string): boolean {
  const found = (place.startsWith('[') ? /^\[[^\]]*\][^:]*(?::(.*))?$/s : /^[^:]*(?::(.*))?$/s).exec(place)
  if (found === null) return false
  const [, port] = found
  return port === undefined || /^\s*[+-]?\d+$/.test(port)
}
