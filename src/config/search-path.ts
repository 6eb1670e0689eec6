// Where names are looked up in SQL of the configuration.

import { type SearchPath, USUAL_SEARCH_PATH } from '../model/search-path.ts'

/** The path of what the file says, or the usual one. */
export function searchPathOf(schemas: readonly string[] | undefined): SearchPath {
  return schemas === undefined ? USUAL_SEARCH_PATH : { schemas, named: true }
}
