// Lists the log files of a path on a host. It does not follow links, which someone with write access could point
// elsewhere.

import { PARTIAL_FILE_NAME } from '../../io/files/output-file.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { HostFileError } from '../../io/hosts/host-fault.ts'
import type { FileIdentity, InspectedEntry, InspectedFolder } from '../../io/hosts/inspect-folder.ts'
import type { OmittedLog } from '../../model/logs/collection.ts'
import { whyFileNotTrusted, whyLinkNotFollowed } from '../../model/logs/log-trust.ts'
import type { LogFile } from './log-file.ts'

export interface HostLogs {
  readonly files: readonly LogFile[]
  /** Found, but not collected. */
  readonly left: readonly OmittedLog[]
}

/** Depth of subfolders that are searched. */
const DEPTH = 3
const MOST_FILES = 5_000
/** Most links that are followed to a configured file. */
const MOST_LINKS = 5

/**
 * Lists the files of a folder and its subfolders. For a file it lists the file and its rotated versions. Throws
 * HostFileError and FaultError.
 */
export async function listHostLogs(connection: HostConnection, path: string, signal: AbortSignal): Promise<HostLogs> {
  const search = new Search(connection, signal)
  await search.place(path.replace(/(?!^)\/+$/, ''), MOST_LINKS)
  return search
}

class Search implements HostLogs {
  readonly files: LogFile[] = []
  readonly left: OmittedLog[] = []
  readonly #reach: HostConnection
  readonly #signal: AbortSignal

  constructor(connection: HostConnection, signal: AbortSignal) {
    this.#reach = connection
    this.#signal = signal
  }

  async place(path: string, links: number): Promise<void> {
    const [, parent = '', name = ''] = /^(.*?)\/*([^/]*)$/.exec(path) ?? []
    const folder = parent === '' ? '/' : parent
    const beside = await this.#inspected(folder)
    if (!beside) return
    const own = beside.entries.find((entry) => entry.name === name)
    if (name === '' || own?.kind === 'folder') return this.#folder(path, DEPTH, null)
    if (own?.kind === 'link') return this.#linked(path, beside, own, links)
    const isSame = (entry: InspectedEntry) => entry === own || entry.name.startsWith(`${name}.`)
    for (const entry of beside.entries) if (entry.kind === 'file' && isSame(entry)) this.#file(folder, entry, beside)
  }

  /** A path that is a link: to a folder, whose links are checked, or to a file. */
  async #linked(path: string, beside: InspectedFolder, own: InspectedEntry, links: number): Promise<void> {
    try {
      return await this.#folder(path, DEPTH, null)
    } catch (error) {
      if (!(error instanceof HostFileError) || error.trouble !== 'not-a-file') throw error
    }
    if (links === 0 || (own.uid !== 0 && own.uid !== beside.uid)) {
      this.left.push({ what: path, why: 'it is a symbolic link; pgdeck follows none' })
      return
    }
    const { stdout } = await this.#reach.run(['readlink', '--', path], { signal: this.#signal })
    const target = stdout.replace(/\n$/, '')
    await this.place(target.startsWith('/') ? target : `${beside.path}/${target}`, links - 1)
  }

  async #folder(path: string, depth: number, expected: FileIdentity | null): Promise<void> {
    const folder = await this.#inspected(path)
    if (!folder) return
    if (expected && (expected.device !== folder.facts.device || expected.inode !== folder.facts.inode)) {
      this.left.push({ what: path, why: 'another folder took its place while pgdeck read it' })
      return
    }
    for (const entry of folder.entries) {
      if (this.files.length >= MOST_FILES) break
      await this.#entry(path, depth, entry, folder)
    }
    if (folder.unnamed > 0)
      this.left.push({ what: `${folder.unnamed} files of ${path}`, why: 'their names contain a line break' })
  }

  /** A file is taken, a folder looked into as deep as it may be. */
  async #entry(path: string, depth: number, entry: InspectedEntry, folder: InspectedFolder): Promise<void> {
    const inside = `${path === '/' ? '' : path}/${entry.name}`
    if (entry.kind === 'file') this.#file(path, entry, folder)
    else if (entry.kind === 'link') this.left.push({ what: inside, why: 'it is a symbolic link; pgdeck follows none' })
    else if (entry.kind === 'folder' && depth > 1) {
      const why = whyFileNotTrusted(entry, true, folder)
      if (why === null) await this.#folder(inside, depth - 1, entry)
      else this.left.push({ what: inside, why })
    }
  }

  /** Throws if the links to it must not be followed. */
  async #inspected(path: string): Promise<InspectedFolder | null> {
    const folder = await this.#reach.inspect(path, { signal: this.#signal })
    const why = folder && whyLinkNotFollowed(folder.linkOwners, folder)
    if (why !== null) throw new HostFileError(this.#reach.name, path, 'not-its-own', why)
    return folder
  }

  #file(folder: string, entry: InspectedEntry, found: InspectedFolder): void {
    // An archive that pgdeck is writing just now.
    if (PARTIAL_FILE_NAME.test(entry.name)) return
    const { size, modifiedAt } = entry
    const path = `${folder === '/' ? '' : folder}/${entry.name}`
    const why = whyFileNotTrusted(entry, false, found)
    if (why !== null) {
      this.left.push({ what: path, why })
      return
    }
    const open = (maxBytes: number, signal: AbortSignal) =>
      this.#reach.stream(path, { maxBytes, fromEnd: maxBytes < size, expected: entry, signal })
    this.files.push({ path, where: `host ${this.#reach.name}`, bytes: size, modifiedAt, open })
  }
}
