// More shapes of secrets, of the programs and files around PostgreSQL; and what only looks like one. `@` is the secret.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRedactor, REDACTED, redact } from '../../../src/model/logs/redact.ts'

type Shape = string | readonly [text: string, seen: string]

const BASE64 = Buffer.from('backup:It-is-n0t-for-you').toString('base64')

const SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  SNMP: [
    'snmpget -v2c -c @ h sysUpTime.0',
    'snmpwalk -v 3 -u user -A @ -X @ h',
    'rocommunity @ 10.0.0.0/8',
    'com2sec local default @',
    'trap2sink h @',
    'snmp-server community @ RO',
    'snmp community: @',
    'community=@',
    ['createUser bob SHA "@" AES "@"', `createUser bob SHA ${REDACTED}`],
  ],
  'without blanks, in lists and in other quotes': [
    "LOG:  statement: CREATE USER a PASSWORD'@'",
    "alter role a with login encrypted password'@' valid until 'infinity'",
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password'@')",
    "ALTER USER MAPPING FOR a SERVER s OPTIONS (SET password'@')",
    ['radiussecrets="@","@" radiusports=1', `radiussecrets="${REDACTED}" radiusports=1`],
    ['radiussecrets="a b" , "@"', `radiussecrets="${REDACTED}"`],
    'scram_client_key=@ scram_server_key=@',
    '<Connector keystorePass="@" truststorePass="@" keyPass="@"/>',
    'keytool -storepass @ -keypass @ -list',
    'SET app.password TO "@"',
    'AUDIT: SESSION,1,1,MISC,SET,,,"set app.password to ""@""",<none>',
    'could not parse connection string: missing "=" after "@" in connection info string',
    JSON.stringify({ message: 'missing "=" after "@" in connection info string' }),
    '"FATAL","missing ""="" after ""@"" in connection info string",,',
  ],
  'one kind within another': [
    "create user app with encrypted password E'@' login\npostgresql://u:@@h/d\npassword = '@' host=h",
    "alter role app login password = '@' host=h",
    'login\npostgresql://u:@@h/d\npassword = @',
  ],
  'numbers and codes': [
    'PIN=@',
    'otp=@',
    'totp = @',
    '{"pin": "@"}',
    ['pin: 4711', `pin: ${REDACTED}`],
    'tool --pin @ x',
  ],
  'files of users': [
    '"bob" "@"',
    '"bob" "@" ""',
    '"a" "@"\n"b" "@"',
    ['"bob" "SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5Mg=="', `"bob" "${REDACTED}"`],
    ['"bob" "md50123456789abcdef0123456789abcdef"', `"bob" "${REDACTED}"`],
    ['bob:TEXT@', `bob:${REDACTED}`],
    ['postgres:0123456789abcdef0123456789abcdef', `postgres:${REDACTED}`],
    ['db-1:5432:*:u:@ with blanks', `db-1:5432:*:u:${REDACTED}`],
    '[::1]:5432:*:u:@',
    'machine h\nlogin u\npassword @',
    'user admin insecure-password @',
    'PSK "@"',
    'h : PSK "@"',
    'secret "@";',
    ['userPassword: {SSHA}MDEyMzQ1Njc4OWFiY2RlZg==', `userPassword: ${REDACTED}`],
    'userPassword:: @',
    [`root:$6$salt$${'a'.repeat(86)}:18000:0:`, `root:${REDACTED}:18000:0:`],
    [`hash $2a$10$${'a'.repeat(53)} x`, `hash ${REDACTED} x`],
  ],
  'names in other spellings': [
    'pass_word=@',
    'pass-word: @',
    'pass-phrase: @',
    'pass phrase: @',
    'passw=@',
    'passwrd=@',
    'pswd=@',
    'psw=@',
    'psk=@',
    'password2=@',
    'new_password_again=@',
    'signing_key_b64 = @',
    'SECRET_KEY_BASE=@',
    'password：@',
    'パスワード：@',
    'password ＝ @',
    [Buffer.from('密码：@').toString('latin1'), Buffer.from(`密码：${REDACTED}`).toString('latin1')],
    '--password @',
    'password->@',
  ],
  'documents and programs': [
    'setPassword("@")',
    'setProperty("password", "@")',
    "define('DB_PASSWORD', '@')",
    '["password", "@"]',
    "PASSWORD('@')",
    ['"passwords": ["@", "@"]', `"passwords": ${REDACTED}`],
    ['password = { value = "@" }', `password = ${REDACTED}`],
    '<name>password</name><value>@</value>',
    '<name>password</name>\n  <value>@</value>',
    'password: !!str @',
    'password: &a @',
    "password =\n  '@'",
    ['password=@\\\n  @', `password=${REDACTED}`],
    'the new password is: @',
    "password set to '@'",
    'Password changed to "@"',
    ['Password [@]', `Password ${REDACTED}`],
  ],
  commands: [
    'kinit -w @ u',
    ['sqlplus u/@@db', `sqlplus u/${REDACTED}`],
    'bcp t out f -U u -P @',
    'isql -Uu -P@',
    'cqlsh -u u -p @',
    'mongo -p@',
    'ldapadd -D x -w@',
    'mysqladmin password @',
    'vault login @',
    'kubectl create secret generic x --from-literal=foo=@',
    'xh -a u:@ GET h',
    'httpie --auth=u:@ h',
    'setenv PGPASSWORD @',
    'nmcli con add wifi-sec.psk @',
    'net user bob @ /add',
    'htpasswd -nb u @',
    'ipmitool -H h -U u -P @ power off',
    'fence_ipmilan -a h -l u -p @ -o off',
    'ETCDCTL_USER=root:@',
    "auth: 'u:@'",
    'basic_auth u:@',
    'CREATE USER x IDENTIFIED BY @',
    'ALTER USER x IDENTIFIED BY @',
  ],
  'addresses and headers': [
    'https://@@github.com/o/r',
    ['https://u:a/b@github.com/x', `https://u:${REDACTED}@github.com/x`],
    ['https://u%3A@@h/x', `https://${REDACTED}@h/x`],
    'jdbc:oracle:thin:u/@@//h:1521/x',
    [`Basic ${BASE64}`, `Basic ${REDACTED}`],
    [`"auth": "${BASE64}"`, `"auth": "${REDACTED}"`],
    [`_auth=${BASE64}`, `_auth=${REDACTED}`],
  ],
  keys: [
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\nLOG:  more', `${REDACTED}\nLOG:  more`],
    [
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n2026-11-29 10:00:00 UTC LOG:  more',
      `${REDACTED}\n2026-11-29 10:00:00 UTC LOG:  more`,
    ],
    ['MIIEabcdefghijklmnop\nabcd\n-----END PRIVATE KEY-----\nmore', `${REDACTED}\nmore`],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdG\n-----END PGP PRIVATE KEY BLOCK-----', REDACTED],
    ['---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nMIIE\n---- END SSH2 ENCRYPTED PRIVATE KEY ----', REDACTED],
    ['Private-Lines: 2\nAAAA\nBBBB\nPrivate-MAC: @', `Private-Lines: 2\n${REDACTED}\nPrivate-MAC: ${REDACTED}`],
    ['SCRAM-SHA-256$4096:c2FsdA==$a2V5 and more', `${REDACTED} and more`],
    [`glsa_${'a'.repeat(30)} x`, `${REDACTED} x`],
    [`dapi${'0a'.repeat(16)} x`, `${REDACTED} x`],
  ],
}

const SECRET = 'ZQ017KX9WVHUNTER'
const fill = (text: string, secret: string) => text.replaceAll(/@(?!(?:github|h\/|db|\/\/))/g, secret)

describe('secrets are taken out, and nothing else', () => {
  for (const [kind, shapes] of Object.entries(SHAPES)) {
    describe(kind, () => {
      for (const shape of shapes) {
        const [text, seen] = typeof shape === 'string' ? [shape, fill(shape, REDACTED)] : shape
        test(JSON.stringify(text).slice(0, 100), () => {
          const line = fill(text, SECRET)
          assert.equal(redact(line), seen)
          assert.equal(redact(`before\n${line}\nafter\n`), `before\n${seen}\nafter\n`)
          assert.equal(redact(redact(line)), redact(line), 'twice is once')
          for (let cut = 1; cut < line.length; cut += 5) {
            const redactor = createRedactor()
            assert.equal(redactor.push(line.slice(0, cut)) + redactor.push(line.slice(cut)) + redactor.end(), seen)
          }
        })
      }
    })
  }
})

const HARMLESS: readonly string[] = [
  "LOG:  'wrong password' for user bob, 'next'",
  "FATAL:  invalid 'password'-file",
  'the words "storekey" and "compass" are none',
  'FATAL:  password authentication failed for user "app"',
  'FATAL:  no password supplied',
  'password_encryption = scram-sha-256',
  'LOG:  parameter "password_encryption" changed to "scram-sha-256"',
  'LOG:  restored log file "00000004000000A1000000FE" from archive',
  'LOG:  recovery restart point at A1/FE000028',
  'LOG:  checkpoint complete: lsn=0/5A001F20, redo lsn=0/5A001EE8',
  'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'LOG:  recovery still waiting after 1000.1 ms: recovery conflict on buffer pin',
  'buffer pin: 3',
  '"tls": { "pin": "sha256:abcdefabcdef" }',
  '"passwordCommand": ["pass", "show", "pgdeck/db-1"]',
  "SELECT * FROM pg_settings WHERE name IN ('password', 'email')",
  "INSERT INTO t VALUES ('password', 'x')",
  'the PostgreSQL community: thanks',
  'basic authentication is off',
  'Basic authenticationn failed',
  'auth=authentication====',
  'authtoken_auth: abcdefghi=',
  'FATAL:  pg_hba.conf rejects connection for host "10.0.0.1", user "bob", database "db", no encryption',
  'LOG:  connection authenticated: identity="bob" method=scram-sha-256 (/etc/pg_hba.conf:97)',
  'SELECT\n\t"name" "alias"\nFROM t',
  'LOG:  statement: SELECT $1$x$1$',
  'http://h:8080/path?mail=a@b.example',
  'https://10.0.0.1:8008/x?mail=a@b.example',
  'sqlplus /nolog @/opt/script/x',
  'the object was identified by 12',
  'password is required, password was wrong, passwords are hashed',
  'the secret is out',
  '-----BEGIN CERTIFICATE-----\nMIIEabcdefghijklmnop\n-----END CERTIFICATE-----',
  'total_time spin=3 spinning: 4711 opinion: 1234',
  'MIIEabcdefghijklmnop\nabcd\nno key',
  'kinit -k -t /etc/krb5.keytab postgres/h',
  'ssl_key_file = server.key',
  'mongo --port 27017',
  'psql -p 5432 -U bob',
]

describe('what is no secret stays', () => {
  for (const text of HARMLESS) test(JSON.stringify(text).slice(0, 100), () => assert.equal(redact(text), text))
})

describe('a megabyte of hostile text is read once', () => {
  const UNITS = [
    'http ',
    'http -a ',
    'kinit ',
    'snmpget -c ',
    'kubectl ',
    'otp="',
    'pin: ',
    '"a" "',
    '"a" "b"\n',
    'a:5432:*:b:c\n',
  ]
    .concat([
      'secret "',
      'net use ',
      'alter role identified ',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n',
      `${'A'.repeat(64)}\n`,
    ])
    .concat([
      'AAAAAAAAAAAAAAAAAAAA\n-----END ',
      'Private-Lines: 9\nAAAA\n',
      'password=x\\\n ',
      'password=["',
      'https://u:a/',
      'pass_',
    ])
    .concat([
      `https://${'a'.repeat(250)}`,
      `basic ${'A'.repeat(300)} `,
      'login a\n',
      '</name><value>',
      'setPassword( "',
      '$2a$',
      '：',
    ])
  for (const unit of UNITS) {
    test(JSON.stringify(unit).slice(0, 40), { timeout: 60_000 }, () => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
      assert.ok(redact(text).length <= text.length * 3)
    })
  }
})
