import { platformContract } from "../../contracts/platform-contract.js";
import { startGitHubWorld } from "./github-world.js";

platformContract("GitHub", startGitHubWorld);
