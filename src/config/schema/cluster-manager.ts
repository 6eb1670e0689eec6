// The key "manager" of a cluster: the program that decides on its primary, and where to ask it.

import * as z from 'zod'
import { commandField, oneOfField, textField, webUrlField } from './fields.ts'

const KINDS = ['patroni', 'repmgr', 'pg_auto_failover', 'cloudnativepg'] as const
const FORM =
  'one of: "patroni" (with "rest", "user", "passwordCommand", "tls"), "repmgr" (with "dsn", "configFile"), ' +
  '"pg_auto_failover" (with "monitor", "formation"), "cloudnativepg" (with "cluster", "namespace", "kubectl")'

const KEYS_OF: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  patroni: ['rest', 'user', 'passwordCommand', 'tls'],
  repmgr: ['dsn', 'configFile'],
  pg_auto_failover: ['monitor', 'formation'],
  cloudnativepg: ['cluster', 'namespace', 'kubectl'],
}
const NEEDED: Readonly<Record<(typeof KINDS)[number], string>> = {
  patroni: 'rest',
  repmgr: 'dsn',
  pg_auto_failover: 'monitor',
  cloudnativepg: 'cluster',
}

/** As Kubernetes allows them; so none is taken for an option. */
const resourceName = (what: string) =>
  textField(what).regex(/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/, { error: what })

const tls = z
  .strictObject({
    ca: textField('a file').optional().meta({
      description: 'The authority of its certificate, in PEM. Default: those that this host trusts.',
    }),
    cert: textField('a file').optional().meta({ description: 'A client certificate, in PEM.' }),
    key: textField('a file').optional().meta({ description: 'Its private key; default: in the same file.' }),
  })
  .refine((given) => given.key === undefined || given.cert !== undefined, { error: '"key" only with "cert"' })
  .meta({ title: 'TLS of the manager', description: 'How the certificate of an https API is verified.' })

export const managerSchema = z.lazy(() =>
  z
    .strictObject({
      kind: oneOfField(KINDS).meta({ description: 'Which manager it is.' }),
      rest: z
        .array(webUrlField(), { error: 'a list of URLs' })
        .min(1, { error: 'a list of URLs' })
        .optional()
        .meta({ description: 'Patroni: the URLs of the REST API of all members.' }),
      user: textField('a user name').optional().meta({
        description: 'Patroni: the user of its REST API, for actions. Reading sends no password.',
      }),
      passwordCommand: commandField().optional().meta({
        description: 'Patroni: a program that prints the password of that user, for actions.',
      }),
      tls: tls.optional(),
      dsn: textField('a connection string').optional().meta({
        description: 'repmgr: connection string of the database that has the table repmgr.nodes.',
      }),
      configFile: textField('a file').optional().meta({
        description: 'repmgr: its configuration file on the hosts, for actions.',
      }),
      monitor: textField('a connection string').optional().meta({
        description: 'pg_auto_failover: connection string of the monitor, as the role autoctl_node.',
      }),
      formation: textField('the name of a formation').optional().meta({
        description: 'pg_auto_failover: the formation of this cluster. Default: "default".',
      }),
      cluster: resourceName('the name of a Cluster').optional().meta({
        description: 'CloudNativePG: the name of the resource Cluster.',
      }),
      namespace: resourceName('the name of a namespace').optional().meta({
        description: 'CloudNativePG: its namespace. Default: that of the context of kubectl.',
      }),
      kubectl: commandField().optional().meta({
        description:
          'CloudNativePG: the program that reads it, with its first arguments, e.g. ["kubectl", "--context", "prod"]. Default: ["kubectl"].',
      }),
      act: z
        .boolean({ error: 'true or false' })
        .prefault(false)
        .meta({ description: 'Whether actions may be carried out by the manager. Watching needs it not.' }),
    })
    .superRefine((given, context) => {
      const allowed = [...KEYS_OF[given.kind], 'kind', 'act']
      const set = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]))
      if (!set.includes(NEEDED[given.kind]) || set.some((key) => !allowed.includes(key)))
        context.addIssue({ code: 'custom', message: FORM })
    })
    .meta({
      title: 'Manager',
      description: `The program that decides on the primary, and where pgdeck asks it: ${FORM}. If it does not answer, pgdeck raises an alert and refuses actions that change roles until overruled.`,
    }),
)
