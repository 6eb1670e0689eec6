// What applications connect to in place of a database: PgBouncer, HAProxy, and addresses that move with the primary.

import * as z from 'zod'
import { commandField, durationField, nameField, oneOfField, textField, webUrlField } from './fields.ts'

const EXPECTED = ['primary', 'standby'] as const
const UNIQUE = 'unique among the databases, servers and entry points of its cluster.'
const PASSWORD = 'A program that prints the password. It runs once per connection; its output is never logged.'
const KEPT_PASSWORD =
  'A program that prints the password. It runs once an hour, and again where its password is refused; its output is never logged.'
const CONSOLE = 'a connection string such as "postgresql://stats@10.0.0.21:6432/pgbouncer"'
const THROUGH = 'a connection string such as "postgresql://pgdeck@db.example.net:5432/postgres?sslmode=verify-full"'
const STATS = 'a URL such as "http://10.0.0.21:8404/stats", "tcp://10.0.0.21:9999", or the path of a Unix socket'

function expectsField() {
  return oneOfField(EXPECTED).prefault('primary')
}

function via() {
  return textField('the name of an entry of "hosts" with "ssh"').optional()
}

export const poolerSchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: `Name of the pooler; ${UNIQUE}` }),
      dsn: textField(CONSOLE).meta({
        description:
          'Connection string of the admin console of PgBouncer: its database is "pgbouncer", its user is in "stats_users" ' +
          'or, for actions, in "admin_users". Passwords belong in .pgpass, not here.',
      }),
      database: textField('the name of a database of the pooler')
        .optional()
        .meta({
          description:
            'The database of the pooler that the applications use. Default: all that it has; of these an action pauses those ' +
            'that are seen to lead to the primary.',
        }),
      expects: expectsField().meta({ description: 'Which database it should lead to.' }),
      passwordCommand: commandField().optional().meta({ description: PASSWORD }),
      via: via().meta({ description: 'Reach the pooler through the SSH of this host.' }),
      pauseTimeout: durationField({ min: 1_000, max: 600_000, words: 'from 1s to 10m' }).prefault('30s').meta({
        description: 'How long a switchover waits for open transactions when it pauses a pool. Then it stops.',
      }),
      host: textField('the name of an entry of "hosts"').optional().meta({
        description: 'The host that "repoint" runs on.',
      }),
      repoint: commandField()
        .optional()
        .meta({
          description:
            'A program and its arguments, without a shell, that writes the new address of the primary into the file of ' +
            'PgBouncer: {host} and {port} stand for it. Then pgdeck reloads the pooler. Needed only where that file names ' +
            'the primary itself, and no proxy, virtual address or DNS name.',
        }),
    })
    .refine(({ repoint, host }) => repoint === undefined || host !== undefined, {
      error: '"repoint" only with "host"',
      path: ['repoint'],
    })
    .meta({ title: 'Pooler', description: 'A PgBouncer between the applications and the databases.' }),
)

export const proxySchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: `Name of the proxy; ${UNIQUE}` }),
      stats: textField(STATS).refine(isStatsSource, { error: STATS }).meta({
        description:
          'Where HAProxy tells its statistics: the URL of its stats page, its socket over TCP, or its Unix socket on this host.',
      }),
      backend: textField('the name of a backend or listener').meta({
        description: 'The backend, or "listen" section, that leads to the databases.',
      }),
      expects: expectsField().meta({ description: 'Which databases its servers that are up should be.' }),
      user: textField('a user name').optional().meta({ description: 'The user of the stats page.' }),
      passwordCommand: commandField().optional().meta({
        description: 'A program that prints the password of that user.',
      }),
      ca: textField('a file').optional().meta({
        description:
          'The authority of the certificate of an https stats page, in PEM. Default: those that this host trusts.',
      }),
    })
    .refine((given) => (given.user === undefined) === (given.passwordCommand === undefined), {
      error: '"user" and "passwordCommand" together',
    })
    .refine((given) => given.user === undefined || webUrlField().safeParse(given.stats).success, {
      error: '"user" only with an http or https URL',
      path: ['user'],
    })
    .meta({ title: 'Proxy', description: 'An HAProxy between the applications and the databases.' }),
)

/** `/run/haproxy/admin.sock`, `unix:///run/haproxy/admin.sock`, `tcp://10.0.0.21:9999`, or a URL. */
function isStatsSource(given: string): boolean {
  if (given.startsWith('/')) return true
  const url = URL.parse(given)
  if (url?.protocol === 'tcp:') return url.hostname !== '' && url.port !== '' && url.username + url.password === ''
  if (url?.protocol === 'unix:') return url.pathname.startsWith('/')
  return webUrlField().safeParse(given).success
}

export const addressSchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: `Name of the address; ${UNIQUE}` }),
      dsn: textField(THROUGH).meta({
        description:
          'Connection string by which the applications reach the database: a virtual address, a DNS name, a port of a proxy or ' +
          'a pooler. pgdeck opens a new session through it and looks where that leads.',
      }),
      expects: expectsField().meta({ description: 'Which database it should lead to.' }),
      passwordCommand: commandField().optional().meta({ description: KEPT_PASSWORD }),
      via: via().meta({ description: 'Reach the address through the SSH of this host.' }),
    })
    .meta({ title: 'Address', description: 'An address by which the applications reach the database.' }),
)
