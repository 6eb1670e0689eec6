// Secrets that their own form reveals: tokens with the prefix of an issuer, keys, stored passwords, addresses of web
// hooks.

import { bareSpan, type SecretSpan } from './secret-spans.ts'
import type { SecretTrigger } from './secret-trigger.ts'

/** Everything that a pattern matches from the start. */
function whole(pattern: RegExp) {
  return (text: string): SecretSpan | null => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? null : { from: 0, end: found.length, open: false }
  }
}

/** The prefix in lower case, and the form of a token. */
const PREFIXES: readonly (readonly [prefix: string, token: RegExp])[] = [
  // GitHub, GitLab, npm, PyPI, Docker.
  ['gh[oprsu]_', /^gh[oprsu]_[A-Za-z0-9]{16,}/],
  ['github_pat_', /^github_pat_\w{20,}/],
  ['gl(?:pat|dt|rt|ft|soat|cbt|ptt|agent|oas)-', /^gl(?:pat|dt|rt|ft|soat|cbt|ptt|agent|oas)-[\w-]{16,}/],
  ['npm_', /^npm_[A-Za-z0-9]{30,}/],
  ['pypi-', /^pypi-[\w-]{16,}/],
  ['dckr_pat_', /^dckr_pat_[\w-]{16,}/],
  // Slack, Vault, AWS, Google, Azure, DigitalOcean, Stripe, SendGrid, OpenAI, Hugging Face, Shopify, Atlassian, age.
  ['xox[abeoprs]', /^xox[abeoprs](?:[.-][\w-]+){1,6}/],
  ['xapp-', /^xapp-[\w-]{16,}/],
  ['hv[bsr]\\.', /^hv[bsr]\.[\w-]{12,}/],
  ['a(?:kia|sia)', /^A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])/],
  ['aiza', /^AIza[\w-]{30,}/],
  ['ya29\\.', /^ya29\.[\w-]{20,}/],
  ['gocspx-', /^GOCSPX-[\w-]{16,}/],
  ['dop_v1_', /^dop_v1_[a-f0-9]{32,}/],
  ['[rs]k_(?:live|test)_', /^[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['sg\\.', /^SG\.[\w-]{16,}\.[\w-]{16,}/],
  ['sk-', /^sk-(?:[a-z]{2,8}-)?[A-Za-z0-9_-]{20,}/],
  ['hf_', /^hf_[A-Za-z0-9]{24,}/],
  ['shp(?:at|ca|pa|ss)_', /^shp(?:at|ca|pa|ss)_[a-fA-F0-9]{24,}/],
  ['atatt3', /^ATATT3[\w=-]{20,}/],
  ['age-secret-key-1', /^AGE-SECRET-KEY-1[A-Z0-9]{20,}/],
  // Grafana, Linear, Sentry, Databricks.
  ['glsa_', /^glsa_\w{20,}/],
  ['lin_api_', /^lin_api_[A-Za-z0-9]{20,}/],
  ['sntry[su]_', /^sntry[su]_[\w=+/-]{20,}/],
  ['dapi', /^dapi[a-f0-9]{32}(?![a-f0-9])/],
  ['eyj', /^eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?/],
]
const TOKENS = PREFIXES.map(([prefix, token]) => ({ prefix: new RegExp(`^(?:${prefix})`, 'i'), token }))

function token(text: string): SecretSpan | null {
  const found = TOKENS.find(({ prefix, token }) => prefix.test(text) && token.test(text))
  const [taken] = found?.token.exec(text) ?? []
  return taken === undefined ? null : { from: 0, end: taken.length, open: false }
}

const KEY_BEGIN = '-{4,5} ?BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}'
const KEY_END = '-{4,5} ?END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}'
const WHOLE_KEY = new RegExp(`^${KEY_BEGIN}(?:(?!${KEY_BEGIN})[\\s\\S]){0,16000}?${KEY_END}`, 'i')
/** A key without its end: lines of base64, and the headers before them. */
const BROKEN_KEY = new RegExp(
  `^${KEY_BEGIN}(?:(?:\\r?\\n|\\\\{1,4}[nr])[ \\t]{0,8}(?:(?:Proc-Type|DEK-Info|Version|Comment): [^\\n]{0,100}|[A-Za-z0-9+/=]{0,100})(?=\\r?\\n|\\\\|$|["'])){0,300}`,
  'i',
)

function keyBlock(text: string): SecretSpan {
  const [found = ''] = WHOLE_KEY.exec(text) ?? BROKEN_KEY.exec(text) ?? []
  const end = found.trimEnd().length
  return { from: 0, end, open: end === text.length }
}

/** PuTTY's keys: the header tells the number of lines. */
function puttyKey(text: string, length: number): SecretSpan {
  const from = text.indexOf('\n') + 1
  return { from, end: text.slice(0, length).trimEnd().length, open: false }
}

const REST_OF_KEY = new RegExp(`^(?:[A-Za-z0-9+/=]{1,100}\\r?\\n){1,200}${KEY_END}`, 'i')

/** The rest of a key whose start is in another file, or was cut off. */
function restOfKey(text: string): SecretSpan | null {
  if (!/-END/i.test(text.slice(0, 16_000))) return null
  const [found] = REST_OF_KEY.exec(text) ?? []
  return found === undefined ? null : { from: 0, end: found.length, open: false }
}

/** Also cut off. */
const VERIFIER = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=$:.]+/i
/** Output of crypt() and password libraries. */
const HASH = /^\$[a-z0-9]{1,20}\$[\w./$=,+-]{20,400}/i
const LDAP_HASH = /^\{\w{2,20}\}[\w+/=$.-]{16,400}/

/** `"user" "x"`, a line of PgBouncer's userlist; `user:TEXTx`, `user:AESx`, `user:md5x` of Pgpool-II's pool_passwd. */
function ofUserList(text: string, length: number): SecretSpan {
  if (text[length - 1] !== '"') return bareSpan(text, length)
  const [inside = ''] = /^(?:[^"\n]|"")*/.exec(text.slice(length, length + 400)) ?? []
  return { from: length, end: length + inside.length, open: false }
}

/** Addresses that admit everybody who knows them. */
const HOOKS =
  'hooks\\.slack\\.com/(?:services|workflows|triggers)/|discord(?:app)?\\.com/api/webhooks/|api\\.telegram\\.org/(?:file/)?bot|' +
  '(?:webhook\\.office\\.com|outlook\\.office(?:365)?\\.com)/webhook(?:b2)?/|logic\\.azure\\.com[:\\d]{0,6}/workflows/'

export const TOKEN_TRIGGERS: readonly SecretTrigger[] = [
  { pattern: `\\b(?:${PREFIXES.map(([prefix]) => prefix).join('|')})(?=[\\w.-])`, secrets: token },
  { pattern: KEY_BEGIN, secrets: keyBlock },
  { pattern: '(?<![^\\n])[A-Za-z0-9+/=]{16,100}(?=\\r?\\n)', secrets: restOfKey },
  {
    pattern: '\\bPrivate-Lines: \\d{1,3}\\r?\\n(?:[a-z0-9+/=]{1,100}\\r?\\n){1,200}',
    secrets: puttyKey,
  },
  { pattern: '\\bPrivate-(?:MAC|Hash): ', secrets: bareSpan },
  {
    pattern: '\\$(?:2[abxy]|[156y]|gy|7|argon2(?:id|[id])|scrypt|apr1|pbkdf2[\\w-]{0,10})\\$(?=[\\w./=,$+-]{20})',
    secrets: whole(HASH),
  },
  {
    pattern:
      '\\{(?:s?sha\\d{0,3}|s?md5|crypt|pbkdf2[\\w-]{0,10}|argon2\\w{0,2}|scram-sha-\\d{1,3})\\}(?=[\\w+/=$.-]{16})',
    secrets: whole(LDAP_HASH),
  },
  {
    pattern:
      '(?<![^\\n])"[^"\\n]{1,64}"[ \\t]{1,20}"(?=(?:[^"\\n]|""){1,300}"[ \\t]{0,20}(?:"[^"\\n]{0,100}"[ \\t]{0,20})?(?:\\r?\\n|$))',
    secrets: ofUserList,
  },
  {
    pattern:
      '(?<![^\\n])[\\w.-]{1,63}:(?=(?:TEXT[^\\s]|AES[\\w+/=]{16}|md5[0-9a-f]{32}|[0-9a-f]{32}\\s{0,2}(?:\\n|$)))',
    secrets: bareSpan,
  },
  { pattern: 'scram-sha-256\\$\\d', secrets: whole(VERIFIER) },
  { pattern: '\\bmd5[0-9a-f]{32}\\b', secrets: whole(/^md5[0-9a-f]{32}/i) },
  { pattern: `(?:${HOOKS})(?=[^ \\t\\r\\n])`, secrets: bareSpan },
]
