// `ha-setup`: the vendor's older model of two servers with a database each: its replication pack, and the start order.

import {
  type Action,
  type ActionToolbox,
  type ClusterView,
  type Draft,
  PlanError,
} from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import { findDatabase } from '../../../actions/definition/target.ts'
import { exchangeAmount } from '../../../model/picture/exchange-amount.ts'
import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import {
  installationPath,
  installationScript,
  type ProductInstallation,
  productInstallationOn,
  scriptPath,
  typedCommand,
} from '../roles/installation.ts'
import { installationHostId, isManageEngine } from '../roles/server-roles.ts'
import { copyFileKind, fileExistsKind, keyReadableKind } from '../steps/files.ts'
import { productScriptKind } from '../steps/script.ts'
import { productServiceKind } from '../steps/service.ts'
import { installationServiceCheck, keyFileCheck, serverCertificateCheck } from './checks.ts'
import { UNPACK_SCRIPT } from './unpack-script.ts'

interface Side {
  readonly server: ServerView
  readonly database: DatabaseView
}

interface Pair {
  readonly primary: Side
  readonly secondary: Side
}

interface InstalledSide extends Side {
  readonly installation: ProductInstallation
}

export const haSetupAction: Action = {
  name: 'ha-setup',
  title: 'set up the secondary server of the mirrored model',
  explains: 'HASetup on the primary, its pack unpacked on the secondary, the key, then secondary and primary started.',
  key: null,
  danger: 'data-loss',
  target: 'cluster',
  locks: 'cluster',
  fields: [],
  whyNot(clusterView) {
    const pair = pairOf(clusterView)
    return typeof pair === 'string' ? pair : null
  },
  async draft(clusterView, request, tools): Promise<Draft> {
    const pair = pairOf(clusterView)
    if (typeof pair === 'string') throw new PlanError(`ha-setup: ${pair}`)
    const place = async (side: Side): Promise<InstalledSide> => {
      return {
        ...side,
        installation: await productInstallationOn(
          installationHostId(clusterView, side.server.id, side.database.id),
          tools,
        ),
      }
    }
    const [primary, secondary] = [await place(pair.primary), await place(pair.secondary)]
    return {
      target: null,
      title: `set up ${secondary.server.name} as the secondary of ${primary.server.name}`,
      danger: 'data-loss',
      impact: {
        lossBytes: null,
        lossSeconds: null,
        writableInSeconds: null,
        sessionsCut: primary.database.pulse?.sessions.total ?? null,
        serversAffected: [primary.server.name, secondary.server.name],
        orphans: [`the pack overwrites the data of ${secondary.database.name}`],
        statement: `Both servers and their databases are stopped while the pack is made, and once more at the end. The data of ${secondary.database.name} is replaced: ${lossText(pair, clusterView.picture)}.`,
      },
      input: request.input,
      checks: [
        installationServiceCheck(primary.installation),
        { ...installationServiceCheck(secondary.installation), id: 'secondary-service' },
        keyFileCheck(primary.installation),
        serverCertificateCheck(secondary.server.id),
      ],
      steps: await stepsOf(primary, secondary, tools),
    }
  },
}

function pairOf(clusterView: ClusterView): Pair | string {
  const { spec } = clusterView.snapshot
  if (!isManageEngine(spec.profile) || spec.model !== 'mirrored')
    return 'this is for the mirrored model of the vendor’s profiles'
  const side = (type: ServerView['type']): Side | null => {
    const server = clusterView.picture.servers.find((view) => view.type === type)
    const database = findDatabase(clusterView, server?.databaseId ?? null)
    return server && database ? { server, database } : null
  }
  const [primary, secondary] = [side('primary'), side('secondary')]
  if (!primary || !secondary) return 'the config needs a primary and a secondary server, each with its database'
  return { primary, secondary }
}

/** What becomes of the data that only the second database has: the pack overwrites it. */
function lossText({ primary, secondary }: Pair, picture: Picture): string {
  const [to, from] = [primary.database, secondary.database]
  const way = picture.mirroring.find((each) => each.from === from.id && each.to === to.id)
  if (way?.state === 'flowing') return `what ${to.name} has not taken over of it when it stops is lost`
  const amount = way
    ? exchangeAmount(way.divergedChanges ?? way.behindChanges, way.divergedBytes ?? way.behindBytes)
    : null
  const known = amount === null ? '' : `, of which ${amount} was not taken over at last`
  return `what only ${from.name} has is lost${known}`
}

async function stepsOf(
  primary: InstalledSide,
  secondary: InstalledSide,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const pack = installationPath(primary.installation, 'replication/HAPack.zip')
  return [
    change('stop-secondary', secondary, 'stopped'),
    change('stop-primary', primary, 'stopped'),
    await packStep(primary, secondary, tools),
    {
      ...seen('pack-made', primary.installation, pack),
      ifStopped: 'Both are stopped: start the primary to serve again.',
    },
    change('start-primary', primary, 'started'),
    copyFileKind.plan({
      id: 'transfer',
      from: primary.installation,
      path: pack,
      to: secondary.installation,
      what: 'HAPack.zip',
    }),
    await unpackStep(secondary, tools),
    keyReadableKind.plan({ installation: secondary.installation, name: secondary.server.name }),
    certificateStep(primary, secondary),
    {
      ...change('stop-primary-again', primary, 'stopped'),
      title: `stop ${primary.server.name}: the secondary starts first`,
    },
    change('start-secondary', secondary, 'started'),
    change('start-primary-last', primary, 'started'),
  ]
}

function change(id: string, { installation, server, database }: InstalledSide, to: 'stopped' | 'started'): PlannedStep {
  const step = productServiceKind.plan({ id, installation, server, database, to, withDatabase: true, asPrimary: false })
  return { ...step, changes: [database.id] }
}

async function packStep(
  { installation, server }: InstalledSide,
  secondary: InstalledSide,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const script = await installationScript(installation, 'HASetup', tools)
  const names = [server.dnsName, secondary.server.dnsName]
  const bin = installationPath(installation, 'bin')
  // The script must run in its own folder.
  const argv = ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', bin, ...(script?.command ?? []), ...names]
  const how = script ? installation.control : 'manual'
  const byHand = installation.isWindows
    ? [scriptPath(installation, 'HASetup'), ...names]
    : ['sh', 'HASetup.sh', ...names]
  return productScriptKind.plan({
    id: 'ha-pack',
    script: { host: installation.host, argv, slot: null, database: null, timeoutMs: 3_600_000 },
    title: `make the replication pack on ${server.name}`,
    how,
    where: installation.host ?? server.name,
    detail: `${typedCommand(installation, ['cd', bin])}\n${typedCommand(installation, byHand)}`,
    ifStopped: 'Both are stopped: start the primary to serve again.',
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 20,
  })
}

function seen(id: string, installation: ProductInstallation, path: string): PlannedStep {
  const words = { title: `verify that the pack exists`, detail: path, ifStopped: 'It changed nothing.' }
  const step = fileExistsKind.plan({ id, host: installation.host, path, ...words })
  return installation.control === 'manual' ? step : { ...step, how: 'file', deadlineSeconds: 30 }
}

async function unpackStep({ installation, server }: InstalledSide, tools: ActionToolbox): Promise<PlannedStep> {
  const { folder, dataDirectory, isWindows, host } = installation
  const pack = installationPath(installation, 'HAPack.zip')
  const root = installationPath(installation, '')
  const data = dataDirectory ?? installationPath(installation, 'pgsql/data')
  const isOurs = folder !== null && (await hasUnzip(installation, tools))
  const byHand = [typedCommand(installation, ['unzip', '-o', '-q', pack, '-d', root])]
  if (!isWindows)
    byHand.push(
      `chown -R --reference=${typedCommand(installation, [data])} ${typedCommand(installation, [`${data}/.`])}`,
    )
  const argv = ['sh', '-c', UNPACK_SCRIPT, 'sh', pack, root, data]
  return productScriptKind.plan({
    id: 'unpack',
    script: { host, argv, slot: null, database: null, timeoutMs: 3_600_000 },
    title: `unpack it over the installation of ${server.name}`,
    how: isOurs ? installation.control : 'manual',
    where: host ?? server.name,
    detail: byHand.join('\n'),
    ifStopped: `${server.name} may be half unpacked: unpack it again before it starts.`,
    deadlineSeconds: isOurs ? 30 : MANUAL_STEP_SECONDS,
  })
}

async function hasUnzip({ host, control }: ProductInstallation, tools: ActionToolbox): Promise<boolean> {
  const connection = control === 'manual' ? null : tools.host(host)
  const found = await connection?.run(['sh', '-c', 'command -v unzip'], { signal: tools.signal }).catch(() => null)
  return found?.exitCode === 0
}

/** Needed only if the secondary's certificate is of a private authority. The user knows, and may skip it. */
function certificateStep({ installation }: InstalledSide, secondary: InstalledSide): PlannedStep {
  const extension = installation.isWindows ? 'bat' : 'sh'
  return fileExistsKind.plan({
    id: 'certificate',
    host: installation.host,
    path: null,
    title: `import the certificate of ${secondary.server.name} on the primary, by hand, if it is of an internal authority`,
    where: installation.host ?? 'the primary',
    detail: `${typedCommand(installation, ['cd', installationPath(installation, 'bin')])}\nimportCert.${extension} <path of the certificate of ${secondary.server.name}>`,
    verify: 'you confirm it; skip it if the certificate is of a well-known authority',
    ifStopped: 'The primary would not trust the secondary.',
  })
}
