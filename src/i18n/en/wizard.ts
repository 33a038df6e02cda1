import { finish } from "./wizard/finish.js";
import { given } from "./wizard/given.js";
import { projects } from "./wizard/projects.js";
import { server } from "./wizard/server.js";
import { start } from "./wizard/start.js";
import { telegram } from "./wizard/telegram.js";
import { token } from "./wizard/token.js";

export const wizard = { ...start, ...server, ...token, ...telegram, ...projects, ...finish, ...given };
