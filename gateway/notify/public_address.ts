/**
 * Whether an address lies in the public internet. What an alert is sent to must, unless its route allows another place: else whoever
 * may name a host could make the gateway speak to machines that only the gateway can reach.
 *
 * The special-purpose registries of IANA for IPv4 (RFC 6890) and IPv6; an IPv6 address that stands for an IPv4 one is judged as that.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";

const BLOCKED = new BlockList();
for (
  const [address, prefix] of [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 3],
  ] as const
) BLOCKED.addSubnet(address, prefix, "ipv4");

/** All of IPv6 that is in use for the public lies here; of it, what stands for something else is taken out. */
const PUBLIC_6 = new BlockList();
PUBLIC_6.addSubnet("2000::", 3, "ipv6");
for (const [address, prefix] of [["2001::", 23], ["2001:db8::", 32], ["3fff::", 20]] as const) {
  BLOCKED.addSubnet(address, prefix, "ipv6");
}

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !BLOCKED.check(address, "ipv4");
  if (family !== 6) return false;
  const plain = address.replace(/%.*$/, "");
  const inner = innerIpv4(plain);
  if (inner !== undefined) return isPublicAddress(inner);
  return PUBLIC_6.check(plain, "ipv6") && !BLOCKED.check(plain, "ipv6");
}

/** The IPv4 address in one that is mapped (::ffff:), translated (64:ff9b::) or of 6to4 (2002:). */
function innerIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && (groups[5] === 0xffff || groups[5] === 0);
  const isTranslated = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (groups[0] === 0x2002) return quadOf(groups[1]!, groups[2]!);
  return isMapped || isTranslated ? quadOf(groups[6]!, groups[7]!) : undefined;
}

const quadOf = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join(".");

function groupsOf(address: string): number[] {
  const hex = address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a, b, c, d) =>
      [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((group) => group.toString(16)).join(":"),
  );
  const [head, tail] = hex.split("::");
  const parse = (text: string | undefined) =>
    text === undefined || text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [first, last] = [parse(head), parse(tail)];
  return [...first, ...new Array(Math.max(0, 8 - first.length - last.length)).fill(0), ...last];
}
