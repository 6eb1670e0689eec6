// Secrets among the arguments of programs: by an option of that program, or by the place.

import { quotedSpan, type Span, valueSpan } from '../redact-values.ts'
import type { Trigger } from './secret-places.ts'

/** A command ends with its line, and where a shell begins another one. */
const REST = '[^\\n;|&]{0,400}?'

/** From the name of a program up to its secret. What follows may be quoted. */
const PROGRAMS: readonly (readonly [name: string, ...upTo: string[]])[] = [
  ['sshpass', `${REST}[ \\t]-p[ \\t]{0,4}`],
  ['mysql\\w{0,10}|mariadb(?:-\\w{1,10})?', `${REST}[ \\t]-p(?=[^ \\t\\r\\n])`],
  ['redis-cli', `${REST}[ \\t]-a[ \\t]{1,4}`],
  ['openssl', `${REST}[ \\t]-k[ \\t]{1,4}`, `${REST}[ \\t]-K[ \\t]{1,4}`],
  ['lftp|ncftp\\w{0,4}', `${REST}[ \\t]-u[ \\t]{0,4}[^ ,\\t\\n]{1,64},`, `${REST}[ \\t]-p[ \\t]{1,4}`],
  ['ldap(?:search|modify|add|delete|passwd|whoami|compare)', `${REST}[ \\t]-w[ \\t]{1,4}`],
  ['curl', `${REST}[ \\t]-u(?=[^ \\t:]{1,64}:)[^ \\t:]{1,64}:`],
  ['7z[ar]?|rar|unrar', `${REST}[ \\t]-h?p(?=[^ \\t\\r\\n])`],
  ['zip|unzip|sqlcmd|mosquitto_\\w{3}', `${REST}[ \\t]-P[ \\t]{0,4}(?=[^ \\t\\r\\n])`],
  ['mongo(?:sh|dump|restore|export|import)?', `${REST}[ \\t]-p[ \\t]{1,4}(?=[^- \\t\\r\\n])`],
  ['docker|podman|skopeo|helm|az|oc', `[^\\n;|&]{0,40}?[ \\t]login\\b${REST}[ \\t]-p[ \\t]{1,4}`],
  ['setx', '[ \\t]{1,4}[^ \\t\\n]{0,60}(?:PASS|PWD|TOKEN|SECRET|KEY|pass|pwd|token|secret|key)\\w{0,20}[ \\t]{1,4}'],
  ['htpasswd', `${REST}[ \\t]-\\w{0,6}b\\w{0,6}[ \\t]{1,4}[^ \\t\\n]{1,200}[ \\t]{1,4}[^ \\t\\n]{1,64}[ \\t]{1,4}`],
  [
    'mc',
    '[ \\t](?:alias[ \\t]set|config[ \\t]host[ \\t]add)[ \\t][^ \\t\\n]{1,64}[ \\t][^ \\t\\n]{1,200}[ \\t][^ \\t\\n]{1,200}[ \\t]',
  ],
]

const WAYS = PROGRAMS.map(([name, ...upTo]) => ({
  name: new RegExp(`^(?:${name})$`, 'i'),
  upTo: upTo.map((way) => new RegExp(way, 'y')),
}))

/** By the options of that program. */
function ofProgram(text: string, length: number): Span | null {
  const name = text.slice(0, length)
  const found = WAYS.filter((way) => way.name.test(name)).flatMap(({ upTo }) =>
    upTo.flatMap((way) => afterIt(text, length, way)),
  )
  return found.sort((one, other) => one.from - other.from)[0] ?? null
}

function afterIt(text: string, at: number, way: RegExp): readonly Span[] {
  way.lastIndex = at
  return way.test(text) ? [valueSpan(text, way.lastIndex)] : []
}

/** `-u user:x`; `-u 1000:1000` are ids. */
function ofUser(text: string, length: number): Span | null {
  const quote = /["'\\]{1,4}(?=[^"'\\]*$)/.exec(text.slice(0, length))?.[0]
  const span = quote === undefined ? valueSpan(text, length) : untilQuote(text, length, quote)
  const isIds = /\d:$/.test(text.slice(0, length)) && /^\d+$/.test(text.slice(span.from, span.end))
  return isIds ? null : span
}

function untilQuote(text: string, from: number, quote: string): Span {
  const end = text.indexOf(quote, from)
  return end < 0 || end - from > 400 ? valueSpan(text, from) : { from, end, open: false }
}

const ASKER =
  /^([^\n|]{1,200}?)[ \t]{0,4}\|[ \t]{0,4}(?:(?:sudo[ \t]{1,4})?(?:[^ \t\n|]{0,60}\/)?(?:chpasswd|passwd|kinit|smbpasswd|sudo[ \t]{1,4}-S)\b|[^\n|]{1,100}[ \t](?:--password-stdin|-passin[ \t]{1,4}stdin)\b)/

/** `echo user:x | chpasswd`, `echo x | docker login --password-stdin`: all that is printed. */
function piped(text: string, length: number): Span | null {
  const [, printed] = ASKER.exec(text.slice(length, length + 600)) ?? []
  if (printed === undefined) return null
  const own = quotedSpan(text, length)
  return own && !own.open && own.end <= length + printed.length
    ? own
    : { from: length, end: length + printed.length, open: false }
}

const QUOTE = '(?:\\\\{0,3}["\'])?'

export const COMMAND_TRIGGERS: readonly Trigger[] = [
  { pattern: `\\b(?:${PROGRAMS.map(([name]) => name).join('|')})\\b(?=[ \\t])`, secrets: ofProgram },
  {
    pattern: `(?:[ \\t\\n"']|^)(?:-u[ \\t]{1,4}|--(?:proxy-)?user[ \\t=]{1,4})${QUOTE}[\\w.@+\\\\-]{1,64}:(?=[^ \\t\\r\\n:])`,
    secrets: ofUser,
  },
  {
    pattern: `(?:[ \\t\\n"']|^)(?:-U[ \\t]{0,4}|--user[ \\t=]{1,4})${QUOTE}[\\w.\\\\/@-]{1,64}%(?=[^ \\t\\r\\n%])`,
    secrets: ofUser,
  },
  { pattern: '-pass(?:in|out)?[ \\t=]{1,4}["\']?pass:', secrets: valueSpan },
  { pattern: '\\blogin[ \\t]{1,4}[^ \\t\\r\\n]{1,64}[ \\t]{1,4}password[ \\t]{1,4}', secrets: valueSpan },
  { pattern: '[ \\t]-(?:src|dest)?(?:store|key)pass(?:wd)?[ \\t]{1,4}', secrets: valueSpan },
  { pattern: '\\b(?:echo|printf)[ \\t]{1,4}(?=[^\\n|]{1,200}\\|[^\\n|]{1,200})', secrets: piped },
  // Files of LDAP, Redis, keepalived and HAProxy, where a blank is between.
  {
    pattern: '\\b(?:bindpw|rootpw|requirepass|masterauth|auth_pass)[ \\t]{1,8}(?=[^ \\t\\r\\n=:])',
    secrets: valueSpan,
  },
  { pattern: '\\bstats[ \\t]{1,8}auth[ \\t]{1,8}[\\w.-]{1,64}:', secrets: valueSpan },
  // The whole command: its output is the passphrase.
  {
    pattern:
      'ssl_passphrase_command[\\\\"]{0,5}(?:[ \\t]{0,4}=[ \\t]{0,4}|[ \\t]changed[ \\t]to[ \\t]|[ \\t]to[ \\t])(?=[\\\\"\'])',
    secrets: quotedSpan,
  },
]
