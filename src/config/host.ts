// A host of the config, and what of it the state may know.

import type { HostSpec } from '../model/measured/spec.ts'
import type { HostConfig } from './config.ts'
import { resolveLocalCommand } from './paths.ts'
import type { RawHost } from './schema/file.ts'

/** The host as the program uses it; `folder` is where relative commands of this very host are. */
export function resolveHost(raw: RawHost, folder: string): HostConfig {
  const command = (given: readonly string[] | undefined) =>
    given === undefined ? null : raw.local ? resolveLocalCommand(given, folder) : given
  return {
    id: raw.name,
    address: raw.address ?? null,
    access: raw.local
      ? { kind: 'local' }
      : raw.ssh === undefined
        ? { kind: 'none' }
        : { kind: 'ssh', destination: raw.ssh },
    dataDirectory: raw.dataDirectory ?? null,
    binDirectory: raw.binDirectory ?? null,
    start: command(raw.start),
    stop: command(raw.stop),
    ...(raw.as === undefined ? {} : { as: raw.as }),
    platform: raw.platform,
    installDirectory: raw.installDirectory ?? null,
    logs: raw.logs,
  }
}

/** Which host it is and how it is reached, without its commands and paths. */
export function hostSpec({ id, address, access, as }: HostConfig): HostSpec {
  return { id, address, access, ...(as === undefined ? {} : { as }) }
}

/** The same host, on which everything is done by the account itself: for files and programs that are not PostgreSQL's. */
export function hostByItsAccount<Host extends HostSpec>({ as: _, ...host }: Host): Omit<Host, 'as'> {
  return host
}
