# gitnotify as one container: non-root, read-only root, everything that lasts in the volume /data.
# docs/install.md, "Docker", says how to run it.
ARG NODE=22-bookworm-slim

FROM node:${NODE} AS build
# better-sqlite3 compiles where there is no ready-made binary for this system.
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund \
  # What only a compiler needs: sources and intermediate files.
  && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
  && find node_modules/better-sqlite3/build -mindepth 1 -maxdepth 2 ! -path '*/Release' ! -name better_sqlite3.node -exec rm -rf {} +

FROM node:${NODE}
# LANG: the terminal outside can draw, and `init` then does.
ENV GITNOTIFY_HOME=/data NODE_ENV=production MALLOC_ARENA_MAX=2 LANG=C.UTF-8
WORKDIR /app
COPY --from=build /src/package.json /src/LICENSE /src/README.md ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/bin bin
COPY --from=build /src/dist dist
RUN mkdir /data && chown node:node /data && chmod 700 /data
USER node
VOLUME /data
# Healthy: the daemon runs and has said so within the last minute.
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["node", "/app/bin/gitnotify.cjs", "status", "--check"]
ENTRYPOINT ["node", "--max-semi-space-size=1", "/app/bin/gitnotify.cjs"]
CMD ["start"]
