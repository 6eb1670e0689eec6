// The table of shapes in which secrets stand in logs, settings, statements, commands and documents, and of what is none. `@` is the
// secret: it goes, and nothing else of the line does, unless a second text says what is seen.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createRedactor, REDACTED, redact } from '../../../src/model/logs/redact.ts'

type Shape = string | readonly [text: string, seen: string]

const record = (severity: string, text: string) => `2026-11-29 10:00:00 UTC [9] ${severity}:  ${text}`
const statement = (text: string) => record('LOG', `statement: ${text}`)
const setting = (name: string, value: string) => record('LOG', `parameter "${name}" changed to "${value}"`)
const archive = (command: string) => setting('archive_command', command)
const json = (text: string) =>
  `{"timestamp":"2026-11-29 10:00:00.123 UTC","error_severity":"LOG","message":${JSON.stringify(text)}}`
const csv = (message: string, detail = '', query = '') =>
  `2026-11-29 10:00:00.123 UTC,"u","d",9,"h:1",6b,1,"INSERT",2026-11-29 10:00:00 UTC,3/4,0,LOG,00000,"${message}","${detail}",,,,,"${query}",,,"psql","client backend",,0`

const SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  'rows that the server prints with an error': [
    record('DETAIL', 'Failing row contains (@).'),
    [
      record('DETAIL', 'Failing row contains (1, bob, @, (x). y).'),
      record('DETAIL', `Failing row contains (${REDACTED}).`),
    ],
    '{"detail":"Failing row contains (@).","context":"x"}',
    record('CONTEXT', 'COPY users, line 3: "@"'),
    json('COPY users, line 3: "@"'),
    "INSERT INTO users (pw, name) SELECT '@', n FROM other",
  ],
  'names of other languages': [
    'Kennwort: @',
    'mot de passe = @',
    'Contraseña: @',
    'contraseÃ±a: @',
    '"senha":"@"',
    'пароль=@',
    '密码: @',
    'パスワード: @',
  ],
  'commands with a secret among their options': [
    archive('curl -u backup:@ -T %p https://b.example/%f'),
    archive('curl --user backup:@ -T %p https://b.example/%f'),
    archive('curl --user=backup:@ -T %p https://b.example/%f'),
    archive('curl -sS -u backup:@ -T %p ftp://b.example/%f'),
    archive('curl -ubackup:@ -T %p ftp://b.example/%f'),
    archive("curl -u 'backup:@' -T %p ftp://b.example/%f"),
    archive('curl --proxy-user p:@ https://b.example'),
    `sh -c 'echo "-u me:@" >&2'`,
    '-u me:@',
    archive('wget --http-password @ https://b.example'),
    archive('wget --http-passwd @ https://b.example'),
    archive('sshpass -p @ scp %p u-at-h:/a/%f'),
    archive('sshpass -p@ scp %p h:/a/%f'),
    archive("sshpass -p '@ x' scp %p h:/a/%f").replace("@ x'", "@'"),
    setting('restore_command', 'mysql -p@ -e x'),
    setting('restore_command', 'mysqldump --single-transaction -u root -p@ db'),
    setting('archive_cleanup_command', 'redis-cli -a @ del x'),
    archive('smbclient //h/s -U user%@ -c put'),
    archive('openssl enc -aes-256-cbc -pass pass:@ -in %p -out /a/%f'),
    archive('openssl enc -aes-256-cbc -k @ -in %p -out /a/%f'),
    archive('openssl rsa -passin pass:@ -in k'),
    archive('lftp -u user,@ -e x h'),
    archive('ldapsearch -x -D cn=a -w @ -b dc=x'),
    archive('7z a -p@ /a/%f.7z %p'),
    archive('zip -P @ /a/%f.zip %p'),
    archive('docker login -u me -p @ registry.example'),
    archive('mc alias set s3 https://h AKEY @ && mc cp %p s3/a'),
    archive('gpg --batch --passphrase @ -c %p'),
    archive('s3cmd --secret_key=@ put %p s3://b/%f'),
    'C:> setx PGPASSWORD @ /m',
    'az login --service-principal -u app -p @ --tenant t',
    'keytool -importkeystore -srcstorepass @ -deststorepass @ -keystore k',
    'keytool -list -storepass @ -keypass @',
    ["echo 'bob:@' | chpasswd", `echo '${REDACTED}' | chpasswd`],
    ['echo bob:@ | sudo chpasswd -c SHA512', `echo ${REDACTED} | sudo chpasswd -c SHA512`],
    'echo @ | docker login -u me --password-stdin h',
    'printf @ | kinit me-at-REALM',
    archive('restic --password @ backup %p'),
    archive('htpasswd -bc f user @'),
    'machine b.example login backup password @',
    [
      csv('parameter ""ssl_passphrase_command"" changed to ""echo @""'),
      csv(`parameter ""ssl_passphrase_command"" changed to ""${REDACTED}""`),
    ],
    [setting('ssl_passphrase_command', 'echo @'), setting('ssl_passphrase_command', '@').replace('@', REDACTED)],
  ],
  'environments and settings': [
    archive('AZURE_STORAGE_KEY=@ wal-g wal-push %p'),
    archive('WALG_LIBSODIUM_KEY=@ wal-g wal-push %p'),
    archive('AZURE_STORAGE_ACCOUNT_KEY=@ wal-g wal-push %p'),
    archive('B2_ACCOUNT_KEY=@ restic backup %p'),
    archive('AWS_SECRET_ACCESS_KEY=@ wal-g wal-push %p'),
    archive('AWS_SESSION_TOKEN=@ wal-g wal-push %p'),
    archive('pgbackrest --repo1-azure-key=@ archive-push %p'),
    archive('pgbackrest --repo1-s3-key-secret=@ archive-push %p'),
    archive('pgbackrest --repo1-cipher-pass=@ archive-push %p'),
    'repo1-azure-key=@',
    'repo1-s3-key=@',
    'encryption.key=@',
    'PGPASSWORD=@ psql -h h',
    'export DB_PASS=@',
    'MYSQL_PWD=@ mysqldump x',
    'aws_secret_access_key = @',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=@==;EndpointSuffix=core.windows.net'.replace('@==', '@'),
    'login user=a, pw=@',
    'pass: @',
    'password\t@',
    setting('primary_conninfo', 'host=a password=@ user=r'),
    setting('app.jwt_secret', '@'),
    'host all all 10.0.0.0/8 ldap ldapbindpasswd="@" ldapprefix="x"',
    `host all all 10.0.0.0/8 radius radiusservers="a,b" radiussecrets="@"`,
    [
      record(
        'DETAIL',
        'Connection matched pg_hba.conf line 9: "host all all 10.0.0.0/8 radius radiussecrets="""x y"",""@"""',
      ),
      record(
        'DETAIL',
        `Connection matched pg_hba.conf line 9: "host all all 10.0.0.0/8 radius radiussecrets="${REDACTED}"`,
      ),
    ],
    'Server=h;Uid=u;Pwd=@',
    'bindpw @',
    'requirepass @',
    '  auth_pass @',
    'stats auth admin:@',
    'pg_connect -password @ -host h',
    'PHPSESSID=@',
    'Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=@',
  ],
  'addresses, headers, hooks': [
    archive('azcopy cp %p https://a.blob.core.windows.net/c/%f?sv=2022-11-02&sig=@'),
    archive("azcopy cp %p 'https://x.blob.core.windows.net/c/%f?sv=2020&sig=@'"),
    'GET https://storage.googleapis.com/b/o?Expires=1&Signature=@ 200',
    'GET https://b.s3.amazonaws.com/o?X-Amz-Expires=1&X-Amz-Signature=@&x=y 200',
    'GET /report?key=@ HTTP/1.1 200',
    'GET /report?a=b&api_key=@&x=y HTTP/1.1 200',
    'GET /oauth?access_token=@ HTTP/1.1',
    'POST https://hooks.slack.com/services/@ 200',
    'POST https://discord.com/api/webhooks/@',
    'POST https://api.telegram.org/bot@',
    'postgresql://u:@@h/db'.replace(':@@', ':@@'),
    'redis://:@@h:6379/0',
    'mongodb+srv://u:@@h/db',
    'amqp://u:@@h/vhost',
    'ftp://u:@@h/file',
    'https://x-access-token:@@github.com/o/r.git',
    'Authorization: Bearer @',
    'Proxy-Authorization: Basic @',
    'Authorization: @',
    'X-Api-Key: @',
    'x-auth-token: @',
    'X-Vault-Token: @',
    "curl -H 'X-Api-Key: @' https://h",
    ['Authorization: Digest username="a", response="@"', `Authorization: Digest ${REDACTED}`],
    'Set-Cookie: @',
    'GET /x?dsn=host%3Dh%20password%3D@%20user%3Du HTTP/1.1',
  ],
  documents: [
    '{"password": "@"}',
    '{"user": "a", "pass": "@"}',
    '{"user":"a","pw":"@"}',
    '{"client_secret":"@","x":1}',
    "{'api_key': '@', 'x': 1}",
    '{\\"token\\": \\"@\\", \\"x\\": 1}',
    'password: "@"',
    'password:\n    @\nport: 1',
    'password:\n    "@"\nport: 1',
    'password: |\n  @\nport: 1',
    'password: >-\n  @\nport: 1',
    [`password: |\n  @\n  more\nport: 1`, `password: |\n  ${REDACTED}\nport: 1`],
    ['<password>\n  @\n</password>', `<password>${REDACTED}</password>`],
    '<property name="password">@</property>'
      .replace('<property name="password">', '<password>')
      .replace('</property>', '</password>'),
    '<property name="password" value="@"/>',
    '{"name": "DB_PASSWORD", "value": "@"}',
    '- name: PGPASSWORD\n  value: @\n- name: X\n  value: y',
    '{""password"": ""@"", ""x"": 1}',
    '10.0.0.1:5432:*:replicator:@',
    '*:*:*:replicator:@',
    "echo 'db.example.net:5432:postgres:pgdeck:@' >> ~/.pgpass",
    '/var/run/postgresql:5432:db:u:@',
  ],
  statements: [
    statement("ALTER ROLE a PASSWORD '@'"),
    statement("ALTER ROLE a PASSWORD E'@'"),
    statement("ALTER ROLE a PASSWORD U&'@'"),
    statement('ALTER ROLE a PASSWORD $x$@$x$'),
    statement("ALTER ROLE a PASSWORD/* c */'@'"),
    `${record('ERROR', 'syntax error at or near "@" at character 24')}\n${record('STATEMENT', 'ALTER ROLE a PASSWORD @')}`,
    [statement("ALTER ROLE a PASSWORD 'a'\n\t'@'"), statement(`ALTER ROLE a PASSWORD '${REDACTED}'`)],
    [
      statement("ALTER ROLE a PASSWORD 'a' -- c\n\t'b'\n\t'@' LOGIN"),
      statement(`ALTER ROLE a PASSWORD '${REDACTED}' LOGIN`),
    ],
    statement("ALTER ROLE a PASSWORD -- c\n\t'@'"),
    statement("CREATE USER MAPPING FOR x SERVER s OPTIONS (user 'a', password '@')"),
    statement("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (api_key '@')"),
    statement("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', token '@', x 'y')"),
    statement(`ALTER USER MAPPING FOR x SERVER s OPTIONS (SET "password" '@')`),
    statement(`ALTER USER MAPPING FOR x SERVER s OPTIONS (ADD secret_key '@')`),
    statement(`ALTER DATABASE d SET "app.settings.jwt_secret" TO '@'`),
    statement(`ALTER DATABASE d SET app.password = '@'`),
    statement('SET app.token TO @'),
    statement("SET LOCAL app.token TO '@'"),
    statement("SELECT set_config('app.password','@',false)"),
    statement("SELECT pg_catalog.set_config('app.jwt_secret', E'@', false)"),
    statement("SELECT crypt('@', gen_salt('bf'))"),
    statement("SELECT pgp_sym_encrypt('x', '@')"),
    statement("SELECT pgp_sym_decrypt(data, '@') FROM t"),
    statement("SELECT encode(hmac(body, '@', 'sha256'), 'hex')"),
    statement("SELECT vault.create_secret('@', 'name')"),
    [
      statement("SELECT aws_commons.create_aws_credentials('k', '@', '')"),
      statement(`SELECT aws_commons.create_aws_credentials('${REDACTED}', '${REDACTED}', '')`),
    ],
    statement("SELECT dblink_connect('c','host=h password=''@'' user=u')"),
    statement("INSERT INTO users (name, password) VALUES ('a', '@')"),
    statement(`insert into "app"."users"("name", "api_token", x)\n\tvalues ('a', '@', 1)`),
    [
      statement("INSERT INTO u (a, password_hash, c) VALUES (f(1, ')'), '@', now()), ('b', '@', now())"),
      statement(
        `INSERT INTO u (a, password_hash, c) VALUES (f(1, ')'), '${REDACTED}', now()), ('b', '${REDACTED}', now())`,
      ),
    ],
    statement("UPDATE users SET password = '@' WHERE id = 1"),
    statement("SELECT * FROM s WHERE token = '@' AND id = 4"),
    statement("DO $$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', 'a', '@'); END $$"),
    statement("EXECUTE format('ALTER ROLE a PASSWORD %L', '@')"),
    statement("CREATE USER u IDENTIFIED BY '@'"),
    statement("CREATE USER u IDENTIFIED WITH mysql_native_password BY '@'"),
    statement("CREATE SUBSCRIPTION s CONNECTION 'host=h password=@ user=u' PUBLICATION p"),
    record('DETAIL', 'Key (token)=(@) already exists.'),
    [
      record('DETAIL', 'Key (name, api_token)=(a, @) already exists.'),
      record('DETAIL', `Key (name, api_token)=(${REDACTED}) already exists.`),
    ],
    record('CONTEXT', 'COPY users, line 3, column password: "@"'),
  ],
  'statements in JSON and CSV': [
    json("statement: CREATE ROLE a\n  LOGIN\n  PASSWORD\n    '@'"),
    json("statement: ALTER ROLE a PASSWORD\t'@'"),
    json("statement: ALTER ROLE a PASSWORD -- c\n\t'@' LOGIN"),
    json("statement: CREATE USER MAPPING FOR x SERVER s OPTIONS (password\n'@')"),
    json(`statement: ALTER USER MAPPING FOR x SERVER s OPTIONS (SET "password" '@')`),
    json("statement: INSERT INTO users\n  (name, password)\nVALUES\n  ('a', '@')"),
    csv("statement: ALTER ROLE a PASSWORD '@'"),
    csv(`statement: ALTER DATABASE d SET ""app.jwt_secret"" TO '@'`),
  ],
  'parameters of statements': [
    `${record('LOG', 'execute <unnamed>: UPDATE users SET password=$1 WHERE id=$2')}\n${record('DETAIL', "parameters: $1 = '@', $2 = '1'")}`,
    `${record('LOG', 'execute s: UPDATE users SET name = $1, api_token = $2')}\n${record('DETAIL', "Parameters: $1 = 'a', $2 = '@'")}`,
    `${record('LOG', 'execute <unnamed>: INSERT INTO users (name, password) VALUES ($1, $2)')}\n${record('DETAIL', "parameters: $1 = 'a', $2 = '@'")}`,
    `${record('LOG', 'execute <unnamed>: SELECT crypt($1, gen_salt($2))')}\n${record('DETAIL', "parameters: $1 = '@', $2 = 'bf'")}`,
    `${record('LOG', "execute <unnamed>: SELECT set_config('a.secret', $2, $1)")}\n${record('DETAIL', "parameters: $1 = 't', $2 = 'it''s @'").replace("it''s @", '@')}`,
    `${statement("EXECUTE p('a', '@')")}\n${record('DETAIL', 'prepare: PREPARE p(text, text) AS UPDATE users SET name = $1, password = $2')}`,
    `${statement("EXECUTE p('@', 'a')")}\n${record('DETAIL', 'prepare: PREPARE p(text, text) AS\n\tINSERT INTO users (token, name)\n\tVALUES ($1, $2)')}`,
    csv("statement: EXECUTE p('@')", 'prepare: PREPARE p(text) AS UPDATE users SET password = $1'),
    `${record('LOG', 'Ausführen <unnamed>: UPDATE users SET password=$1')}\n${record('DETAIL', "Parameter: $1 = '@', $2 = '1'")}`,
    `${record('ERREUR', 'annulé')}\n${record('CONTEXTE', "portail non nommé avec les paramètres : $1 = '1', $2 = '@'")}\n${record('INSTRUCTION ', 'UPDATE u SET x = $1, password = $2')}`,
    // Another process logs in between.
    `${record('LOG', 'execute <unnamed>: UPDATE users SET password=$1')}\n${record('DETAIL', "parameters: $1 = 'seen'").replace('[9]', '[8]')}\n${record('DETAIL', "parameters: $1 = '@'")}`,
    csv('execute <unnamed>: UPDATE users SET password=$1 WHERE id=$2', "parameters: $1 = '@', $2 = '1'"),
    csv('canceled', "unnamed portal with parameters: $1 = '@', $2 = '1'", 'UPDATE users SET password=$1 WHERE id=$2'),
    `{"message":"execute <unnamed>: UPDATE users SET password=$1","detail":"parameters: $1 = '@'"}`,
    `{"message":"canceled","context":"unnamed portal with parameters: $1 = '1', $2 = '@'","statement":"UPDATE u SET x = $1, token = $2"}`,
    `${record('ERROR', 'canceled')}\n${record('CONTEXT', "unnamed portal with parameters: $1 = '@', $2 = '1'")}\n${record('STATEMENT', 'UPDATE users\n\tSET password = $1 WHERE id = $2')}`,
  ],
  'tokens and keys': [
    'git clone with ghp_@aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'with github_pat_@aaaaaaaaaaaaaaaaaaaaaaaaa',
    'with glpat-@aaaaaaaaaaaaaaaa',
    'with npm_@aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'slack xoxb-1234-@',
    'vault hvs.CAESI@AAAAAAAAAAAAAA',
    'key AKIA@',
    'key AIza@aaaaaaaaaaaaaaaaaaaaaaa',
    'stripe sk_live_@aaaaaaaa',
    'got eyJhbGciOiJI.eyJzdWIiOiIx.@ here',
    'sent bearer abcd.@ to it',
    '-----BEGIN OPENSSH PRIVATE KEY-----\n@\n-----END OPENSSH PRIVATE KEY-----',
    '"private_key": "-----BEGIN PRIVATE KEY-----\\n@\\n-----END PRIVATE KEY-----\\n"',
    ['rolpassword SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5Mg== x', `rolpassword ${REDACTED} x`],
    ['was md50123456789abcdef0123456789abcdef.', `was ${REDACTED}.`],
  ],
}

/** Tokens go with their prefix, whatever they end with. */
const WHOLE =
  /(?:\S*AKIA@|ghp_\S+|github_pat_\S+|glpat-\S+|npm_\S+|xoxb-\S+|hvs\.\S+|AIza\S+|sk_live_\S+|eyJ\S+|abcd\.@|-----BEGIN.*?PRIVATE KEY-----[\s\S]*?-----END.*?-----(?:\\n)?(?="|$))/
const SECRET = 'ZQ017KX9WVHUNTER'
/** One that begins as a number does. */
const SECRETS = [SECRET, '7F646CA79A60683D']

const fill = (text: string, secret: string) => text.replaceAll(/@(?!(?:h\b|h:|github))/g, secret)

describe('secrets are taken out, and nothing else', () => {
  for (const [kind, shapes] of Object.entries(SHAPES)) {
    describe(kind, () => {
      for (const shape of shapes) {
        const [text, seen] = typeof shape === 'string' ? [shape, null] : shape
        test(
          text
            .replace(/^2026\S+ \S+ UTC \[9\] /, '')
            .replaceAll(/\s+/g, ' ')
            .slice(0, 100),
          () => {
            const expected = seen ?? fill(kind === 'tokens and keys' ? text.replace(WHOLE, '@') : text, REDACTED)
            for (const line of SECRETS.map((secret) => fill(text, secret))) {
              assert.equal(redact(`before\n${line}\nafter\n`), `before\n${expected}\nafter\n`)
              assert.equal(redact(line), expected, 'at the beginning of a text')
              assert.equal(redact(redact(line)), redact(line), 'twice is once')
            }
          },
        )
      }
    })
  }
})

test('of secrets of any letters none is seen', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9_+.!-]{8,30}$/).map((word) => `Zq${word}`)
  const shapes = Object.entries(SHAPES).flatMap(([kind, list]) => (kind === 'tokens and keys' ? [] : list))
  const shape = fc.constantFrom(...shapes.map((each) => (typeof each === 'string' ? each : each[0])))
  fc.assert(
    fc.property(shape, secret, (text, word) => {
      // The base64 of an account's key ends where another letter follows.
      if (/AccountKey/.test(text) && /[.!]/.test(word)) return
      assert.ok(!redact(`${fill(text, word)}\nafter`).includes(word))
    }),
    { numRuns: 3_000 },
  )
})

const HARMLESS: readonly string[] = [
  'echo hello | grep passwd',
  'keytool -list -keystore k',
  'Kennwort ist falsch',
  'INSERT INTO users (pw, name) SELECT p, n FROM other',
  'COPY users, line 3: unexpected end',
  record('DETAIL', ' Key (id)=(4711) already exists.'),
  record('DETAIL', 'Key (sort_key)=(4711) already exists.'),
  record('ERROR', 'duplicate key value violates unique constraint "t_pkey"'),
  record('LOG', 'checkpoint complete: wrote 4711 buffers (0.3%); 0 WAL file(s) added'),
  record('LOG', 'connection authorized: user=app database=shop application_name=web'),
  record(
    'LOG',
    'duration: 4711.812 ms  statement: SELECT id, name FROM orders WHERE key_id IS NULL ORDER BY sort_key, signature_id',
  ),
  record('FATAL', 'password authentication failed for user "app4711"'),
  record('DETAIL', 'Connection matched pg_hba.conf line 97: "host all all 10.0.0.0/8 scram-sha-256"'),
  record('ERROR', 'null value in column "pass_count" of relation "exam" violates not-null constraint'),
  record('LOG', 'automatic vacuum of table "shop.public.token": index scans: 1'),
  'index "shop_pkey_authorization": pages: 14 in total, 0 newly deleted, 0 currently deleted, 0 reusable',
  'index "users_api_token": pages: 14 in total, 0 newly deleted',
  'index "password": pages: 14 in total, 0 newly deleted',
  record('ERROR', 'column "password" of relation "users" does not exist at character 8'),
  record('LOG', 'execute <unnamed>: SELECT * FROM orders WHERE sort_key = $1 AND name = $2'),
  `${record('LOG', 'execute <unnamed>: SELECT * FROM users WHERE id = $1')}\n${record('DETAIL', "parameters: $1 = '4711', $2 = 'ann'")}`,
  statement("INSERT INTO orders (id, sort_key, note) VALUES (1, 'k1', 'a password is needed')"),
  statement("SELECT name FROM pg_settings WHERE name = 'password_encryption'"),
  statement('ALTER ROLE app PASSWORD NULL'),
  statement("UPDATE t SET primary_key = 'k4711', cache_key = 'user:4711' WHERE foreign_key = 5"),
  'SELECT password::text, token::text FROM t',
  'SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
  'DETAIL:  Token "x" is invalid.',
  'used 512 tokens: 412 in, 100 out; tokens=512',
  'pass: 3, fail: 0',
  'the bypass=on compass: north',
  'http://h:8080/path?mail=a@b.example&page=2',
  'password:\n  valueFrom:\n    secretKeyRef:\n      name: db',
  'password: null',
  `${record('ERROR', 'syntax error at or near "selct" at character 1')}\n${record('STATEMENT', 'selct password from users')}`,
  `${statement("EXECUTE p('a')")}\n${record('DETAIL', 'prepare: PREPARE p(text) AS UPDATE users SET name = $1')}`,
  'it holds a password: db-1 writes the changed setting to its own log',
  "primary_conninfo = 'host=h user=… password=…' (as it was)",
  '{"password": null, "token": false}',
  'docker run -u 1000:1000 image',
  'user_authorization: not found in cache',
  'authorization failed for user "app"',
  '2026-11-29T10:00:00.123:main:worker:started',
  '02:42:ac:11:00:02 is the address',
  'listening on 0.0.0.0:5432',
  'Key management service started',
  'monkey=1 hockey: 2',
  'restore_command = \'cp /archive/%f "%p"\'',
  "archive_command = 'rsync -p %p h:/a/%f'",
  'openssl s_client -connect h:5432',
  'passfile=/home/u/.pgpass sslkey=/home/u/key.pem',
  'token_count=5 key_length=2048 secret_sauce_enabled',
]

describe('what is no secret stays', () => {
  for (const text of HARMLESS) test(text.replaceAll(/\s+/g, ' ').slice(0, 100), () => assert.equal(redact(text), text))
})

describe('a stream', () => {
  test('gives of every shape what the whole gives, cut anywhere', () => {
    for (const shape of Object.values(SHAPES).flat()) {
      const text = fill(typeof shape === 'string' ? shape : shape[0], SECRET)
      const whole = redact(text)
      for (let cut = 1; cut < text.length; cut += 7) {
        const redactor = createRedactor()
        assert.equal(redactor.push(text.slice(0, cut)) + redactor.push(text.slice(cut)) + redactor.end(), whole)
      }
    }
  })

  test('parameters are told apart by process however far they are', () => {
    const filler = `${record('LOG', 'nothing').replace('[9]', '[7]')}\n`.repeat(2_000)
    const text = `${record('LOG', 'execute s: UPDATE u SET password=$1')}\n${filler}${record('DETAIL', `parameters: $1 = '${SECRET}'`)}\n`
    const redactor = createRedactor()
    let seen = ''
    for (let at = 0; at < text.length; at += 5_000) seen += redactor.push(text.slice(at, at + 5_000))
    assert.equal(seen + redactor.end(), text.replace(SECRET, REDACTED))
  })
})

describe('a megabyte of hostile text is read once', () => {
  const UNITS = [
    ...[
      'password=',
      '://u:',
      'a@',
      "'",
      '\\',
      "x='",
      '--',
      ' -u ',
      ' -u a:',
      "$1 = '",
      'key',
      'pass',
      'PASSWORD /*',
      'PASSWORD --',
    ],
    ...[
      '-----BEGIN PRIVATE KEY-----',
      'eyJ',
      "OPTIONS (a '",
      '<password>',
      'password:\n',
      'password: |\n  ',
      '&sig=',
      'http',
      '$$',
    ],
    ...[
      "set_config('",
      'crypt(',
      "crypt('",
      'insert into t (',
      'insert into t (a) values (',
      "values ('",
      'alter role ',
      'mysql ',
    ],
    ...[
      'curl ',
      ':5432:',
      ':5432:a:',
      'a:5432:*:b:',
      "parameters: $1 = '",
      'password=$1 ',
      'authorization: ',
      'radiussecrets="',
    ],
    ...[
      'key (',
      'key (password',
      ')=(',
      'hooks.slack.com/services/',
      'ghp_',
      '\t',
      'token\t',
      '"token": ',
      'changed to "',
    ],
  ]
  for (const unit of UNITS) {
    // A quadratic reading of a megabyte takes minutes: the limit is far from what a slow machine needs.
    test(JSON.stringify(unit), { timeout: 60_000 }, () => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
      assert.ok(redact(text).length <= text.length * 3)
    })
  }
})
