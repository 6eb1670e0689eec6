// Secrets by where they stand: in headers, addresses, parameters of addresses, files of passwords.

import { bareSpan, lineSpan, plainClose, quotedSpan, type Span, valueSpan } from '../redact-values.ts'
import { queried } from './secret-named.ts'
import type { Around, Trigger } from './secret-places.ts'

const SIGN = '\\\\{0,4}["\'`]{0,2}\\]?[ \\t]{0,20}(?:=>|:=|={1,2}|:(?!:))[ \\t]{0,20}'
const SCHEME =
  /(?:basic|bearer|token|negotiate|ntlm|apikey|digest|hawk|oauth|sharedkey(?:lite)?|aws4-hmac-sha256)[ \t]+/iy

/** `Authorization: Basic x`: what follows the scheme; without a known one all of the line. */
function header(text: string, length: number, { before }: Around): Span | null {
  const quoted = quotedSpan(text, length)
  if (quoted) return quoted
  const trigger = text.slice(0, length)
  SCHEME.lastIndex = length
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  const line = lineSpan(text, length)
  if (/^(?:digest|hawk|oauth|aws4)/i.test(scheme)) return { ...line, from: length + scheme.length }
  if (scheme !== '') return valueSpan(text, length + scheme.length)
  // `index "…_authorization": pages: 14 in total`, `user_authorization: not found`.
  const isHeader = /^cookie/i.test(trigger) || /(?:^|[^\w-]|proxy-|x-)$/i.test(before)
  return /["'`][ \t]*:[ \t]*$/.test(trigger) || !isHeader ? null : line
}

const ANY_URI = /[^ \t\r\n"<>`@]{0,200}@[^ \t\r\n"<>`]{0,300}/y
const WEB_URI = /[^ \t\r\n"<>`/@]{0,200}@[^ \t\r\n"<>`/]{0,300}/y

/** Up to the last @ before the next blank, because passwords may have one too; of http, before the first slash. */
function inUri(text: string, length: number, { before }: Around): Span | null {
  const rest = /https?$/i.test(before) ? WEB_URI : ANY_URI
  rest.lastIndex = length
  const at = (rest.exec(text)?.[0] ?? '').lastIndexOf('@')
  return at > 0 ? { from: length, end: length + at, open: false } : null
}

/** `radiussecrets="""x y"",""z"""`: all of a list in quotes. */
function listed(text: string, length: number): Span {
  const line = lineSpan(text, length)
  const quotes = /^\\*"/.exec(text.slice(length, length + 5))?.[0].length ?? 0
  if (quotes === 0) return bareSpan(text, length)
  const end = plainClose(text, length + quotes, '"')
  return end < 0 || end > line.end ? { ...line, from: length + quotes } : { from: length + quotes, end, open: false }
}

const HOST = /(?:^|[\s"'])(?:\*|[a-z0-9_-][\w.-]{0,200}|(?:[0-9a-f]{0,4}\\?:){2,8}[0-9a-f]{0,4}|\/[\w./-]{1,200})$/i
const USER = /(?:\*|[\w.-]{1,63}):(?:\*|[a-z_][\w.$-]{0,62}):(?=[^\s:])/iy

/** `host:5432:database:user:x`, a line of .pgpass. */
function ofPasswordFile(text: string, length: number, { before }: Around): Span | null {
  USER.lastIndex = length
  return HOST.test(before) && USER.test(text) ? bareSpan(text, USER.lastIndex) : null
}

export const PAIR_TRIGGERS: readonly Trigger[] = [
  { pattern: 'radiussecrets"?=', secrets: listed },
  { pattern: `(?:authorization|cookie)${SIGN}`, secrets: header },
  { pattern: '[?&][a-z0-9_.-]{0,40}(?:signature|sig|key|auth|sas|code)=', secrets: queried },
  { pattern: '://[^ \\t\\r\\n:/?#@"<>]{0,200}:', secrets: inUri },
  { pattern: '\\bbearer[ \\t]{1,20}(?=[a-z0-9._~+/=-]{8})', secrets: valueSpan },
  { pattern: ':(?:\\*|\\d{4,5}):(?=[\\w.*-]{1,63}:)', secrets: ofPasswordFile },
]
