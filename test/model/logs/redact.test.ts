import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createLineRedactor, createRedactor, REDACTED, redact, redactAll } from '../../../src/model/logs/redact.ts'

const SECRET = 'S3cr3t!x'

/** What is to be seen of a text that holds SECRET once or more. */
const CASES: readonly (readonly [string, string])[] = [
  // Statements.
  [`ALTER ROLE app PASSWORD '${SECRET}';`, `ALTER ROLE app PASSWORD '${REDACTED}';`],
  [
    `STATEMENT:  create user app with encrypted password E'${SECRET}\\'y' login`,
    `STATEMENT:  create user app with encrypted password E'${REDACTED}' login`,
  ],
  [
    `CREATE USER a PASSWORD 'it''s ${SECRET}' VALID UNTIL '2030-01-01'`,
    `CREATE USER a PASSWORD '${REDACTED}' VALID UNTIL '2030-01-01'`,
  ],
  [`ALTER ROLE a\n\tPASSWORD\n\t'${SECRET}'\n\tLOGIN`, `ALTER ROLE a\n\tPASSWORD\n\t'${REDACTED}'\n\tLOGIN`],
  [`ALTER ROLE a PASSWORD /* new */ $x$${SECRET}$x$;`, `ALTER ROLE a PASSWORD /* new */ $x$${REDACTED}$x$;`],
  [`ALTER ROLE a PASSWORD ${SECRET};`, `ALTER ROLE a PASSWORD ${REDACTED}`],
  [
    `ALTER ROLE a SET x TO 'postgres://u:${SECRET}@h/d' PASSWORD ${SECRET}`,
    `ALTER ROLE a SET x TO 'postgres://u:${REDACTED}@h/d' PASSWORD ${REDACTED}`,
  ],
  [
    `CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password '${SECRET}')`,
    `CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'u', password '${REDACTED}')`,
  ],
  [
    `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${SECRET} user=u' PUBLICATION p`,
    `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${REDACTED} user=u' PUBLICATION p`,
  ],
  [
    `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${SECRET}' PUBLICATION p`,
    `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${REDACTED}' PUBLICATION p`,
  ],
  // Connection strings.
  [
    `primary_conninfo = 'user=r password=''${SECRET} b'' host=h'`,
    `primary_conninfo = 'user=r password=''${REDACTED}'' host=h'`,
  ],
  [`password = '${SECRET}\\' b' host=h`, `password = '${REDACTED}' host=h`],
  [`password=ab"${SECRET} host=h`, `password=${REDACTED} host=h`],
  [`passfile=/x sslpassword=${SECRET}`, `passfile=/x sslpassword=${REDACTED}`],
  [`postgresql://u:${SECRET}@h:5432,i:5433/db?x=y`, `postgresql://u:${REDACTED}@h:5432,i:5433/db?x=y`],
  [`postgres://u:p@${SECRET}@h/db`, `postgres://u:${REDACTED}@h/db`],
  [`https://u:${SECRET}@h/a@b`, `https://u:${REDACTED}@h/a@b`],
  [
    `jdbc:postgresql://h:5432/db?user=u&password=${SECRET}&ssl=true`,
    `jdbc:postgresql://h:5432/db?user=u&password=${REDACTED}&ssl=true`,
  ],
  // Programs and their environment.
  [`PGPASSWORD=${SECRET} psql -h h`, `PGPASSWORD=${REDACTED} psql -h h`],
  [`export PGPASSWORD='a ${SECRET}'`, `export PGPASSWORD='${REDACTED}'`],
  [`tool --db-password ${SECRET} --host h`, `tool --db-password ${REDACTED} --host h`],
  [`tool --token=${SECRET} x`, `tool --token=${REDACTED} x`],
  [`repo1-cipher-pass=${SECRET}`, `repo1-cipher-pass=${REDACTED}`],
  [`AWS_SECRET_ACCESS_KEY=${SECRET}`, `AWS_SECRET_ACCESS_KEY=${REDACTED}`],
  // Documents.
  [`{"user":"u","password":"${SECRET}","x":1}`, `{"user":"u","password":"${REDACTED}","x":1}`],
  [`{\\"password\\": \\"${SECRET}\\", \\"x\\": 1}`, `{\\"password\\": \\"${REDACTED}\\", \\"x\\": 1}`],
  [`{"dsn": "host=h password=${SECRET}", "x": 1}`, `{"dsn": "host=h password=${REDACTED}", "x": 1}`],
  [`"CREATE ROLE a PASSWORD '${SECRET}'",,,"psql"`, `"CREATE ROLE a PASSWORD '${REDACTED}'",,,"psql"`],
  [`password: ${SECRET}\nport: 1`, `password: ${REDACTED}\nport: 1`],
  [`<passwd>${SECRET}</passwd><x/>`, `<passwd>${REDACTED}</passwd><x/>`],
  [`host all all all ldap ldapbindpasswd="${SECRET}" x=1`, `host all all all ldap ldapbindpasswd="${REDACTED}" x=1`],
  // The web.
  [`Authorization: Basic ${SECRET}\r\nHost: h`, `Authorization: Basic ${REDACTED}\r\nHost: h`],
  [`curl -H 'Authorization: Bearer ${SECRET}' https://h`, `curl -H 'Authorization: Bearer ${REDACTED}' https://h`],
  [`"authorization":"Bearer ${SECRET}","x":1`, `"authorization":"${REDACTED}","x":1`],
  [`Cookie: JSESSIONID=${SECRET}; b=c\nHost: h`, `Cookie: ${REDACTED}\nHost: h`],
  [`GET /rest?AUTHTOKEN=${SECRET} HTTP/1.1`, `GET /rest?AUTHTOKEN=${REDACTED} HTTP/1.1`],
  [`sent bearer abcd.${SECRET} to it`, `sent bearer ${REDACTED} to it`],
  // Keys and stored passwords.
  [`-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----\nx`, `${REDACTED}\nx`],
  ['rolpassword SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5Mg== x', `rolpassword ${REDACTED} x`],
  ['was md50123456789abcdef0123456789abcdef.', `was ${REDACTED}.`],
  ['got eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ here', `got ${REDACTED} here`],
]

describe('secrets', () => {
  for (const [text, seen] of CASES) {
    test(`are taken out of ${text.replaceAll('\n', ' ').slice(0, 70)}`, () => {
      assert.equal(redact(text), seen)
      assert.equal(redact(`before\n${text}\nafter\n`), `before\n${seen}\nafter\n`)
      assert.equal(redact(seen), seen, 'twice is once')
    })
  }

  test('a literal without an end takes its line with it, however long', () => {
    const long = `${SECRET}${'x'.repeat(60_000)}`
    assert.equal(redact(`a\nALTER ROLE a PASSWORD '${long}\nnext\n`), `a\nALTER ROLE a PASSWORD '${REDACTED}\nnext\n`)
    assert.equal(redact(`token=${long}\nnext\n`), `token=${REDACTED}\nnext\n`)
  })
})

test('lines are given as they come, but for those of a private key', () => {
  const redactor = createLineRedactor()
  const lines = ['a', '-----BEGIN PRIVATE KEY-----', SECRET, '-----END PRIVATE KEY-----', `token=${SECRET}`, 'b']
  assert.deepEqual(lines.map(redactor), ['a', REDACTED, null, null, `token=${REDACTED}`, 'b'])
})

test('documents lose what is under a secret name, and every secret in their texts', () => {
  const document = {
    password: SECRET,
    authToken: SECRET,
    secrets: [SECRET, ['', SECRET], { name: 'a', apiKey: SECRET }, 5],
    passwordEncryption: 'md5',
    tokens: 5,
    steps: [{ detail: `ALTER ROLE a PASSWORD '${SECRET}'`, at: null }],
  }
  assert.deepEqual(redactAll(document), {
    password: REDACTED,
    authToken: REDACTED,
    secrets: [REDACTED, ['', REDACTED], { name: 'a', apiKey: REDACTED }, 5],
    passwordEncryption: 'md5',
    tokens: 5,
    steps: [{ detail: `ALTER ROLE a PASSWORD '${REDACTED}'`, at: null }],
  })
})

describe('what is no secret stays', () => {
  const HARMLESS = [
    'FATAL:  password authentication failed for user "app"',
    'DETAIL:  Connection matched file "pg_hba.conf" line 97: "host all all all scram-sha-256"',
    "SELECT name FROM pg_settings WHERE name = 'password_encryption'",
    'ALTER ROLE app PASSWORD NULL;',
    "ALTER ROLE app SET work_mem TO '4MB'; -- nothing else",
    'http://h:8080/path?mail=a@b.example',
    'connection to server at "10.0.0.7", port 5432 failed: fe_sendauth: no password supplied',
    'LOG:  database system is ready to accept connections',
    "password='' host=h",
    'SELECT password::text, token::text FROM t',
  ]
  for (const text of HARMLESS) {
    test(text, () => {
      assert.equal(redact(text).replaceAll(REDACTED, "''"), text)
    })
  }
})

describe('a stream', () => {
  const stream = (parts: readonly string[]) => {
    const redactor = createRedactor()
    return parts.map((part) => redactor.push(part)).join('') + redactor.end()
  }
  const line = fc.oneof(
    fc.constantFrom(...CASES.map(([text]) => text)),
    fc.string({ maxLength: 60 }),
    fc.nat(20_000).map((length) => 'lorem ipsum '.repeat(length / 12)),
  )
  const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'))

  test('gives what the whole text gives, wherever it was cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(60_000), { maxLength: 30 }), (whole, cuts) => {
        const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
          (a, b) => a - b,
        )
        const parts = places.map((place, index) => whole.slice(place, places[index + 1] ?? place))
        assert.equal(stream(parts), redact(whole))
      }),
      { numRuns: 150 },
    )
  })

  test('cut at every place of every case, nothing of the secret comes through', () => {
    const filler = 'filler text of a log\n'.repeat(1_600)
    for (const [secretText, seen] of CASES) {
      for (let cut = 0; cut <= secretText.length; cut += 1) {
        const parts = [filler + secretText.slice(0, cut), `${secretText.slice(cut)}\n${filler}`]
        assert.equal(stream(parts), `${filler}${seen}\n${filler}`)
      }
    }
  })

  test('of random secrets in random places none is seen', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9!#%+._-]{8,40}$/).map((word) => `Zq${word}`)
    const shape = fc.constantFrom<(word: string) => string>(
      (word) => `ALTER USER x WITH PASSWORD '${word}'`,
      (word) => `host=h password=${word} dbname=d`,
      (word) => `postgresql://u:${word}@h/d`,
      (word) => `"password" : "${word}"`,
      (word) => `PGPASSWORD=${word}`,
      (word) => `Authorization: Bearer ${word}`,
    )
    fc.assert(
      fc.property(text, secret, shape, text, (before, word, wrap, after) => {
        assert.ok(!redact(`${before}\n${wrap(word)}\n${after}`).includes(word))
      }),
      { numRuns: 300 },
    )
  })

  test('bytes read as Latin-1 stay the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const before = Buffer.from(bytes).toString('latin1')
        if (redact(before).includes(REDACTED)) return
        assert.deepEqual(Buffer.from(redact(before), 'latin1'), Buffer.from(bytes))
      }),
    )
  })
})
