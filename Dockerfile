# The processor, and as `--target demo` the services that fail for it. Built by `docker compose build`.
# Debian, not Alpine: the embedded ClickHouse needs glibc.
FROM node:24.19.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24.19.0-bookworm-slim AS app
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY rules rules
COPY deploy/errata.sh /usr/local/bin/errata
# A new volume takes over the owner of the folder that it is mounted on.
RUN chmod 755 /usr/local/bin/errata && install -d -o node -g node -m 700 /var/lib/errata
ENV ERRATA_DATA_DIR=/var/lib/errata
USER node

FROM app AS demo
COPY examples/demo examples/demo
ENTRYPOINT ["node", "examples/demo/demo.js"]

# Last, so that it is what a build without a target gives.
FROM app AS runtime
EXPOSE 4318 8092 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8092/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["errata"]
CMD ["serve"]
