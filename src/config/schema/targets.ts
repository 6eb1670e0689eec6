// What a cluster consists of in the config: databases, application servers, hosts.

import ipaddr from 'ipaddr.js'
import * as z from 'zod'
import { DANGERS, SERVER_TYPES } from '../../model/measured/spec.ts'
import { auditField } from './audit.ts'
import { backupSchema } from './backup.ts'
import {
  commandField,
  durationField,
  LOOKED_UP,
  nameField,
  oneOfField,
  searchPathField,
  textField,
  urlPathField,
  userField,
  webUrlField,
} from './fields.ts'

/** Strict: the library also takes shorthands such as `10.1`. */
function isAddress(given: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(given) || ipaddr.IPv6.isValid(given)
}

export const databaseSchema = z
  .strictObject({
    name: nameField().meta({ description: 'Name of the database; unique in its cluster.' }),
    dsn: textField(
      'a connection string such as "postgresql://pgdeck@10.0.0.11:5432/postgres?sslmode=verify-full"',
    ).meta({
      description: "Connection string, as libpq's URI or key=value text. Passwords belong in .pgpass, not here.",
    }),
    host: textField('the name of an entry of "hosts"').optional().meta({ description: 'Name of the host it runs on.' }),
    replicationUser: textField('a role name')
      .optional()
      .meta({ description: 'The role that this standby uses to connect to its upstream.' }),
    slot: textField('the name of a replication slot')
      .optional()
      .meta({ description: 'The replication slot of this standby on its upstream.' }),
    passwordCommand: commandField().optional().meta({
      description: 'A program that prints the password. It runs once per connection; its output is never logged.',
    }),
    via: textField('the name of an entry of "hosts" with "ssh"')
      .optional()
      .meta({ description: 'Reach the database through the SSH of this host.' }),
    backup: backupSchema.optional(),
    searchPath: searchPathField()
      .optional()
      .meta({ description: 'Schemas for the statements of this file that run on it; default: "public".' }),
    patroni: webUrlField()
      .optional()
      .meta({
        description:
          "URL of Patroni's REST API; default: port 8008 of its host, once Patroni is seen there. If it is set and " +
          'does not answer, pgdeck raises an alert and refuses actions that change roles until overruled.',
      }),
  })
  .meta({ title: 'Database', description: 'One watched PostgreSQL server.' })

const status = 'a list of HTTP status codes (100 to 599), e.g. [200, 302]'
const httpStatus = () => z.int({ error: status }).min(100, { error: status }).max(599, { error: status })

const health = () =>
  z
    .strictObject({
      path: urlPathField().prefault('/').meta({ description: 'The path of the request.' }),
      status: z
        .array(httpStatus(), { error: status })
        .min(1, { error: status })
        .prefault([200, 204, 301, 302, 303, 307, 308])
        .meta({ description: 'Status codes that mean it is healthy. Redirects are never followed.' }),
    })
    .prefault({})
    .meta({ title: 'Health check', description: 'The request that tests the server, and its good answers.' })

const SESSIONS = 'one of: "sql" (with "parameters", "searchPath"), "json" (with "pointer"), "command"'

const sessions = z.lazy(() =>
  z
    .strictObject({
      sql: textField('a statement that returns one number')
        .optional()
        .meta({ description: 'Statement that runs on its database.' }),
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
      const count = [given.sql, given.json, given.command].filter((source) => source !== undefined).length
      const paired =
        (given.json === undefined) === (given.pointer === undefined) &&
        [given.parameters, given.searchPath].every((each) => each === undefined || given.sql !== undefined)
      if (count !== 1 || !paired) context.addIssue({ code: 'custom', message: SESSIONS })
    })
    .meta({ title: 'Session count', description: `How pgdeck counts the active user sessions: ${SESSIONS}.` }),
)

export const exchangeSchema = z.lazy(() =>
  z
    .strictObject({
      sql: textField('a statement that returns one row: changes, bytes, oldest').meta({
        description:
          'Statement that runs on each of the two databases, read-only. It returns one row about the changes of that database ' +
          'that the other one has not taken over: "changes", their number; "bytes", their size, and "oldest", when the oldest was ' +
          'made (timestamptz), if known.',
      }),
      searchPath: searchPathField().optional().meta({ description: LOOKED_UP }),
      cutAfter: durationField({ min: 1_000, max: 86_400_000, words: 'from 1s to 1d' }).prefault('60s').meta({
        description: 'The exchange counts as cut when changes wait and none has been taken over for so long.',
      }),
    })
    .meta({
      title: 'Exchange',
      description:
        'In the model "mirrored": how pgdeck reads which changes are not exchanged yet, if that is not logical replication.',
    }),
)

const TRUE_OR_PIN = 'true; a self-signed certificate is pinned with {"pin": "sha256:…"}, never ignored'
const PIN = '"sha256:" and the 64 hexadecimal digits of the certificate\'s fingerprint'

const tls = () =>
  z
    .strictObject({
      verify: z
        .literal(true, { error: TRUE_OR_PIN })
        .optional()
        .meta({ description: 'The certificate must be trusted and bear the DNS name (this is the default).' }),
      pin: z
        .string({ error: PIN })
        .regex(/^sha256:([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, { error: PIN })
        .optional()
        .meta({ description: 'Trust exactly the certificate with this SHA-256 fingerprint.' }),
    })
    .refine((given) => !(given.verify && given.pin !== undefined), { error: 'either "verify" or "pin", not both' })
    .prefault({})
    .meta({ title: 'TLS', description: 'How pgdeck checks the certificate of an https server.' })

export const serverSchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: 'Name of the application server; unique in its cluster.' }),
      type: oneOfField(SERVER_TYPES).meta({ description: 'Its role in the deployment model.' }),
      url: webUrlField().meta({ description: "Its URL; without a port, the profile's port is used." }),
      dnsName: textField('a DNS name')
        .optional()
        .meta({ description: "Name on the screen and in its certificate; default: the url's host." }),
      database: textField('the name of an entry of "databases"')
        .optional()
        .meta({ description: 'The database it uses.' }),
      host: textField('the name of an entry of "hosts"')
        .optional()
        .meta({ description: 'Name of the host it runs on.' }),
      health: health(),
      sessions: sessions.optional(),
      audit: auditField.optional(),
      clientAddress: z
        .string({ error: 'an IP address' })
        .refine(isAddress, { error: 'an IP address' })
        .optional()
        .meta({ description: "Its client address, as its database sees it; default: the url's host, resolved." }),
      applicationName: textField('an application_name')
        .optional()
        .meta({ description: 'The application_name of its sessions.' }),
      start: commandField().optional().meta({
        description:
          'Starts it on its host: needs "host". Default with the profile of a product: that of the host, if it has one.',
      }),
      stop: commandField().optional().meta({ description: 'Stops it on its host; otherwise as "start".' }),
      tls: tls(),
    })
    .meta({ title: 'Application server', description: 'One watched web application server.' }),
)

export const hostSchema = z.lazy(() =>
  z
    .strictObject({
      name: nameField().meta({ description: 'Name of the host, for databases and servers; unique in its cluster.' }),
      address: textField('a DNS name or IP address').optional().meta({ description: 'Its network address.' }),
      ssh: z
        .string({ error: 'a destination for ssh such as "ops@10.0.0.11"' })
        // A destination that begins with a dash would be taken for an option of ssh.
        .regex(/^[^\s-]\S*$/, { error: 'a destination for ssh such as "ops@10.0.0.11"' })
        .optional()
        .meta({ description: 'Destination for ssh; ~/.ssh/config applies.' }),
      local: z
        .literal(true, { error: 'true' })
        .optional()
        .meta({ description: 'The host is the one that pgdeck runs on.' }),
      as: userField()
        .optional()
        .meta({
          description:
            'The owner of the data, if the account of pgdeck there is another one: files and programs of PostgreSQL are read and run as this user, by `sudo -n -u USER --`. ' +
            'Commands of this file run as the account itself, except "start" and "stop" of the host when they do not begin with sudo, systemctl or the like.',
        }),
      dataDirectory: textField('a folder').optional().meta({ description: 'The data directory of PostgreSQL.' }),
      binDirectory: textField('a folder').optional().meta({ description: "The directory of PostgreSQL's programs." }),
      start: commandField()
        .optional()
        .meta({ description: 'Starts PostgreSQL; with the profile of a product, its service.' }),
      stop: commandField()
        .optional()
        .meta({ description: 'Stops PostgreSQL; with the profile of a product, its service.' }),
      platform: oneOfField(['linux', 'windows', 'macos'])
        .prefault('linux')
        .meta({ description: 'Its operating system.' }),
      installDirectory: textField('a folder').optional().meta({ description: 'The directory of the application.' }),
      logs: z
        .array(textField('a file or folder'), { error: 'a list of files and folders' })
        .prefault([])
        .meta({ description: 'Log files and folders to collect.' }),
    })
    .refine((given) => !(given.local && given.ssh !== undefined), { error: 'either "ssh" or "local", not both' })
    .refine((given) => given.as === undefined || given.local || given.ssh !== undefined, {
      error: '"as" needs "ssh" or "local"',
    })
    .refine((given) => given.as === undefined || given.platform !== 'windows', {
      error: '"as" needs sudo, which Windows lacks',
    })
    .meta({ title: 'Host', description: 'A machine that databases or application servers run on.' }),
)

const ACTION_NAME = 'a name of small letters, digits and dashes such as "flush-cache"'

export const customActionSchema = z.lazy(() =>
  z
    .strictObject({
      name: z
        .string({ error: ACTION_NAME })
        .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: ACTION_NAME })
        .meta({ description: 'Name of the action: pgdeck do NAME.' }),
      title: textField('what it does, in a few words').meta({ description: 'Its title in menus.' }),
      host: textField('the name of an entry of "hosts"').meta({ description: 'The host that its command runs on.' }),
      command: commandField().meta({
        description: 'The program and its arguments, without a shell. Exit code 0 means done.',
      }),
      danger: oneOfField(DANGERS)
        .prefault('disruptive')
        .meta({ description: 'How it is confirmed: with enter, with y, or by typing the name.' }),
      confirm: textField('the text to type')
        .optional()
        .meta({ description: "The text that confirms an outage or data-loss; default: the action's name." }),
      timeout: durationField({ min: 1_000, max: 86_400_000, words: 'from 1s to 1d' })
        .prefault('60s')
        .meta({ description: 'Time limit of the command.' }),
    })
    .meta({
      title: 'Action',
      description: 'A command of your own, with the same confirmation, journal and audit log as other actions.',
    }),
)
