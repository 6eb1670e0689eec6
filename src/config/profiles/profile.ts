// What pgdeck knows of a product before it has asked anything: the ports it usually has, and where its logs are.

/** Defaults of one product. */
export interface Profile {
  readonly title: string
  /** The port of its PostgreSQL, where a connection string names none. */
  readonly databasePort: number
  /** The port of its web server, where a url names none; null: what the url's scheme says. */
  readonly serverPort: number | null
  /** Folders of logs below its install directory. */
  readonly logFolders: { readonly server: readonly string[]; readonly database: readonly string[] }
}
