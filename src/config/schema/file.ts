// The whole file: clusters, notifications, preferences of the screen.

import * as z from 'zod'
import { MODEL_IDS, PLAIN_PROFILE } from '../../model/measured/spec.ts'
import { PROFILE_IDS } from '../../profiles/facts.ts'
import { alertsSchema } from './alerts.ts'
import { managerSchema } from './cluster-manager.ts'
import { addressSchema, poolerSchema, proxySchema } from './entry-points.ts'
import { commandField, durationField, nameField, oneOfField, sizeField, textField, webUrlField } from './fields.ts'
import { customActionSchema, databaseSchema, exchangeSchema, hostSchema, serverSchema } from './targets.ts'

/** From what a poll can keep up with to what setTimeout can wait for. */
const INTERVAL_BOUNDS = { min: 100, max: 86_400_000, words: 'from 100ms to 1d' } as const
const TIMEOUT = { min: 50, max: 3_600_000, words: 'from 50ms to 1h' } as const

const KEEP = { min: 3_600_000, max: 3_650 * 86_400_000, words: 'from 1h to 3650d' } as const

const cluster = z
  .strictObject({
    name: nameField().meta({ description: 'Name of the cluster; unique in this file.' }),
    model: oneOfField(MODEL_IDS)
      .optional()
      .meta({
        description:
          'The deployment model. Default: "databases" without servers; else by the types of the servers: secondary and ' +
          'read-only: "shared-database-with-read-only", read-only alone: "primary-with-read-only", else ' +
          '"shared-database". "mirrored" is never guessed.',
      }),
    profile: oneOfField(PROFILE_IDS)
      .prefault(PLAIN_PROFILE)
      .meta({ description: 'The product that is built on PostgreSQL: its ports, paths and runbooks.' }),
    interval: durationField(INTERVAL_BOUNDS).prefault('2s').meta({ description: 'Interval between two polls.' }),
    timeout: durationField(TIMEOUT)
      .optional()
      .meta({ description: 'Time limit of one probe. Default: 1500ms, or the interval where that is shorter.' }),
    databases: z.array(databaseSchema, { error: 'a list of databases' }).prefault([]),
    servers: z.array(serverSchema, { error: 'a list of application servers' }).prefault([]),
    hosts: z.array(hostSchema, { error: 'a list of hosts' }).prefault([]),
    exchange: exchangeSchema.optional(),
    manager: managerSchema.optional(),
    poolers: z.array(poolerSchema, { error: 'a list of poolers' }).prefault([]),
    proxies: z.array(proxySchema, { error: 'a list of proxies' }).prefault([]),
    addresses: z.array(addressSchema, { error: 'a list of addresses' }).prefault([]),
    alerts: alertsSchema.optional(),
    readOnly: z
      .boolean({ error: 'true or false' })
      .prefault(false)
      .meta({ description: 'Refuse all actions on this cluster.' }),
    actions: z.array(customActionSchema, { error: 'a list of actions' }).prefault([]),
  })
  .refine((given) => given.databases.length + given.servers.length > 0, {
    error: 'at least one entry in "databases" or "servers"',
    path: ['databases'],
  })
  .meta({ title: 'Cluster', description: 'One highly available application: its databases and servers.' })

const NOTIFY = 'either "webhook" (with "method") or "command"'
const ON = 'a list of "warning" and "critical"'

const notify = z.lazy(() =>
  z
    .strictObject({
      on: z
        .array(oneOfField(['warning', 'critical']), { error: ON })
        .min(1, { error: ON })
        .meta({ description: 'Which alerts.' }),
      webhook: webUrlField().optional().meta({ description: 'A URL that gets the alert as JSON.' }),
      method: oneOfField(['POST', 'PUT']).optional().meta({ description: 'How the webhook is called; default: POST.' }),
      command: commandField()
        .optional()
        .meta({ description: 'A program that gets the alert as JSON on its standard input.' }),
    })
    .refine((given) => (given.webhook === undefined) !== (given.command === undefined), { error: NOTIFY })
    .refine((given) => given.method === undefined || given.webhook !== undefined, { error: NOTIFY })
    .meta({ title: 'Notification', description: `Where notifications go: ${NOTIFY}.` }),
)

const ui = z
  .strictObject({
    theme: oneOfField(['auto', 'dark', 'light'])
      .prefault('auto')
      .meta({ description: 'Colours for a light or a dark background.' }),
    bell: z
      .boolean({ error: 'true or false' })
      .prefault(true)
      .meta({ description: 'Ring the bell when an alert starts.' }),
    mouse: z
      .boolean({ error: 'true or false' })
      .prefault(false)
      .meta({ description: 'The wheel scrolls and a click selects. Selecting text then takes the shift key.' }),
    keys: z
      .record(z.string(), textField('a key'), { error: 'an object of actions and their keys' })
      .prefault({})
      .meta({ description: 'Other keys for actions.' }),
  })
  .prefault({})
  .meta({ title: 'Screen', description: 'Preferences of the full-screen monitor.' })

const record = z
  .strictObject({
    screen: z
      .boolean({ error: 'true or false' })
      .prefault(false)
      .meta({ description: 'Record while the monitor is open, as --record does.' }),
    statements: z
      .boolean({ error: 'true or false' })
      .prefault(false)
      .meta({ description: 'Record the text of statements too. Their literals may be data of users.' }),
    keep: durationField(KEEP).prefault('7d').meta({ description: 'How long recordings are kept.' }),
    maxSize: sizeField().prefault('1GB').meta({ description: 'How many bytes of recordings are kept at most.' }),
  })
  .prefault({})
  .meta({ title: 'Recording', description: 'What is recorded in the state folder, to be looked at later.' })

const CLUSTERS = 'a list of at least one cluster'

/** The configuration file. Its output has every default filled in, durations in milliseconds and sizes in bytes. */
export const fileSchema = z
  .strictObject({
    $schema: z.string({ error: 'a text' }).optional().meta({ description: 'The schema of this file, for editors.' }),
    clusters: z.array(cluster, { error: CLUSTERS }).min(1, { error: CLUSTERS }),
    notify: z.array(notify, { error: 'a list of notifications' }).prefault([]),
    ui,
    record,
  })
  .meta({ title: 'pgdeck configuration' })

export type RawFile = z.output<typeof fileSchema>
export type RawCluster = z.output<typeof cluster>
export type RawDatabase = z.output<typeof databaseSchema>
export type RawServer = z.output<typeof serverSchema>
export type RawAction = z.output<typeof customActionSchema>
export type RawHost = z.output<typeof hostSchema>

/** The schema of what may be written in the file, as JSON Schema, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(fileSchema, { io: 'input' }) as Record<string, unknown>
}
