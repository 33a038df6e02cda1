import { createHostLimit } from "../../../src/lib/host-limit.js";
import { createHttpClient } from "../../../src/lib/http-client.js";
import { platformContract } from "../../contracts/platform-contract.js";
import { startGitHubWorld } from "./github-world.js";

platformContract("GitHub", () => startGitHubWorld());

platformContract("GitHub through the daemon's own client", () =>
  startGitHubWorld(
    createHttpClient({
      allowPrivateAddress: true,
      allowHttp: true,
      userAgent: "gitnotify",
      limit: createHostLimit(),
      env: {},
    }),
  ),
);
