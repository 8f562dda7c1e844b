/** A path without the name of its drive, as `RTC:` for documents that are edited together. */
export function localPath(path: string): string {
  return path.replace(/^[A-Za-z]+:/, '');
}
