/** The few path functions tests need. */
import { fileURLToPath } from "node:url";

export { join } from "node:path";

export function fromFileUrl(url: URL): string {
  return fileURLToPath(url);
}
