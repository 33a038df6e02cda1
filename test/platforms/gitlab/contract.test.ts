import { platformContract } from "../../contracts/platform-contract.js";
import { startWorld } from "./gitlab-world.js";

platformContract("GitLab", () => startWorld());
platformContract("GitLab under a sub-path", () => startWorld("/gitlab"));
