// The health of this host for pgdeck: state folder, password file, terminal, ssh and the connections over it.

import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { missingAccess } from '../../../actions/hosts/missing-access.ts'
import type { Config, HostConfig } from '../../../config/config.ts'
import { isOpenToOthers, isPathWritable, permissionBits } from '../../../io/files/text-files.ts'
import { openHostConnection } from '../../../io/hosts/host-connection.ts'
import { stateFolderDistrust, stateFolderPath } from '../../../io/state/state-folder.ts'
import { findProgram } from '../../../io/terminal/foreground.ts'
import type { DoctorArea, DoctorFinding, DoctorLevel } from '../../../model/doctor/doctor.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { glyphsFor } from '../../../ui/frame/format/glyphs.ts'
import { colourLevel } from '../../../ui/frame/format/theme.ts'
import { VERSION } from '../../invocation/version.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Screen = { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

const SSH_LIMIT_MS = 15_000
const SMALLEST = { columns: 60, rows: 12 }
const COMFORTABLE = { columns: 80, rows: 24 }

/** A finding about this host. */
export function localFinding(
  area: DoctorArea,
  level: DoctorLevel,
  text: string,
  ...next: readonly string[]
): DoctorFinding {
  return { area, level, subject: null, text: clean(text), next }
}

/** Findings without a question to another host. */
export function basicHostFindings(env: Environment): readonly DoctorFinding[] {
  const { platform, arch, versions } = process
  const program = localFinding('program', 'ok', `pgdeck ${VERSION}, Node ${versions.node}, ${platform} ${arch}`)
  return [program, stateFinding(env), ...passwordFile(env)]
}

function stateFinding(env: Environment): DoctorFinding {
  const folder = stateFolderPath(env)
  const distrust = stateFolderDistrust(env)
  if (distrust) {
    const text = `${distrust.path} ${distrust.why}: pgdeck uses no file in it and starts no action`
    return localFinding('program', 'critical', text, distrust.remedy)
  }
  const mode = permissionBits(folder)
  const place = mode === null ? existing(folder) : folder
  if (!isPathWritable(place)) {
    return localFinding(
      'program',
      'warning',
      `${folder} can’t be written: pgdeck can’t keep names, positions and the audit log`,
      'Set PGDECK_STATE_DIR to a folder of this user.',
    )
  }
  if (mode !== null && isOpenToOthers(mode)) {
    return localFinding(
      'program',
      'warning',
      `${folder} can be read by others: pgdeck keeps nothing there`,
      `chmod 700 ${folder}`,
    )
  }
  return localFinding('program', 'ok', `state is kept in ${folder}${mode === null ? ', which pgdeck will create' : ''}`)
}

/** The nearest parent folder that exists. */
function existing(path: string): string {
  return permissionBits(path) !== null || dirname(path) === path ? path : existing(dirname(path))
}

/** libpq ignores a password file that others may read, and so does pgdeck. */
function passwordFile(env: Environment): readonly DoctorFinding[] {
  const path = env.PGPASSFILE || join(env.HOME || homedir(), '.pgpass')
  const mode = permissionBits(path)
  if (mode === null || !isOpenToOthers(mode)) return []
  return [
    localFinding('config', 'warning', `${path} can be read by others: its passwords are not used`, `chmod 600 ${path}`),
  ]
}

/** Whether and how well this terminal can show the monitor. */
export function terminalFindings(env: Environment, screen: Screen): readonly DoctorFinding[] {
  if (!screen.isTTY)
    return [localFinding('terminal', 'info', 'the output is not a terminal: its size and colours are unknown')]
  const { columns = 0, rows = 0 } = screen
  const fits = (size: typeof SMALLEST) => columns >= size.columns && rows >= size.rows
  const level = !fits(SMALLEST) ? 'critical' : fits(COMFORTABLE) ? 'ok' : 'warning'
  const needs = fits(COMFORTABLE) ? [] : ['Make it 80x24 or larger; pgdeck shows nothing below 60x12.']
  const inside = [env.TMUX && 'tmux', env.STY && 'screen'].filter(Boolean).join(', ')
  const dumb = env.TERM === 'dumb' || env.TERM === undefined
  return [
    localFinding('terminal', level, `${columns}x${rows}${inside === '' ? '' : `, in ${inside}`}`, ...needs),
    dumb
      ? localFinding(
          'terminal',
          'critical',
          `TERM is ${env.TERM ?? 'not set'}: the monitor can’t be shown`,
          'Set TERM to what the terminal is, e.g. xterm-256color.',
        )
      : localFinding(
          'terminal',
          'ok',
          `TERM=${env.TERM}, ${colourLevel(env) === 0 ? 'without colours' : '16 colours'}`,
        ),
    glyphsFor(env).ascii
      ? localFinding(
          'terminal',
          'info',
          'the locale is not UTF-8: ASCII marks are drawn',
          'Set LANG to a UTF-8 locale, e.g. C.UTF-8.',
        )
      : localFinding('terminal', 'ok', 'Unicode marks'),
    ...(env.TMUX
      ? [localFinding('terminal', 'info', 'copying a row needs tmux to pass it on', 'tmux set -g set-clipboard on')]
      : []),
    ...(env.STY
      ? [localFinding('terminal', 'info', 'screen does not pass copied rows on: use e to export instead')]
      : []),
  ]
}

/** Whether ssh exists and reaches each host of the config that uses it. Throws the signal's reason. */
export async function sshFindings(
  config: Config | null,
  env: Environment,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const hosts = (config?.clusters ?? [])
    .flatMap((cluster) => cluster.hosts)
    .filter(({ access }) => access.kind === 'ssh')
  const program = findProgram('ssh', env.PATH)
  if (program === null) {
    const level = hosts.length > 0 ? 'critical' : 'info'
    return [localFinding('ssh', level, 'ssh is not installed here, or not on the PATH', 'Install the OpenSSH client.')]
  }
  const reached = await Promise.all(hosts.map((host) => sshFinding(host, signal)))
  return [localFinding('ssh', 'ok', program), ...reached]
}

/** Whether pgdeck may use the data directory of each host: as the user `as`, else as the account itself. Throws the signal's reason. */
export async function dataAccessFindings(
  config: Config | null,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const hosts = (config?.clusters ?? []).flatMap((cluster) => cluster.hosts)
  const asked = hosts.filter(
    ({ access, platform, as, dataDirectory }) =>
      access.kind !== 'none' && platform !== 'windows' && (as !== undefined || dataDirectory !== null),
  )
  return (await Promise.all(asked.map((host) => dataAccessFinding(host, signal)))).flat()
}

async function dataAccessFinding(host: HostConfig, signal: AbortSignal): Promise<readonly DoctorFinding[]> {
  const { id, as, dataDirectory } = host
  const connection = openHostConnection(host)
  const finding = (level: DoctorLevel, text: string, next: string | null): DoctorFinding => {
    return { area: 'config', level, subject: id, text: clean(text), next: next === null ? [] : [next] }
  }
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SSH_LIMIT_MS)])
    const name = (await connection.run(['id', '-un'], { signal: limit })).stdout.trim()
    const lacks = await missingAccess(host, connection, limit)
    if (lacks) return [finding('warning', lacks.why, lacks.hint)]
    const what = dataDirectory === null ? '' : `, who may use ${dataDirectory}`
    return [finding('ok', `${as === undefined ? 'works as' : 'becomes'} ${name}${what}`, null)]
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof FaultError)) throw error
    // That ssh fails is told by its own finding.
    if (error.fault.code !== 'auth' || as === undefined) return []
    return [finding('warning', error.fault.message, error.fault.hint)]
  } finally {
    await connection.close()
  }
}

async function sshFinding(host: HostConfig, signal: AbortSignal): Promise<DoctorFinding> {
  const connection = openHostConnection(host)
  const finding = (level: DoctorLevel, text: string, ...next: readonly string[]): DoctorFinding => {
    return { area: 'ssh', level, subject: host.id, text: clean(text), next }
  }
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SSH_LIMIT_MS)])
    const { exitCode, stdout } = await connection.run(['uname', '-sr'], { signal: limit })
    return finding('ok', exitCode === 0 ? `reached, ${stdout.trim()}` : 'reached')
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof FaultError)) throw error
    const { message, hint } = error.fault
    return finding('unknown', message, ...(hint === null ? [] : [hint]))
  } finally {
    await connection.close()
  }
}
