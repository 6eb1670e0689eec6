// Relative paths in a config are relative to the file, whatever the working directory is.

import { isAbsolute, resolve } from 'node:path'
import type { ConnectionParameters } from '../model/values/connection-parameters.ts'

/** The connection with its certificate files resolved; `system` means the system's own certificates and is no file. */
export function resolveConnectionPaths(connection: ConnectionParameters, folder: string): ConnectionParameters {
  const { ssl } = connection
  const file = (path: string | null) => (path === null || isAbsolute(path) ? path : resolve(folder, path))
  const { crl, crlFolder } = ssl
  const rootCert = ssl.rootCert === 'system' ? ssl.rootCert : file(ssl.rootCert)
  return {
    ...connection,
    passfile: file(connection.passfile ?? null),
    ssl: {
      ...ssl,
      rootCert,
      cert: file(ssl.cert),
      key: file(ssl.key),
      ...(crl === undefined ? {} : { crl: resolve(folder, crl) }),
      ...(crlFolder === undefined ? {} : { crlFolder: resolve(folder, crlFolder) }),
    },
  }
}

/** A command run on this host: `./script` is beside the file; a bare name is looked for on the PATH. */
export function resolveLocalCommand(command: readonly string[], folder: string): readonly string[] {
  const [program, ...rest] = command
  if (program === undefined || !/^\.{1,2}\//.test(program)) return command
  return [resolve(folder, program), ...rest]
}
