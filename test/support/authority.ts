import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Authority {
  /** PEM, for `caFile`. */
  caFile: string;
  /** A server certificate for `names`, as in `subjectAltName`. */
  issue(names: string): { key: string; cert: string };
}

/** A certificate authority in a folder, as companies have one. Needs openssl. */
export function makeAuthority(folder: string): Authority {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore", cwd: folder });
  const [caKey, caFile] = [join(folder, "ca.key"), join(folder, "ca.pem")];
  openssl(
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", caKey, "-out", caFile, "-days", "30"],
    ...["-subj", "/CN=Test Authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  let issued = 0;
  return {
    caFile,
    issue: (names) => {
      issued += 1;
      const [key, cert, request, extensions] = ["key", "pem", "csr", "ext"].map((end) =>
        join(folder, `server-${issued}.${end}`),
      ) as [string, string, string, string];
      writeFileSync(extensions, `subjectAltName=${names}\n`);
      openssl(
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        request,
        "-subj",
        "/CN=server",
      );
      openssl(
        ...["x509", "-req", "-in", request, "-CA", caFile, "-CAkey", caKey, "-set_serial", String(issued)],
        ...["-days", "30", "-extfile", extensions, "-out", cert],
      );
      return { key, cert };
    },
  };
}
