// Secrets by their position: in headers, URLs, parameters of URLs, password files.

import { queryParameterSpan } from './secret-assignments.ts'
import { bareSpan, closingQuoteIndex, lineSpan, quotedSpan, type SecretSpan, valueSpan } from './secret-spans.ts'
import type { SecretTrigger, TriggerContext } from './secret-trigger.ts'

const SIGN = '\\\\{0,4}["\'`]{0,2}\\]?[ \\t]{0,20}(?:=>|:=|={1,2}|:(?!:))[ \\t]{0,20}'
const SCHEME =
  /(?:basic|bearer|token|negotiate|ntlm|apikey|digest|hawk|oauth|sharedkey(?:lite)?|aws4-hmac-sha256)[ \t]+/iy

/** `Authorization: Basic x`: the text after the scheme; the whole line if the scheme is unknown. */
function header(text: string, length: number, { before }: TriggerContext): SecretSpan | null {
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

function lastAt(rest: RegExp, text: string, length: number): number {
  rest.lastIndex = length
  return (rest.exec(text)?.[0] ?? '').lastIndexOf('@')
}

/** Up to the last @ before the next blank, because passwords may contain one; for http, before the first slash. */
function inUri(text: string, length: number, { before }: TriggerContext): SecretSpan | null {
  const isWeb = /https?$/i.test(before)
  let at = lastAt(isWeb ? WEB_URI : ANY_URI, text, length)
  // An address of mail may follow a port. Anything but a port is a password with a slash.
  const isPort = /^\d{0,5}(?:[/?#\s]|$)/.test(text.slice(length, length + 8)) || text[3] === '['
  if (isWeb && at < 0 && !isPort) at = lastAt(ANY_URI, text, length)
  return at > 0 ? { from: length, end: length + at, open: false } : null
}

/** Between two members of a list, each in quotes of its own. */
const NEXT_OF_LIST = /"[ \t]{0,20},[ \t]{0,20}"/y

/** `radiussecrets="""x y"",""z"""`, `radiussecrets="x y","z"`: the whole quoted list. */
function listed(text: string, length: number): SecretSpan {
  const line = lineSpan(text, length)
  const quotes = /^\\*"/.exec(text.slice(length, length + 5))?.[0].length ?? 0
  if (quotes === 0) return bareSpan(text, length)
  let end = closingQuoteIndex(text, length + quotes, '"')
  for (;;) {
    NEXT_OF_LIST.lastIndex = end
    if (end < 0 || end > line.end || !NEXT_OF_LIST.test(text)) break
    end = closingQuoteIndex(text, NEXT_OF_LIST.lastIndex, '"')
  }
  return end < 0 || end > line.end ? { ...line, from: length + quotes } : { from: length + quotes, end, open: false }
}

/** `https://x@github.com/o/r`: a token in place of a user. */
function asUser(text: string, length: number): SecretSpan {
  return { from: text.indexOf('//') + 2, end: length - 1, open: false }
}

const USER_AND_PASSWORD = /^[\x20-\x7e]{1,64}:[\x20-\x7e]{1,200}$/

/** `Basic x`, `"auth": "x"`, where x is the base64 of `user:password`. */
function encoded(text: string, length: number): SecretSpan | null {
  const [word] = /^[A-Za-z0-9+/]{8,400}={0,2}/.exec(text.slice(length, length + 410)) ?? []
  // Without padding: atob() throws for wrong padding and for an incomplete group.
  const bare = word?.replace(/=+$/, '') ?? ''
  if (word === undefined || bare.length % 4 === 1) return null
  return USER_AND_PASSWORD.test(atob(bare)) ? { from: length, end: length + word.length, open: false } : null
}

const HOST =
  /(?:^|[\s"'])(?:\*|\[[0-9a-f:.]{2,45}\]|[a-z0-9_-][\w.-]{0,200}|(?:[0-9a-f]{0,4}\\?:){2,8}[0-9a-f]{0,4}|\/[\w./-]{1,200})$/i
const USER = /(?:\*|[\w.-]{1,63}):(?:\*|[a-z_][\w.$@+-]{0,62}):(?=[^\s:])/iy

/** `host:5432:database:user:x`, a line of .pgpass. */
function ofPasswordFile(text: string, length: number, { before }: TriggerContext): SecretSpan | null {
  USER.lastIndex = length
  const [host] = HOST.exec(before) ?? []
  if (host === undefined || !USER.test(text)) return null
  // A line of its own: passwords may contain blanks.
  const isLine = before.length === host.length || host.startsWith('\n')
  return isLine ? lineSpan(text, USER.lastIndex) : bareSpan(text, USER.lastIndex)
}

export const PAIR_TRIGGERS: readonly SecretTrigger[] = [
  { pattern: 'radiussecrets"?=', secrets: listed },
  // Of a password with blanks in it and no quotes around it.
  { pattern: 'missing [\\\\"]{1,8}=[\\\\"]{1,8} after (?=[\\\\"])', secrets: quotedSpan },
  { pattern: `(?:authorization|cookie)${SIGN}`, secrets: header },
  { pattern: '[?&][a-z0-9_.-]{0,40}(?:signature|sig|key|auth|sas|code)=', secrets: queryParameterSpan },
  { pattern: '://[^ \\t\\r\\n:/?#@"<>]{0,200}(?::|%3a)', secrets: inUri },
  { pattern: 'https?://[\\w.%+~-]{16,300}@', secrets: asUser },
  { pattern: 'jdbc:oracle:\\w{1,10}:[^ \\t\\r\\n/:@]{1,64}/(?=[^ \\t\\r\\n]{1,200}@)', secrets: inUri },
  {
    pattern:
      '(?:\\bbasic[ \\t]{1,20}|auth\\w{0,10}["\'\\\\]{0,4}[ \\t]{0,4}[=:][ \\t]{0,4}["\'\\\\]{0,4})(?=[a-z0-9+/]{8})',
    secrets: encoded,
  },
  { pattern: '\\bbearer[ \\t]{1,20}(?=[a-z0-9._~+/=-]{8})', secrets: valueSpan },
  { pattern: ':(?:\\*|\\d{4,5}):(?=[\\w.*-]{1,63}:)', secrets: ofPasswordFile },
]
