// Names of files and folders in an archive: safe, and each used once, so that unpacking overwrites nothing.

/**
 * Returns the name, or the first unused of `name-2`, `name-3`, …. Names that differ only in case count as equal,
 * because some file systems ignore case.
 */
export function freeName(name: string, names: Set<string>): string {
  let free = name
  for (let number = 2; names.has(free.toLowerCase()); number += 1) free = `${name}-${number}`
  names.add(free.toLowerCase())
  return free
}

/** The folder of a server: `eu/b` becomes `eu_b`, and `..` can't leave the archive. */
export function nodeFolderName(id: string, names: Set<string>): string {
  return freeName(id.replace(/[^\w.-]/g, '_').replace(/^\.+$/, '_'), names)
}
