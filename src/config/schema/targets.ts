// What a cluster consists of in the config: databases, application servers, hosts.

import ipaddr from 'ipaddr.js'
import * as z from 'zod'
import { DANGERS, SERVER_TYPES } from '../../model/measured/spec.ts'
import {
  commandField,
  durationField,
  nameField,
  oneOfField,
  searchPathField,
  textField,
  urlPathField,
  webUrlField,
} from './fields.ts'

/** Strict: the library also takes shorthands such as `10.1`. */
function isAddress(given: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(given) || ipaddr.IPv6.isValid(given)
}

const BACKUP = 'one of: "folder" (with "host"), "sql" (with "searchPath"), "command"'

const LOOKED_UP =
  'Schemas in which the names of the statement are looked up. Default: what "searchPath" of the database says, else "public".'

const backup = z.lazy(() =>
  z
    .strictObject({
      folder: z
        .string({ error: 'an absolute path of a folder' })
        .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0]*$/, { error: 'an absolute path of a folder' })
        .optional()
        .meta({ description: 'A folder on a host: the newest file or folder in it is the newest backup.' }),
      host: textField('the name of an entry of "hosts"')
        .optional()
        .meta({ description: 'The host with that folder; default: the host of the database.' }),
      sql: textField('a statement that returns one timestamptz')
        .optional()
        .meta({ description: 'Run on the database.' }),
      searchPath: searchPathField().optional().meta({ description: LOOKED_UP }),
      command: commandField()
        .optional()
        .meta({ description: 'A program that prints when it was taken, e.g. 2026-11-22T03:00:00Z.' }),
    })
    .superRefine((given, context) => {
      const ways = [given.folder, given.sql, given.command].filter((way) => way !== undefined).length
      const paired =
        (given.host === undefined || given.folder !== undefined) &&
        (given.searchPath === undefined || given.sql !== undefined)
      if (ways !== 1 || !paired) context.addIssue({ code: 'custom', message: BACKUP })
    })
    .meta({ title: 'Backups', description: `How the newest backup is found, for its age: ${BACKUP}.` }),
)

export const databaseSchema = z
  .strictObject({
    name: nameField().meta({ description: 'What the database is called here; unique in its cluster.' }),
    dsn: textField(
      'a connection string such as "postgresql://pgdeck@10.0.0.11:5432/postgres?sslmode=verify-full"',
    ).meta({
      description: "How to connect, as libpq's URI or key=value text. Passwords belong in .pgpass, not here.",
    }),
    host: textField('the name of an entry of "hosts"').optional().meta({ description: 'Name of the host it runs on.' }),
    replicationUser: textField('a role name')
      .optional()
      .meta({ description: 'The role as which this database connects to its upstream.' }),
    slot: textField('the name of a replication slot')
      .optional()
      .meta({ description: 'The replication slot it uses on its upstream.' }),
    passwordCommand: commandField()
      .optional()
      .meta({ description: 'Prints the password; run once per connection, its output is never logged.' }),
    via: textField('the name of an entry of "hosts" with "ssh"')
      .optional()
      .meta({ description: 'Reach the database through the SSH of this host.' }),
    backup: backup.optional(),
    searchPath: searchPathField()
      .optional()
      .meta({ description: 'Schemas for the statements of this file that are run on it; default: "public".' }),
    patroni: webUrlField()
      .optional()
      .meta({
        description:
          "Where Patroni's REST answers; default: port 8008 of its host, once Patroni is seen there. Named, it is missed when " +
          'it does not answer: an alert, and acts that change roles are refused until overruled.',
      }),
  })
  .meta({ title: 'Database', description: 'One PostgreSQL server that is watched.' })

const status = 'a list of HTTP status codes (100 to 599), e.g. [200, 302]'
const httpStatus = z.int({ error: status }).min(100, { error: status }).max(599, { error: status })

const health = z
  .strictObject({
    path: urlPathField().prefault('/').meta({ description: 'The path that is asked for.' }),
    status: z
      .array(httpStatus, { error: status })
      .min(1, { error: status })
      .prefault([200, 204, 301, 302, 303, 307, 308])
      .meta({ description: 'Answers that mean it is well. Redirects are never followed.' }),
  })
  .prefault({})
  .meta({ title: 'Health check', description: 'What to ask the server for, and which answers are good.' })

const SESSIONS = 'one of: "sql" (with "parameters", "searchPath"), "json" (with "pointer"), "command"'

const sessions = z.lazy(() =>
  z
    .strictObject({
      sql: textField('a statement that returns one number').optional().meta({ description: 'Run on its database.' }),
      searchPath: searchPathField().optional().meta({ description: LOOKED_UP }),
      parameters: z
        .array(z.union([z.string(), z.number(), z.boolean(), z.null()]), { error: 'a list of texts and numbers' })
        .optional()
        .meta({ description: 'The values of $1, $2 … of the statement.' }),
      json: urlPathField().optional().meta({ description: 'Path of a JSON document on the server.' }),
      pointer: z
        .string({ error: 'a JSON pointer such as "/sessions/active"' })
        .regex(/^(\/[^~]*(~[01][^~]*)*)*$/, { error: 'a JSON pointer such as "/sessions/active"' })
        .optional()
        .meta({ description: 'Where in that document the number is (RFC 6901).' }),
      command: commandField().optional().meta({ description: 'A program that prints the number.' }),
    })
    .superRefine((given, context) => {
      const ways = [given.sql, given.json, given.command].filter((way) => way !== undefined).length
      const paired =
        (given.json === undefined) === (given.pointer === undefined) &&
        [given.parameters, given.searchPath].every((each) => each === undefined || given.sql !== undefined)
      if (ways !== 1 || !paired) context.addIssue({ code: 'custom', message: SESSIONS })
    })
    .meta({ title: 'Session count', description: `How the active user sessions are counted: ${SESSIONS}.` }),
)

const TRUE_OR_PIN = 'true; a self-signed certificate is pinned with {"pin": "sha256:…"}, never ignored'
const PIN = '"sha256:" and the 64 hexadecimal digits of the certificate\'s fingerprint'

const tls = z
  .strictObject({
    verify: z
      .literal(true, { error: TRUE_OR_PIN })
      .optional()
      .meta({ description: 'The certificate must be trusted and bear the name (this is the default).' }),
    pin: z
      .string({ error: PIN })
      .regex(/^sha256:([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, { error: PIN })
      .optional()
      .meta({ description: 'Trust exactly the certificate with this SHA-256 fingerprint.' }),
  })
  .refine((given) => !(given.verify && given.pin !== undefined), { error: 'either "verify" or "pin", not both' })
  .prefault({})
  .meta({ title: 'TLS', description: 'How the certificate of an https server is checked.' })

export const serverSchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: 'What the server is called here; unique in its cluster.' }),
      type: oneOfField(SERVER_TYPES).meta({ description: 'Its part in the deployment model.' }),
      url: webUrlField().meta({ description: "Where it answers; without a port, the profile's port is used." }),
      dnsName: textField('a DNS name')
        .optional()
        .meta({ description: "Shown, and looked for in the certificate; default: the url's host." }),
      database: textField('the name of an entry of "databases"')
        .optional()
        .meta({ description: 'The database it uses.' }),
      host: textField('the name of an entry of "hosts"')
        .optional()
        .meta({ description: 'Name of the host it runs on.' }),
      health,
      sessions: sessions.optional(),
      clientAddress: z
        .string({ error: 'an IP address' })
        .refine(isAddress, { error: 'an IP address' })
        .optional()
        .meta({ description: "The address its database sees it at; default: the url's host, resolved." }),
      applicationName: textField('an application_name')
        .optional()
        .meta({ description: 'The application_name its database sees.' }),
      tls,
    })
    .meta({ title: 'Application server', description: 'One web application server that is watched.' }),
)

export const hostSchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: 'What databases and servers call it; unique in its cluster.' }),
      address: textField('a DNS name or IP address').optional().meta({ description: 'Where it is on the network.' }),
      ssh: z
        .string({ error: 'a destination for ssh such as "ops@10.0.0.11"' })
        // A destination that begins with a dash would be taken for an option of ssh.
        .regex(/^[^\s-]\S*$/, { error: 'a destination for ssh such as "ops@10.0.0.11"' })
        .optional()
        .meta({ description: 'Destination for ssh; ~/.ssh/config applies.' }),
      local: z.literal(true, { error: 'true' }).optional().meta({ description: 'It is this very host.' }),
      dataDirectory: textField('a folder').optional().meta({ description: "PostgreSQL's data directory there." }),
      binDirectory: textField('a folder').optional().meta({ description: "PostgreSQL's programs there." }),
      start: commandField()
        .optional()
        .meta({ description: 'Starts PostgreSQL there; with a product’s profile, its service.' }),
      stop: commandField()
        .optional()
        .meta({ description: 'Stops PostgreSQL there; with a product’s profile, its service.' }),
      platform: oneOfField(['linux', 'windows', 'macos'])
        .prefault('linux')
        .meta({ description: 'Its operating system.' }),
      installDirectory: textField('a folder').optional().meta({ description: 'Where the application is installed.' }),
      logs: z
        .array(textField('a file or folder'), { error: 'a list of files and folders' })
        .prefault([])
        .meta({ description: 'Log files and folders worth collecting.' }),
    })
    .refine((given) => !(given.local && given.ssh !== undefined), { error: 'either "ssh" or "local", not both' })
    .meta({ title: 'Host', description: 'A machine on which databases or servers run.' }),
)

const ACTION_NAME = 'a name of small letters, digits and dashes such as "flush-cache"'

export const customActionSchema = z.lazy(() =>
  z
    .strictObject({
      name: z
        .string({ error: ACTION_NAME })
        .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: ACTION_NAME })
        .meta({ description: 'What the action is called: pgdeck do NAME.' }),
      title: textField('what it does, in a few words').meta({ description: 'How menus name it.' }),
      host: textField('the name of an entry of "hosts"').meta({ description: 'Where its command runs.' }),
      command: commandField().meta({ description: 'The program and its arguments; no shell. Exit code 0 means done.' }),
      danger: oneOfField(DANGERS)
        .prefault('disruptive')
        .meta({ description: 'How it is confirmed: enter, y, or by typing the name.' }),
      confirm: textField('what has to be typed')
        .optional()
        .meta({ description: "What has to be typed for an outage or data-loss; default: the action's name." }),
      timeout: durationField({ min: 1_000, max: 86_400_000, words: 'from 1s to 1d' })
        .prefault('60s')
        .meta({ description: 'How long the command may take.' }),
    })
    .meta({
      title: 'Action',
      description: 'A command of your own, run with the same confirmation, journal and audit.',
    }),
)
