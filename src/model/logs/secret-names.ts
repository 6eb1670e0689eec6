// The names of secrets, and the separators between a name and its value: the parts of all patterns.

/** Keys that are secrets by their purpose. sort_key, primary key and key_id are not. */
const KEYS =
  'access|account|api|app|application|auth|azure|cipher|client|consumer|encryption|functions?|hmac|jwt|libsodium|licen[sc]e|' +
  'master|pre-?shared|private|repo\\d+-s3|s3|sas|scram[-_]?server|secret|service|shared|signing|ssh|storage|subscription|webhook'

/** Words for a password in other languages. A text may be bytes read as Latin-1. */
const FOREIGN = [
  'kennwort',
  'wachtwoord',
  'senha',
  'mot de passe',
  'contraseña',
  'hasło',
  'lösenord',
  'пароль',
  '密码',
  '密碼',
]
  .concat(['パスワード', '비밀번호'])
  .flatMap((word) => [...new Set([word, String.fromCharCode(...new TextEncoder().encode(word))])])
  .join('|')

/** The ends of all names, for one case-insensitive pattern. isSecretName decides whether it is a name. */
export const SECRET_NAME_STEMS =
  `${FOREIGN}|` +
  'pass(?:[-_]?(?:word|phrase|code)|[ \\t](?:phrase|code)|wd|wort|wrd|w)?s?' +
  '(?:[-_]?(?:hash|digest|salt|again|confirm(?:ation)?|repeat|plain|new|old|b(?:ase)?64|\\d{1,2}))?|' +
  'p[sw]wd|psw|pwd?|secrets?|tokens?|credentials?|(?:j|php)sess(?:ion)?id|keys?(?:[-_](?:b(?:ase)?64|base))?|' +
  'pin|[ht]?otp|psk|community'

/** Short ones count only as a whole word: not bypass, compass or spin. */
const SHORT = /(?:^|[^a-z]|db|my|pg|user|root|admin|ldap|smtp|mail|bind|store|key)$/i
const LONGEST_USE = 14
const KEY_USE = new RegExp(`(?:${KEYS})[-_.]?$`, 'i')

/** Whether a stem with its prefix names a secret: `db_password`, `authToken`, `encryption.key`, `AZURE_KEY`. */
export function isSecretStem(stem: string, before: string): boolean {
  if (/^(?:pass|pw|passw|psw|pin|[ht]?otp|psk|community)$/i.test(stem)) return SHORT.test(before.slice(-LONGEST_USE))
  if (!/^key/i.test(stem)) return true
  return KEY_USE.test(before.slice(-LONGEST_USE))
}

const NAME = new RegExp(`(${SECRET_NAME_STEMS})$`, 'i')

/** Whether the values under that name are secrets: `password`, `client_secret`, `Cookie`. */
export function isSecretName(name: string): boolean {
  if (/(?:authorization|cookie)$/i.test(name)) return true
  const [stem] = NAME.exec(name) ?? []
  return stem !== undefined && isSecretStem(stem, name.slice(0, -stem.length))
}

/** White space and comments of SQL. In JSON, line breaks and tabs are escaped. */
const BETWEEN = '(?:[ \\t\\r\\n]|\\\\{1,4}[nrt]|/\\*(?:[^*]|\\*(?!/)){0,200}\\*/|--[^\\n\\\\]{0,200}(?:\\n|\\\\{1,4}n))'
/** Between two words of SQL. */
export const SQL_GAP = `${BETWEEN}{1,40}`
/** The same, or nothing. */
export const OPTIONAL_SQL_GAP = `${BETWEEN}{0,40}`
/** The start of a literal of SQL. */
export const SQL_LITERAL_START = "(?:(?:e|u&|n|b)?'|\\$(?!\\d))"
