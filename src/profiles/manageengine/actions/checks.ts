// Checks of the product's installation before its procedures: files, scripts, service, key, certificates, other
// servers.

import type { PreflightCheck, PreflightResult } from '../../../actions/definition/action.ts'
import type { PlannedFileEdit } from '../files/file-edits.ts'
import { keyFilePath } from '../files/key-file.ts'
import { installationPath, type ProductInstallation } from '../roles/installation.ts'

/**
 * Fails if a file does not have the expected content, or if its folder can't be written: the plan then leaves it to a
 * person.
 */
export function installationFilesCheck(
  edits: readonly PlannedFileEdit[],
  installation: ProductInstallation,
): PreflightCheck {
  return {
    id: 'product-files',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (installation.control === 'manual') {
        return { result: 'warn', message: 'pgdeck can’t read its files: you edit them by hand', hint: wayHint }
      }
      const unclear = edits.filter(({ state }) => state === 'unclear')
      if (unclear.length > 0) {
        return {
          result: 'fail',
          message: unclear.map(({ path, what }) => `${path}: ${what}`).join('; '),
          hint: 'Check "installDirectory" of the host. If you overrule this, you edit these by hand.',
        }
      }
      const connection = tools.host(installation.host)
      const changing = edits.filter(({ state }) => state === 'changed')
      for (const { path } of changing) {
        const folder = path.slice(0, path.lastIndexOf('/'))
        const may = await connection?.run(['test', '-w', path, '-a', '-w', folder], { signal: tools.signal })
        if (may?.exitCode === 0) continue
        const hint = `Give pgdeck’s user on ${installation.host} the right to write there, or run it as another user.`
        return { result: 'fail', message: `this user may not write ${path} or its folder`, hint }
      }
      const message = `${changing.length} of ${edits.length} files will change, each with a backup beside it`
      return { result: 'pass', message, hint: null }
    },
  }
}

const wayHint = 'Set for its host in the config "ssh" or "local", and "installDirectory".'

/** Fails if the commands of the service are unknown although pgdeck has access to the host. */
export function installationServiceCheck({ control, host, start, stop }: ProductInstallation): PreflightCheck {
  return {
    id: 'product-service',
    mayOverride: false,
    run(): PreflightResult {
      if (control !== 'manual' && start !== null && stop !== null)
        return { result: 'pass', message: `pgdeck stops and starts the service on ${host}`, hint: null }
      const hint = 'Set for its host in the config "start" and "stop", and "ssh" or "local".'
      return { result: 'warn', message: 'you stop and start its service by hand', hint }
    },
  }
}

/** The product does not start without its key. */
export function keyFileCheck(installation: ProductInstallation): PreflightCheck {
  return {
    id: 'key-file',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const connection = tools.host(installation.host)
      if (installation.control === 'manual' || installation.folder === null || !connection) return null
      const conf = installationPath(installation, 'conf/manage_key.conf')
      const file = await connection.readFile(conf, { signal: tools.signal })
      if (!file)
        return { result: 'warn', message: `${conf} does not exist: the place of the key is unknown`, hint: null }
      const key = keyFilePath(file.text)
      const hint = 'The service may not start without it: put the key at the path in that file.'
      if (key === null) return { result: 'fail', message: `${conf} names no key file`, hint }
      const { exitCode } = await connection.run(['test', '-r', key], { signal: tools.signal })
      if (exitCode === 0) return { result: 'pass', message: `the key file ${key} exists`, hint: null }
      return { result: 'fail', message: `${conf} names ${key}, which pgdeck can’t read`, hint }
    },
  }
}

/** The users of this server see its certificate. */
export function serverCertificateCheck(server: string | null): PreflightCheck {
  return {
    id: 'certificate',
    mayOverride: true,
    run({ picture }): PreflightResult {
      const view = picture.servers.find(({ id }) => id === server)
      if (!view?.tls) return null
      const { problem, daysLeft } = view.tls
      if (problem !== null)
        return { result: 'warn', message: `the certificate of ${view.name}: ${problem}`, hint: null }
      return { result: 'pass', message: `the certificate of ${view.name} is valid for ${daysLeft} d`, hint: null }
    },
  }
}

/** Fails while a former server still serves: its users would write data that the new one does not have. */
export function formerServersDown(former: readonly string[]): PreflightCheck {
  return {
    id: 'others-are-down',
    mayOverride: true,
    run({ picture }): PreflightResult {
      const serving = picture.servers.filter(
        ({ id, access }) => former.includes(id) && access !== null && SERVES.has(access),
      )
      const names = serving.map(({ name }) => name).join(', ')
      if (serving.length > 0) {
        const hint = 'The read-only server is for when none of them can return: find out why its database is lost.'
        return { result: 'fail', message: `${names} ${serving.length === 1 ? 'serves' : 'serve'} the users`, hint }
      }
      return { result: 'pass', message: 'no other server serves the users', hint: null }
    },
  }
}

const SERVES: ReadonlySet<string> = new Set(['read-write', 'read-write-no-resets'])
