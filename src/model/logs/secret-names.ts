// How secrets are called, and what stands between a name and its value: the words that all shapes are made of.

/** Keys that are secrets by what they are for; a sort_key, a primary key, a key_id is none. */
const KEYS =
  'access|account|api|app|application|auth|azure|cipher|client|consumer|encryption|functions?|hmac|jwt|libsodium|licen[sc]e|' +
  'master|pre-?shared|private|repo\\d+-s3|s3|sas|secret|service|shared|signing|ssh|storage|subscription|webhook'

/** Other languages' words for a password: texts may be bytes read as Latin-1. */
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

/** The ends of all names, for one expression of all, ignoring case; whether one is a name is told by isSecretName. */
export const SECRET_NAME_STEMS =
  `${FOREIGN}|` +
  'pass(?:[-_]?(?:word|phrase|code)|[ \\t](?:phrase|code)|wd|wort|wrd|w)?s?' +
  '(?:[-_]?(?:hash|digest|salt|again|confirm(?:ation)?|repeat|plain|new|old|b(?:ase)?64|\\d{1,2}))?|' +
  'p[sw]wd|psw|pwd?|secrets?|tokens?|credentials?|(?:j|php)sess(?:ion)?id|keys?(?:[-_](?:b(?:ase)?64|base))?|' +
  'pin|[ht]?otp|psk|community'

/** Short ones are names only as a word of their own: no bypass, no compass, no spin. */
const SHORT = /(?:^|[^a-z]|db|my|pg|user|root|admin|ldap|smtp|mail|bind)$/i
const LONGEST_USE = 14
const KEY_USE = new RegExp(`(?:${KEYS})[-_.]?$`, 'i')

/** Whether a stem with what stands before it names a secret: `db_password`, `authToken`, `encryption.key`, `AZURE_KEY`. */
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

/** White space and comments of SQL; in JSON line breaks and tabs are escaped. */
const BETWEEN = '(?:[ \\t\\r\\n]|\\\\{1,4}[nrt]|/\\*(?:[^*]|\\*(?!/)){0,200}\\*/|--[^\\n\\\\]{0,200}(?:\\n|\\\\{1,4}n))'
/** Between two words of SQL. */
export const SQL_GAP = `${BETWEEN}{1,40}`
/** The same, where there may be none. */
export const OPTIONAL_SQL_GAP = `${BETWEEN}{0,40}`
/** The beginning of a literal of SQL. */
export const SQL_LITERAL_START = "(?:(?:e|u&|n|b)?'|\\$(?!\\d))"
