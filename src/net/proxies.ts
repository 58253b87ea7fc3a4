/**
 * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in lower case or upper case, as other HTTP clients read them: the lower-case spelling wins,
 * `NO_PROXY` lists hosts, domains, addresses and ranges, and loopback never goes through a proxy.
 */
import { isIP } from "node:net";
import { addressKind, inRange } from "./addresses.ts";

/** Which proxy a URL goes through; undefined = none. */
export type ProxyChoice = (url: URL) => URL | undefined;

/** Reads the variables once. @throws {TypeError} at the first call, when the proxy that applies is no http(s) URL. */
export function proxiesFrom(env: (name: string) => string | undefined): ProxyChoice {
  const read = (name: string) => (env(name) ?? env(name.toUpperCase()))?.trim() ?? "";
  const plain = read("http_proxy");
  const secure = read("https_proxy");
  const exempt = read("no_proxy").split(/[\s,]+/).filter((each) => each !== "");
  return (url) => {
    const wanted = url.protocol === "https:" ? secure : plain;
    if (wanted === "" || goesDirect(url, exempt)) return undefined;
    const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
    let proxy: URL;
    try {
      proxy = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(wanted) ? wanted : `http://${wanted}`);
    } catch {
      throw new TypeError(`${name} is not a URL`);
    }
    if (proxy.protocol === "http:" || proxy.protocol === "https:") return proxy;
    throw new TypeError(`${name} begins with ${proxy.protocol}, and only http: and https: proxies are supported`);
  };
}

/** `Proxy-Authorization` for the user and password in the proxy's URL. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(credentials)))}` };
}

function goesDirect(url: URL, exempt: readonly string[]): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  if (host === "localhost" || (isIP(host) !== 0 && addressKind(host) === "loopback")) return true;
  return exempt.some((each) => {
    if (each === "*") return true;
    if (each.includes("/")) return isIP(host) !== 0 && inRange(host, each);
    const [, name = each, wantedPort] = /^(.*?)(?::(\d+))?$/.exec(isIP(each) === 6 ? `${each}:` : each) ?? [];
    if (wantedPort !== undefined && wantedPort !== port) return false;
    const domain = name.toLowerCase().replace(/^\*?\.|:$/g, "").replace(/^\[(.*)\]$/, "$1");
    return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
  });
}
