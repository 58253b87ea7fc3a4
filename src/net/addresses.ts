/**
 * Which addresses are public, so that a URL somebody else chose cannot make the gateway call into its own network (SSRF).
 *
 * Names are resolved first and every address is checked; the caller connects to the addresses that were checked, never to the name, so a
 * name that answers differently the second time (DNS rebinding) gains nothing. Ranges: the IANA special-purpose registries (RFC 6890).
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** What an address is for; `metadata` are the link-local and fixed addresses where clouds hand out credentials. */
export type AddressKind =
  | "public"
  | "unspecified"
  | "loopback"
  | "private"
  | "link-local"
  | "metadata"
  | "multicast"
  | "reserved";

/** Every address a host name has. Rejects when it has none. */
export type Resolver = (host: string) => Promise<readonly string[]>;

/** The operating system's resolver, hosts file included. */
export const systemResolver: Resolver = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** A host that may not be called. The message names the host and what it is, never a path or query. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
  constructor(readonly host: string, readonly kind: AddressKind) {
    super(`${host} is a ${kind} address, which may not be called from here`);
  }
}

/** A name that has no address. */
export class UnknownHostError extends Error {
  override readonly name = "UnknownHostError";
  constructor(readonly host: string, options?: ErrorOptions) {
    super(`${host} has no address`, options);
  }
}

/** IPv4 ranges that are not public: address, prefix length, kind. The first that fits counts. */
const RANGES_4: readonly (readonly [string, number, AddressKind])[] = [
  ["0.0.0.0", 8, "unspecified"],
  ["10.0.0.0", 8, "private"],
  // Alibaba Cloud, inside of the shared address space (RFC 6598).
  ["100.100.100.200", 32, "metadata"],
  ["100.64.0.0", 10, "private"],
  ["127.0.0.0", 8, "loopback"],
  // AWS, Azure, Google Cloud, DigitalOcean, Oracle; then AWS ECS.
  ["169.254.169.254", 32, "metadata"],
  ["169.254.170.2", 32, "metadata"],
  ["169.254.0.0", 16, "link-local"],
  // Azure's WireServer has a public number and is answered inside every virtual machine.
  ["168.63.129.16", 32, "metadata"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.192", 32, "metadata"],
  ["192.0.0.0", 24, "reserved"],
  ["192.0.2.0", 24, "reserved"],
  ["192.88.99.0", 24, "reserved"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "reserved"],
  ["198.51.100.0", 24, "reserved"],
  ["203.0.113.0", 24, "reserved"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved"],
];

/** IPv6 ranges inside of global unicast (2000::/3) that are not public. */
const RANGES_6: readonly (readonly [string, number, AddressKind])[] = [
  ["2001:db8::", 32, "reserved"],
  // Teredo, ORCHID, benchmarking and the rest of the protocol assignments.
  ["2001::", 23, "reserved"],
  ["3fff::", 20, "reserved"],
];

/** What `address` (IPv4 or IPv6 literal, no brackets, a zone is ignored) is for. What is no address at all counts as reserved. */
export function addressKind(address: string): AddressKind {
  const bare = address.split("%")[0]!;
  const version = isIP(bare);
  if (version === 4) return kindOf4(number4(bare));
  return version === 6 ? kindOf6(groups6(bare)) : "reserved";
}

/**
 * Resolves `hostname` (as `URL.hostname` gives it) and checks every address it has.
 * @returns the addresses to connect to.
 * @throws {PrivateAddressError} when any of them is not public and `allowPrivate` is not set. @throws {UnknownHostError}
 */
export async function checkedAddresses(hostname: string, resolve: Resolver, allowPrivate = false): Promise<readonly string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  let addresses: readonly string[];
  if (isIP(host) !== 0) addresses = [host];
  else {
    try {
      addresses = await resolve(host);
    } catch (cause) {
      throw new UnknownHostError(host, { cause });
    }
  }
  if (addresses.length === 0) throw new UnknownHostError(host);
  if (allowPrivate) return addresses;
  for (const address of addresses) {
    const kind = addressKind(address);
    // One private answer among public ones is how rebinding begins, so the whole name is refused.
    if (kind !== "public") throw new PrivateAddressError(host, kind);
  }
  return addresses;
}

/** `address` lies in `range` (`10.0.0.0/8`, `fd00::/8`); false for what is no address or range, or of the other version. */
export function inRange(address: string, range: string): boolean {
  const [base = "", bits = ""] = range.split("/");
  const version = isIP(address);
  const length = Number(bits);
  if (version === 0 || isIP(base) !== version || !/^\d+$/.test(bits) || length > (version === 4 ? 32 : 128)) return false;
  const groups = (text: string) => version === 6 ? groups6(text) : [number4(text) >>> 16, number4(text) & 0xffff];
  return samePrefix(groups(address), groups(base), length);
}

function kindOf4(address: number): AddressKind {
  for (const [base, length, kind] of RANGES_4) {
    const mask = length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
    if (((address & mask) >>> 0) === ((number4(base) & mask) >>> 0)) return kind;
  }
  return "public";
}

function kindOf6(groups: readonly number[]): AddressKind {
  const [first, second] = [groups[0]!, groups[1]!];
  const zeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
  const embedded = (at: number) => kindOf4(((groups[at]! << 16) | groups[at + 1]!) >>> 0);
  if (zeros(8)) return "unspecified";
  if (zeros(7) && groups[7] === 1) return "loopback";
  // An IPv4 address in IPv6 clothes is what it is underneath: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
  if (zeros(5) && groups[5] === 0xffff) return embedded(6);
  if (zeros(6)) return embedded(6);
  if (first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) return embedded(6);
  if (first === 0x2002) return embedded(1);
  if ((first & 0xfe00) === 0xfc00) return groups.join(":") === METADATA_6 ? "metadata" : "private";
  if ((first & 0xffc0) === 0xfe80) return "link-local";
  if ((first & 0xffc0) === 0xfec0) return "private";
  if ((first & 0xff00) === 0xff00) return "multicast";
  if ((first & 0xe000) !== 0x2000) return "reserved";
  for (const [base, length, kind] of RANGES_6) if (samePrefix(groups, groups6(base), length)) return kind;
  return "public";
}

/** AWS's metadata service over IPv6, `fd00:ec2::254`. */
const METADATA_6 = groups6("fd00:ec2::254").join(":");

function samePrefix(a: readonly number[], b: readonly number[], length: number): boolean {
  for (let bit = 0; bit < length; bit += 16) {
    const mask = length - bit >= 16 ? 0xffff : (0xffff << (16 - (length - bit))) & 0xffff;
    if ((a[bit / 16]! & mask) !== (b[bit / 16]! & mask)) return false;
  }
  return true;
}

function number4(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The eight groups of a valid IPv6 address. */
function groups6(address: string): number[] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (dotted !== null) {
    const low = number4(dotted[2]!);
    return groups6(`${dotted[1]}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`);
  }
  const [head = "", tail] = address.split("::");
  const parse = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const left = parse(head);
  const right = tail === undefined ? [] : parse(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
