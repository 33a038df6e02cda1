import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authority, makeAuthority } from "./authority.js";
import { freePort, hasProgram, startProgram } from "./program.js";

export const hasNginx = hasProgram("nginx") && hasProgram("openssl", "version");

export interface Nginx {
  /** TLS for every name of the sites. */
  port: number;
  /** Plain http, which answers each request with a redirect to the same address on the TLS port. */
  plainPort: number;
  authority: Authority;
  stop(): Promise<void>;
}

export interface Site {
  name: string;
  /** Below which path it answers, without a slash at its end; "" is the root. */
  path: string;
  /** `http://127.0.0.1:PORT` behind it. */
  upstream: string;
}

/** A real nginx that speaks TLS with a certificate of an authority of its own, before local servers. */
export async function startNginx(sites: readonly Site[]): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  chmodSync(folder, 0o755);
  const authority = makeAuthority(folder);
  const certificate = authority.issue([...sites.map(({ name }) => `DNS:${name}`), "IP:127.0.0.1"].join(","));
  const [port, plainPort] = [await freePort(), await freePort()];
  const settings = `daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  proxy_http_version 1.1;
  proxy_read_timeout 60s;
  ssl_certificate ${certificate.cert};
  ssl_certificate_key ${certificate.key};
${sites.map((site) => toServer(site, port)).join("")}
  server { listen 127.0.0.1:${plainPort}; return 301 https://$host:${port}$request_uri; }
}
`;
  writeFileSync(join(folder, "nginx.conf"), settings);
  const program = await startProgram("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], port);
  return {
    port,
    plainPort,
    authority,
    stop: async () => {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The variables keep nginx from decoding the %2F of a GitLab project, as GitLab's own documents ask of a proxy before it. */
function toServer({ name, path, upstream }: Site, port: number): string {
  return `  server {
    listen 127.0.0.1:${port} ssl;
    server_name ${name};
    location ${path}/ {
      rewrite ^ $request_uri;
      rewrite ^${path}(/.*)$ $1 break;
      return 400;
      proxy_pass ${upstream}$uri;
    }
  }
`;
}
