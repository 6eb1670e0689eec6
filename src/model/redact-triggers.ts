// What leads to a secret in logs, statements, settings and command lines, and how far the secret goes from there.

import { lineSpan, quotedSpan, type Span, valueSpan } from './redact-values.ts'

export interface Trigger {
  /** Without groups, for one expression of all, ignoring case; looks back no further than CONTEXT. */
  readonly pattern: string
  /** The secret in a text that begins with the trigger; an empty one or null when there is none after all. */
  readonly secret: (text: string, triggerLength: number) => Span | null
}

/** How many characters before it a trigger may look at. */
export const CONTEXT = 8

/** White space and comments between two words of SQL. */
const GAP = '(?:[ \\t\\r\\n]|/\\*[^*]{0,200}\\*/){1,40}'
const NAMES = [
  'pass(?:word|wd|phrase|code)s?',
  'pwd',
  'secrets?',
  'tokens?',
  'credentials?',
  'jsessionid',
  '(?:api|auth|access|private|secret|encryption)[-_]?keys?',
].join('|')
/** Names whose values are secrets: `password`, `client_secret`, `authToken`. */
export const SECRET_NAME = new RegExp(`(?:${NAMES}|authorization|cookie)$`, 'i')
/** From the end of a name to its value: the quote that closes the name, and what stands between. */
const ASSIGNED = '\\\\{0,4}["\'`]{0,2}\\]?[ \\t]{0,20}(?:=>|:=|={1,2}|:(?!:)|>)[ \\t]{0,20}'

/** `password = 'x'`, `"token": "x"`, `<passwd>x</passwd>`, `PGPASSWORD=x`, `ldapbindpasswd=x`. */
function assigned(text: string, length: number): Span {
  if (text[length - 1] !== '>' || text[length - 2] === '=') return valueSpan(text, length)
  const markup = text.indexOf('<', length)
  const line = lineSpan(text, length)
  return markup >= 0 && markup < line.end ? { from: length, end: markup, open: false } : line
}

const UNQUOTED = /^(?:[^;\n]|\n[\t ]){0,1000}?\bpassword[ \t]+(?!null\b|['"$/-]|[eu]&?')(?=[^ \t\r\n;])/i

/** `ALTER ROLE a PASSWORD x`: the server refuses it for want of quotes, and logs it. */
function unquoted(text: string): Span | null {
  const [before] = UNQUOTED.exec(text) ?? []
  return before === undefined ? null : valueSpan(text, before.length)
}

const SCHEME = /(?:basic|bearer|token|negotiate|ntlm|apikey)[ \t]+/iy

/** `Authorization: Basic x`: what follows the scheme, or all of the line. */
function header(text: string, length: number): Span {
  const quoted = quotedSpan(text, length)
  if (quoted) return quoted
  SCHEME.lastIndex = length
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  return scheme === '' ? lineSpan(text, length) : valueSpan(text, length + scheme.length)
}

/** Up to the last @ before the next blank, because passwords may have one too; of http, before the first slash. */
function inUri(stop: RegExp) {
  return (text: string, length: number): Span | null => {
    stop.lastIndex = length
    const at = (stop.exec(text)?.[0] ?? '').lastIndexOf('@')
    return at > 0 ? { from: length, end: length + at, open: false } : null
  }
}

/** All that a pattern takes from the beginning. */
function whole(pattern: RegExp) {
  return (text: string): Span | null => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? null : { from: 0, end: found.length, open: false }
  }
}

const KEY_BLOCK =
  /^-----BEGIN[^\n]{0,80}-----(?:[\s\S]{0,16000}?-----END[A-Z ]{0,40}-----|[A-Za-z0-9+/=\s:,\\-]{0,16000})/
const VERIFIER = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+/i

export const TRIGGERS: readonly Trigger[] = [
  { pattern: `\\b(?:alter|create)${GAP}(?:role|user|group)\\b`, secret: unquoted },
  { pattern: `--(?:[a-z0-9]{1,20}-){0,3}(?:${NAMES}|pass)[ \\t]{1,20}(?=[^- \\t\\r\\n])`, secret: assigned },
  { pattern: `(?:password|identified${GAP}by)${GAP}(?=(?:e|u&)?['"$])`, secret: quotedSpan },
  { pattern: `(?:authorization|cookie)${ASSIGNED}`, secret: header },
  { pattern: `(?:${NAMES})${ASSIGNED}`, secret: assigned },
  { pattern: 'pass[ \\t]{0,20}=[ \\t]{0,20}', secret: assigned },
  { pattern: '(?<=https?)://[^ \\t\\r\\n:/?#@"<>]{0,200}:', secret: inUri(/[^ \t\r\n"<>`/]{0,1000}/y) },
  { pattern: '(?<!https?)://[^ \\t\\r\\n:/?#@"<>]{0,200}:', secret: inUri(/[^ \t\r\n"<>`]{0,1000}/y) },
  { pattern: '\\bbearer[ \\t]{1,20}(?=[a-z0-9._~+/=-]{8})', secret: assigned },
  { pattern: '\\beyj[a-z0-9_-]{4}', secret: whole(/^eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?/) },
  { pattern: '-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY-----', secret: whole(KEY_BLOCK) },
  { pattern: 'scram-sha-256\\$\\d', secret: whole(VERIFIER) },
  { pattern: '\\bmd5[0-9a-f]{32}\\b', secret: whole(/^md5[0-9a-f]{32}/i) },
]
