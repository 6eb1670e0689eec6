// Names of files and folders in an archive: harmless, and each given once, so that nothing is lost when it is unpacked.

/** The name, or the first of `name-2`, `name-3`, … that was not given yet. Letter case tells no two apart: not every system does. */
export function freeName(name: string, names: Set<string>): string {
  let free = name
  for (let number = 2; names.has(free.toLowerCase()); number += 1) free = `${name}-${number}`
  names.add(free.toLowerCase())
  return free
}

/** The folder of a node: `eu/b` is `eu_b`, and `..` leads nowhere. */
export function nodeFolderName(id: string, names: Set<string>): string {
  return freeName(id.replace(/[^\w.-]/g, '_').replace(/^\.+$/, '_'), names)
}
