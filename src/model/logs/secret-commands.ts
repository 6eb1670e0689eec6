// Secrets among the arguments of programs: after an option of that program, or at a known position.

import { bareSpan, lineSpan, quotedSpan, type SecretSpan, valueSpan } from './secret-spans.ts'
import type { SecretTrigger } from './secret-trigger.ts'

/** A command ends with its line, and where the shell starts another one. */
const REST = '[^\\n;|&]{0,400}?'

/** The text from the name of a program to its secret. The rest may be quoted. */
const PROGRAMS: readonly (readonly [name: string, ...upTo: string[]])[] = [
  ['sshpass', `${REST}[ \\t]-p[ \\t]{0,4}`],
  ['mysql\\w{0,10}|mariadb(?:-\\w{1,10})?', `${REST}[ \\t]-p(?=[^ \\t\\r\\n])`],
  ['redis-cli', `${REST}[ \\t]-a[ \\t]{1,4}`],
  ['openssl', `${REST}[ \\t]-k[ \\t]{1,4}`, `${REST}[ \\t]-K[ \\t]{1,4}`],
  ['lftp|ncftp\\w{0,4}', `${REST}[ \\t]-u[ \\t]{0,4}[^ ,\\t\\n]{1,64},`, `${REST}[ \\t]-p[ \\t]{1,4}`],
  ['ldap(?:search|modify|add|delete|passwd|whoami|compare)', `${REST}[ \\t]-w[ \\t]{0,4}(?=[^ \\t\\r\\n-])`],
  ['curl', `${REST}[ \\t]-u(?=[^ \\t:]{1,64}:)[^ \\t:]{1,64}:`],
  ['7z[ar]?|rar|unrar', `${REST}[ \\t]-h?p(?=[^ \\t\\r\\n])`],
  ['zip|unzip|sqlcmd|mosquitto_\\w{3}', `${REST}[ \\t]-P[ \\t]{0,4}(?=[^ \\t\\r\\n])`],
  ['mongo(?:sh|dump|restore|export|import)?', `${REST}[ \\t]-p[ \\t]{0,4}(?!assword|ort)(?=[^- \\t\\r\\n])`],
  ['snmp\\w{2,12}', ...['c', 'A', 'X'].map((option) => `${REST}[ \\t]-${option}[ \\t]{0,4}(?=[^ \\t\\r\\n-])`)],
  ['kinit|kadmin|kadmin\\.local', `${REST}[ \\t]-(?:w|pw)[ \\t]{1,4}`],
  [
    'sqlplus|sqlldr|expdp|impdp|rman',
    `[ \\t][^\\n;|&/]{0,60}?\\b[\\w$#.-]{1,64}/(?=[^ \\t\\r\\n/]{3,80}(?:@\\w|\\s|$))`,
  ],
  [
    'bcp|isql|tsql|fisql|ipmitool|psexec|cqlsh|fence_\\w{1,20}',
    `${REST}[ \\t]-p[ \\t]{1,4}(?=[^ \\t\\r\\n-])`,
    `${REST}[ \\t]-P[ \\t]{0,4}(?=[^ \\t\\r\\n-])`,
  ],
  ['mysqladmin', `${REST}[ \\t]password[ \\t]{1,4}`],
  ['vault', '[ \\t]{1,4}login[ \\t]{1,4}(?=[^- \\t\\r\\n=]{8,200}[ \\t\\r\\n"\']|[^- \\t\\r\\n=]{8,200}$)'],
  ['kubectl', `${REST}[ \\t]--from-literal[= ][\\w.-]{1,60}=`],
  ['xh|httpie|https?', `${REST}[ \\t](?:-a[ \\t]{1,4}|--auth[ \\t=]{1,4})["']?[\\w.@+-]{1,64}:`],
  ['setenv', '[ \\t]{1,4}[^ \\t\\n]{0,60}(?:PASS|PWD|TOKEN|SECRET|KEY)\\w{0,20}[ \\t]{1,4}'],
  ['nmcli', `${REST}[ \\t](?:password|[\\w.-]{1,30}\\.psk)[ \\t]{1,4}`],
  ['wpa_passphrase', '[ \\t]{1,4}[^ \\t\\n]{1,64}[ \\t]{1,4}'],
  [
    'net',
    '[ \\t]user[ \\t]{1,4}[^ \\t\\n/]{1,64}[ \\t]{1,4}(?=[^ \\t\\r\\n/]{1,64}[ \\t]{1,4}/)',
    '[ \\t]use[ \\t][^\\n]{1,100}?\\\\[^ \\t\\n]{1,60}[ \\t]{1,4}(?=[^ \\t\\r\\n/]{1,64}[ \\t]{1,4}/u)',
  ],
  ['docker|podman|skopeo|helm|az|oc', `[^\\n;|&]{0,40}?[ \\t]login\\b${REST}[ \\t]-p[ \\t]{1,4}`],
  ['htpasswd', `${REST}[ \\t]-(?=\\w{0,6}n)\\w{0,6}b\\w{0,6}[ \\t]{1,4}[^ \\t\\n]{1,64}[ \\t]{1,4}`],
  ['setx', '[ \\t]{1,4}[^ \\t\\n]{0,60}(?:PASS|PWD|TOKEN|SECRET|KEY|pass|pwd|token|secret|key)\\w{0,20}[ \\t]{1,4}'],
  ['htpasswd', `${REST}[ \\t]-\\w{0,6}b\\w{0,6}[ \\t]{1,4}[^ \\t\\n]{1,200}[ \\t]{1,4}[^ \\t\\n]{1,64}[ \\t]{1,4}`],
  [
    'mc',
    '[ \\t](?:alias[ \\t]set|config[ \\t]host[ \\t]add)[ \\t][^ \\t\\n]{1,64}[ \\t][^ \\t\\n]{1,200}[ \\t][^ \\t\\n]{1,200}[ \\t]',
  ],
]

const WAYS = PROGRAMS.map(([name, ...upTo]) => ({
  name: new RegExp(`^(?:${name})$`, 'i'),
  upTo: upTo.map((pattern) => new RegExp(pattern, 'y')),
}))

/** After the options of that program. */
function ofProgram(text: string, length: number): readonly SecretSpan[] {
  const name = text.slice(0, length)
  const secrets = WAYS.filter((rule) => rule.name.test(name)).flatMap(({ upTo }) =>
    upTo.flatMap((pattern) => afterIt(text, length, pattern)),
  )
  const sorted = secrets.sort((one, other) => one.from - other.from)
  return sorted.filter((span, index) => sorted.slice(0, index).every(({ end }) => end <= span.from))
}

function afterIt(text: string, at: number, pattern: RegExp): readonly SecretSpan[] {
  pattern.lastIndex = at
  return pattern.test(text) ? [valueSpan(text, pattern.lastIndex)] : []
}

/** `-u user:x`; `-u 1000:1000` are ids. */
function ofUser(text: string, length: number): SecretSpan | null {
  const quote = /["'\\]{1,4}(?=[^"'\\]*$)/.exec(text.slice(0, length))?.[0]
  const span = quote === undefined ? valueSpan(text, length) : untilQuote(text, length, quote)
  const isIds = /\d:$/.test(text.slice(0, length)) && /^\d+$/.test(text.slice(span.from, span.end))
  return isIds ? null : span
}

function untilQuote(text: string, from: number, quote: string): SecretSpan {
  const end = text.indexOf(quote, from)
  return end < 0 || end - from > 400 ? valueSpan(text, from) : { from, end, open: false }
}

const ASKER =
  /^([^\n|]{1,200}?)[ \t]{0,4}\|[ \t]{0,4}(?:(?:sudo[ \t]{1,4})?(?:[^ \t\n|]{0,60}\/)?(?:chpasswd|passwd|kinit|smbpasswd|sudo[ \t]{1,4}-S)\b|[^\n|]{1,100}[ \t](?:--password-stdin|-passin[ \t]{1,4}stdin)\b)/

/** `echo user:x | chpasswd`, `echo x | docker login --password-stdin`: everything that echo prints. */
function piped(text: string, length: number): SecretSpan | null {
  const [, printed] = ASKER.exec(text.slice(length, length + 600)) ?? []
  if (printed === undefined) return null
  const own = quotedSpan(text, length)
  return own && !own.open && own.end <= length + printed.length
    ? own
    : { from: length, end: length + printed.length, open: false }
}

function restOfLine(text: string, length: number): SecretSpan {
  return { ...lineSpan(text, length), from: length }
}

const QUOTE = '(?:\\\\{0,3}["\'])?'

export const COMMAND_TRIGGERS: readonly SecretTrigger[] = [
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
  { pattern: '\\blogin\\s{1,8}[^\\s:=]{1,64}\\s{1,8}password\\s{1,8}(?=[^\\s:=])', secrets: valueSpan },
  { pattern: '\\bsecret[ \\t]{1,8}(?="[^"\\n]{1,200}"[ \\t]{0,4};)', secrets: quotedSpan },
  { pattern: '\\binsecure-password[ \\t]{1,4}', secrets: valueSpan },
  // SNMP: snmpd.conf and options.
  {
    pattern:
      '\\b(?:r[ow]community6?|trapcommunity|snmp-server[ \\t]{1,4}community|com2sec6?[ \\t]{1,8}[^ \\t\\n]{1,64}[ \\t]{1,8}[^ \\t\\n]{1,64}|(?:trap2?|inform)sink[ \\t]{1,8}[^ \\t\\n]{1,64})[ \\t]{1,8}',
    secrets: valueSpan,
  },
  { pattern: '\\bcreateUser[ \\t]{1,8}[^\\n]{1,80}?\\b(?:MD5|SHA(?:-?\\d{3})?)[ \\t]{1,8}', secrets: restOfLine },
  { pattern: '\\bPSK[ \\t]{1,4}(?=["\'])', secrets: quotedSpan },
  {
    pattern:
      '\\b(?:ETCDCTL_USER|basic[-_]?auth|rest_?auth|CURLOPT_USERPWD)["\']?[ \\t]{0,4}[=: \\t,][ \\t]{0,4}["\']?[\\w.@+-]{1,64}:(?=[^\\s/:])',
    secrets: bareSpan,
  },
  { pattern: '\\b(?:user|auth)[ \\t]{0,4}[:=][ \\t]{0,4}["\'][\\w.@+-]{1,64}:(?=[^\\s/:"\'])', secrets: bareSpan },
  { pattern: '[ \\t]-(?:src|dest)?(?:store|key)pass(?:wd)?[ \\t]{1,4}', secrets: valueSpan },
  { pattern: '\\b(?:echo|printf)[ \\t]{1,4}(?=[^\\n|]{1,200}\\|[^\\n|]{1,200})', secrets: piped },
  // Files of LDAP, Redis, keepalived and HAProxy: a blank separates name and value.
  {
    pattern:
      '\\b(?:bindpw|rootpw|requirepass|masterauth|auth_pass|pre-shared-key|sslkeypass)[ \\t]{1,8}(?=[^ \\t\\r\\n=:])',
    secrets: valueSpan,
  },
  { pattern: '\\bstats[ \\t]{1,8}auth[ \\t]{1,8}[\\w.-]{1,64}:', secrets: valueSpan },
  // The whole command: it prints the passphrase.
  {
    pattern:
      'ssl_passphrase_command[\\\\"]{0,5}(?:[ \\t]{0,4}=[ \\t]{0,4}|[ \\t]changed[ \\t]to[ \\t]|[ \\t]to[ \\t])(?=[\\\\"\'])',
    secrets: quotedSpan,
  },
]
