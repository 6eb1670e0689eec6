// The secret after a name, across everything that may separate the two: signs, blanks, comments, TO, tabs, the next
// line.

import { isSecretStem, SECRET_NAME_STEMS, SQL_GAP, SQL_LITERAL_START } from './secret-names.ts'
import { bareSpan, lineSpan, literalSpan, quotedSpan, type SecretSpan, valueSpan } from './secret-spans.ts'
import { noteSecretParameter, type SecretTrigger, type TriggerContext } from './secret-trigger.ts'

/** The text from the end of a name to its value: the closing quote of the name, and the separator. */
const ASSIGNED =
  /\\{0,4}["'`]{0,2}\]?[ \t]{0,20}(?:=>|->|:=|={1,2}|:(?!:)|::(?=[ \t])|[：＝]|ï¼[\x9a\x9d]|>|%3d(?=[^%]))(?:[ \t\u3000]|ã\x80\x80){0,20}/iy
const CLOSING = /(?:\\{0,4}["'`]){0,2}/y
const BETWEEN = new RegExp(SQL_GAP, 'y')
const BEFORE_OPTION = /(?:^|[\s"'])--?(?:[a-z0-9]{1,20}-){0,3}$/i
/** `<property name="password" value="x"/>`, `- name: PGPASSWORD` and `value: x` on the next line. */
const VALUE_OF = /\\{0,4}["']?,?\s{1,40}\\{0,4}["']?value\\{0,4}["']?[ \t]{0,4}[:=][ \t]{0,4}(?=[^ \t\r\n])/iy
/** `<name>password</name><value>x</value>`. */
const VALUE_IN = /<\/[\w:.-]{1,40}>\s{0,40}<(?:[\w.-]{1,20}:)?[\w-]{0,20}value[^<>]{0,100}>/iy
const BRACKET = /:?[ \t]\[(?!redacted\])(?=[^\]\s]{1,200}\])/y
/** "The new password is: x", "password set to 'x'". */
const IN_SENTENCE =
  /[ \t](?:is|was|has been|set|changed|reset)(?:[ \t](?:set|now|changed|reset))?(?:[ \t]to)?(?::[ \t]{1,4}(?=[^ \t\r\n])|[ \t]{1,4}(?=\\{0,4}["']))/iy
const BEGINNING = new RegExp(SQL_LITERAL_START, 'iy')
const PARSER = /\b(?:unexpected|invalid|illegal|unknown|near|bad) $/i
const TO = new RegExp(`to${SQL_GAP}`, 'iy')
const NO_WORD = /(?:default|current)\b|\W/iy
const BEFORE_SET = /\bset\s+(?:(?:local|session)\s+)?["\\]{0,3}[\w.]{0,100}$/i
const CHANGED = /["\\]{1,5} changed to (?=["\\])/y
/** `Key (name, token)=(a, x) already exists.` */
const KEY_VALUES = /(?:, [^)\n]{1,200})?\)=\(/y
const BEFORE_KEY = /\bkey \([^()\n]{0,200}$/i

const SHORT_WORD = /^(?:pin|[ht]?otp|community)$/i
/**
 * A value may be a word of prose: a number after a colon, anything after an equals sign or as a member of a document.
 */
function ofShortWord(text: string, length: number, value: number, around: TriggerContext): SecretSpan | null {
  const sign = text.slice(length, value)
  // Of a certificate.
  if (/^\W{0,3}sha(?:1|256)\b/i.test(text.slice(value, value + 10))) return null
  const isMember = /^\\*["']/.test(sign) && quotedSpan(text, value) !== null
  const isNumber = /^["']?\d{4,10}(?!\w)/.test(text.slice(value, value + 16))
  const isOfSnmp = /\bsnmp\w{0,10}[ \t_-]$/i.test(around.before.slice(-20))
  return isMember || isNumber || isOfSnmp || /^\s*[=＝]/.test(sign) ? assigned(text, length, value, around) : null
}

/** `--pin 1234`. */
function ofOption(text: string, length: number): SecretSpan | null {
  const at = endAt(/[ \t]{1,4}(?=[^-\s])/y, text, length)
  return at === null ? null : valueSpan(text, at)
}

/** `setPassword("x")`, `define('DB_PASSWORD', 'x')`, `["password", "x"]`: calls and pairs of programs. */
const CALLED = /[ \t]{0,4}\([ \t]{0,4}(?=\\{0,4}["'])/y
const PAIRED = /\\{0,4}["'],[ \t]{0,4}(?=\\{0,4}["'])/y
const FIRST_OF_PAIR =
  /(?:\b(?!(?:in|any|all|values|array|table)\b)\w{1,40}[ \t]{0,2}\(|^\[|[^\w]\[)[ \t]{0,4}\\{0,4}["'][\w.-]{0,60}$/i

function inCall(text: string, length: number, before: string): SecretSpan | null {
  if (!/^(?:pass[-_]?(?:w|phrase)|pwd|secret)/i.test(text.slice(0, length))) return null
  const called = endAt(CALLED, text, length)
  if (called !== null) return quotedSpan(text, called)
  const paired = endAt(PAIRED, text, length)
  return paired !== null && FIRST_OF_PAIR.test(before.slice(-120)) ? quotedSpan(text, paired) : null
}

function endAt(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : null
}

function named(text: string, length: number, around: TriggerContext): SecretSpan | null {
  const stem = text.slice(0, length)
  const { before } = around
  // In capitals only: `AZURE_KEY=x`, but no `sort_key=1`.
  if (stem === 'KEY' && text[length] === '=' && /[A-Z0-9]_$/.test(before.slice(-2))) return valueSpan(text, length + 1)
  if (!isSecretStem(stem, before)) return null
  const value = endAt(ASSIGNED, text, length)
  if (SHORT_WORD.test(stem)) {
    if (value !== null) return ofShortWord(text, length, value, around)
    return BEFORE_OPTION.test(before.slice(-80)) ? ofOption(text, length) : null
  }
  const span = value === null ? null : assigned(text, length, value, around)
  if (span) return span
  const called = inCall(text, length, before)
  if (called) return called
  if (text[length] === ')' || text[length] === ',') {
    const values = endAt(KEY_VALUES, text, length)
    return values !== null && BEFORE_KEY.test(before) ? bracketed(text, values) : null
  }
  return apart(text, length, around)
}

/** A value without a sign between it and its name. */
function apart(text: string, length: number, around: TriggerContext): SecretSpan | null {
  return labelled(text, length) ?? inSentence(text, length) ?? afterSqlGap(text, length, around)
}

/** An adjacent part holds the value: a member or element called `value`, a changed parameter. */
function labelled(text: string, length: number): SecretSpan | null {
  const value = endAt(CHANGED, text, length) ?? endAt(VALUE_OF, text, length)
  if (value !== null) return valueSpan(text, value)
  const inside = endAt(VALUE_IN, text, length)
  return inside === null ? null : inMarkup(text, inside)
}

/** A sentence holds the value: "the password is: x", "password [x]". */
function inSentence(text: string, length: number): SecretSpan | null {
  if (!/^(?:pass|pwd|secret)/i.test(text.slice(0, length))) return null
  const value = endAt(IN_SENTENCE, text, length)
  if (value !== null) return valueSpan(text, value)
  const bracket = endAt(BRACKET, text, length)
  return bracket === null ? null : { from: bracket - 1, end: text.indexOf(']', bracket) + 1, open: false }
}

/** SQL needs no blank before a literal: `CREATE ROLE a PASSWORD'x'`, `OPTIONS (password'x')`. */
const JOINED =
  /\b(?:alter|create)\s+(?:role|user|group)\s[^';]{0,200}$|(?:\boptions\s{0,10}\(|',)\s{0,20}(?:(?:add|set)\s{1,20})?$/i

/** Blanks and comments between a name and its value, as in SQL and options of programs. */
function afterSqlGap(text: string, length: number, { before }: TriggerContext): SecretSpan | null {
  if (text[length] === "'" && JOINED.test(before) && /^password$/i.test(text.slice(0, length))) {
    return literalSpan(text, length)
  }
  const closed = endAt(CLOSING, text, length) ?? length
  const at = endAt(BETWEEN, text, closed)
  if (at === null) return null
  if (endAt(BEGINNING, text, at) !== null) return PARSER.test(before.slice(-16)) ? null : literalSpan(text, at)
  const to = endAt(TO, text, at)
  if (to !== null) return afterTo(text, to, before)
  if (/^\t+$/.test(text.slice(length, at))) return valueSpan(text, at)
  return closed > length || at > length + 20 ? null : afterBlanks(text, length, at, before)
}

/** `SET name TO x`; a word of prose does not count, nor does DEFAULT. */
function afterTo(text: string, at: number, before: string): SecretSpan | null {
  if (endAt(BEGINNING, text, at) !== null) return literalSpan(text, at)
  if (!BEFORE_SET.test(before)) return null
  return endAt(NO_WORD, text, at) === null ? valueSpan(text, at) : quotedSpan(text, at)
}

/** `--password x`, the arguments of `format()`. */
function afterBlanks(text: string, length: number, at: number, before: string): SecretSpan | null {
  if (text[at] === '%') return formatted(text, at)
  if (text[at] !== '-' && BEFORE_OPTION.test(before.slice(-80))) return valueSpan(text, at)
  // PASSWORD itself in double quotes: the server rejects it and logs it.
  return text[at] === '"' && /^password$/i.test(text.slice(0, length)) ? quotedSpan(text, at) : null
}

const FORMAT = /^%[-\w$]{0,8}[ls][^'\n]{0,200}'((?:[^'()\n]{1,40}'[^'\n]{0,200}'){1,5})[^'()\n]{0,40}\)/i

/** `format('ALTER ROLE %I PASSWORD %L', 'a', 'x')`: the last literal before the bracket. */
function formatted(text: string, at: number): SecretSpan | null {
  const [whole, literals] = FORMAT.exec(text.slice(at, at + 1_500)) ?? []
  if (whole === undefined || literals === undefined) return null
  const last = literals.lastIndexOf("'", literals.length - 2)
  return quotedSpan(text, at + whole.lastIndexOf(literals) + last)
}

function bracketed(text: string, at: number): SecretSpan {
  const end = text.indexOf(')', at)
  const line = lineSpan(text, at)
  return end < 0 || end > line.end ? line : { from: at, end, open: false }
}

/** Values that mean "none", or "removed already". */
const NONE = /^(?:(?:null|none|nil|true|false|undefined|default)(?![\w-])|…)/i

/** `password = 'x'`, `"token": "x"`, `<passwd>x</passwd>`, `PGPASSWORD=x`, `ldapbindpasswd=x`. */
function assigned(text: string, nameLength: number, at: number, around: TriggerContext): SecretSpan | null {
  const sign = text.slice(nameLength, at)
  const name = text.slice(0, nameLength)
  if (sign.endsWith('>') && !sign.endsWith('=>')) return inMarkup(text, at)
  const parameter = accountKey(text, name, at, around) ?? inQuery(text, sign, at, around)
  if (parameter) return parameter
  const value = endAt(YAML_MARK, text, at) ?? at
  const quoted = quotedSpan(text, value) ?? listed(text, value)
  if (quoted) return quoted
  noteSecretParameter(text, value, around)
  if (/^\$\d/.test(text.slice(value, value + 2)) || NONE.test(text.slice(value, value + 12))) return null
  const below = belowName(text, sign, value)
  if (below) return below
  if (SIGN_IS_COLON.test(sign) && isProse(text, sign, value, around)) return null
  const bare = bareSpan(text, value)
  return isCount(name, text.slice(bare.from, bare.end)) ? null : bare
}

const SIGN_IS_COLON = /:[ \t]*$/
const SIGN_IS_EQUALS = /[^:=]?=[ \t]*$/

/** `AccountKey=x;` of Azure: base64, which may end with equals signs. */
function accountKey(text: string, name: string, at: number, { before }: TriggerContext): SecretSpan | null {
  if (!/^accountkey$/i.test(before.slice(-7) + name)) return null
  const [key] = /^[A-Za-z0-9+/=_-]{8,}/.exec(text.slice(at, at + 400)) ?? []
  return key === undefined ? null : { from: at, end: at + key.length, open: at + key.length === text.length }
}

/** `?password=x&…`, `password%3Dx`. */
function inQuery(text: string, sign: string, at: number, { before }: TriggerContext): SecretSpan | null {
  if (/[?&][\w.-]{0,40}$/.test(before)) return queryParameterSpan(text, at)
  if (!/%3d$/i.test(sign)) return null
  const [encoded = ''] = /^[^%&\s"'<>]*/.exec(text.slice(at, at + 400)) ?? []
  return { ...queryParameterSpan(text, at), end: at + encoded.length }
}

/** A value on the lines below its name. */
function belowName(text: string, sign: string, at: number): SecretSpan | null {
  if (SIGN_IS_COLON.test(sign)) return onNextLines(text, at)
  const below = SIGN_IS_EQUALS.test(sign) ? endAt(NEXT_QUOTED, text, at) : null
  return below === null ? null : quotedSpan(text, below)
}

/** `tokens: 12`: a count. */
function isCount(name: string, value: string): boolean {
  return /^(?:tokens|secrets|credentials|pass|pw|keys)$/i.test(name) && /^\d{1,6}[,;.)]?$/.test(value)
}

/**
 * `index "shop_token": pages: 14`: a quoted name is no key of a document if a bare value follows. "It holds a
 * password: db-1 writes it to its log" continues as a sentence.
 */
function isProse(text: string, sign: string, at: number, { before }: TriggerContext): boolean {
  if (/\b(?:an?|no) $/i.test(before.slice(-4)) && /^: /.test(sign)) return true
  const [quote] = /["'`]/.exec(sign) ?? []
  if (quote === undefined) return false
  const word = /^[^ \t\r\n]{0,200}/.exec(text.slice(at))?.[0] ?? ''
  return !before.endsWith(quote) || word.endsWith(':')
}

/** `!!str x`, `&anchor x`. */
const YAML_MARK = /(?:!{1,2}[\w:/.-]{1,40}|&[\w-]{1,40})[ \t]{1,4}(?=[^ \t\r\n])/y
const LIST = /(?:\[[ \t]{0,4}(?=\\{0,4}["'])[^\]\n]{0,400}(?=\])|\{[ \t]{0,4}\\{0,4}["']?value[^}\n]{0,400}(?=\}))/iy

/** `["x", "y"]`, `{ value = "x" }`: the whole content. */
function listed(text: string, at: number): SecretSpan | null {
  const end = endAt(LIST, text, at)
  return end === null ? null : { from: at, end: end + 1, open: false }
}

/** `<password>` up to the next tag, which may be some lines further down. */
function inMarkup(text: string, at: number): SecretSpan {
  const markup = text.indexOf('<', at)
  return markup >= 0 && markup - at <= 2_000 ? { from: at, end: markup, open: false } : lineSpan(text, at)
}

/** YAML's indicator for a text on the next lines. */
const BLOCK = /[ \t]{0,20}[|>][-+\d]{0,2}[ \t]{0,20}(?=\r?\n)/y
const NEXT_LINE = /\r?\n([ \t]{1,100})(?=[^ \t\r\n])/y
const LONGEST_BLOCK = 4_000
const NEXT_QUOTED = /\r?\n[ \t]{1,40}(?=\\{0,4}["'])/y

/** YAML: the value is on the next line, indented deeper than its name, or on several lines after a `|`. */
function onNextLines(text: string, at: number): SecretSpan | null {
  const block = endAt(BLOCK, text, at)
  NEXT_LINE.lastIndex = block ?? at
  const [, indent] = NEXT_LINE.exec(text) ?? []
  if (indent === undefined) return null
  const from = NEXT_LINE.lastIndex
  const line = lineSpan(text, from)
  if (block === null) {
    // Names and items that have values of their own.
    const isOther = /^(?:[\w.-]+:(?:[ \t]|$)|- )/.test(text.slice(from, Math.min(line.end, from + 200)))
    return isOther ? null : (quotedSpan(text, from) ?? line)
  }
  const next = new RegExp(`\\r?\\n(?:${indent}|[ \\t]{0,100}(?=\\r?\\n))`, 'y')
  let { end, open } = line
  for (
    let more = endAt(next, text, end);
    !open && more !== null && end - from < LONGEST_BLOCK;
    more = endAt(next, text, end)
  ) {
    ;({ end, open } = lineSpan(text, more))
  }
  return { from, end, open }
}

const PARAMETER_END = /[&#\s"'<>`\\]|$/g

/** `?sig=x&…`: up to the next parameter. */
export function queryParameterSpan(text: string, at: number): SecretSpan {
  PARAMETER_END.lastIndex = at
  const end = PARAMETER_END.exec(text)?.index ?? text.length
  return { from: at, end, open: end === text.length }
}

export const ASSIGNMENT_TRIGGERS: readonly SecretTrigger[] = [
  { pattern: `(?:${SECRET_NAME_STEMS})(?=[\\\\"'\`\\]\\s=:>/),%(<：＝ï-])`, secrets: named },
]
