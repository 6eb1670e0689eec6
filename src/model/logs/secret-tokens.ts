// Secrets that are known by their own looks: tokens with a prefix of who made them, keys, stored passwords, addresses of web hooks.

import type { Span } from '../redact-values.ts'
import { bareSpan } from '../redact-values.ts'
import type { Trigger } from './secret-places.ts'

/** All that a pattern takes from the beginning. */
function whole(pattern: RegExp) {
  return (text: string): Span | null => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? null : { from: 0, end: found.length, open: false }
  }
}

/** The prefix in small letters, and what a token looks like. */
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
  ['eyj', /^eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?/],
]
const TOKENS = PREFIXES.map(([prefix, token]) => ({ prefix: new RegExp(`^(?:${prefix})`, 'i'), token }))

function token(text: string): Span | null {
  const found = TOKENS.find(({ prefix, token: looks }) => prefix.test(text) && looks.test(text))
  const [taken] = found?.token.exec(text) ?? []
  return taken === undefined ? null : { from: 0, end: taken.length, open: false }
}

const KEY_BLOCK =
  /^-----BEGIN[^\n]{0,80}-----(?:[\s\S]{0,16000}?-----END[A-Z ]{0,40}-----|[A-Za-z0-9+/=\s:,\\-]{0,16000})/
const VERIFIER = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+/i

/** Addresses that let in whoever knows them. */
const HOOKS =
  'hooks\\.slack\\.com/(?:services|workflows|triggers)/|discord(?:app)?\\.com/api/webhooks/|api\\.telegram\\.org/(?:file/)?bot|' +
  '(?:webhook\\.office\\.com|outlook\\.office(?:365)?\\.com)/webhook(?:b2)?/|logic\\.azure\\.com[:\\d]{0,6}/workflows/'

export const TOKEN_TRIGGERS: readonly Trigger[] = [
  { pattern: `\\b(?:${PREFIXES.map(([prefix]) => prefix).join('|')})(?=[\\w.-])`, secrets: token },
  { pattern: '-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY-----', secrets: whole(KEY_BLOCK) },
  { pattern: 'scram-sha-256\\$\\d', secrets: whole(VERIFIER) },
  { pattern: '\\bmd5[0-9a-f]{32}\\b', secrets: whole(/^md5[0-9a-f]{32}/i) },
  { pattern: `(?:${HOOKS})(?=[^ \\t\\r\\n])`, secrets: bareSpan },
]
